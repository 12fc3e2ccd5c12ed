/** Cameras through the ffmpeg program, of our own server and of GStreamer's; and programs that only claim to be ffmpeg. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import ffmpeg from '../../drivers/ffmpeg/index.ts'
import { MemorySink } from '../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Connection, Device } from '../../drivers/sdk/driver.ts'
import { eventually } from '../fixtures/eventually.ts'
import { gstreamerServes, hasProgram } from '../fixtures/peer-programs.ts'
import { type PythonPeer, startPythonPeer } from '../fixtures/python-peer.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const waitMs = 60_000
const hasFfmpeg = hasProgram('ffmpeg')
const elements = ['videotestsrc', 'x264enc', 'rtph264pay', 'jpegenc', 'rtpjpegpay']
const hasRtsp = hasFfmpeg && gstreamerServes(elements)
const isLinux = process.platform === 'linux'
if (!isLinux) console.log('Skipped: whether the stand-in for ffmpeg still runs is looked up in /proc.')

let connection: Connection | undefined
afterEach(async () => {
  await connection?.close()
  connection = undefined
})

type Watched = { readonly camera: CameraDevice; readonly sink: MemorySink; readonly lost: Promise<Error> }

/** Opens the camera at `address` and starts it. */
async function watch(address: string, options: Readonly<Record<string, unknown>> = {}): Promise<Watched> {
  const opened = await ffmpeg.open(address, { timeoutS: 15, ...options })
  connection = opened
  const lost = new Promise<Error>((resolve) => opened.onLost?.(resolve))
  const camera = opened.devices.find(
    (device: Device): device is CameraDevice => device.description.kind === 'camera',
  )
  if (camera === undefined) throw new Error('There is no camera')
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.start(sink)
  return { camera, sink, lost }
}

/** Waits for `count` frames, and checks that they are numbered and of one size. */
async function takeFrames({ sink, lost }: Watched, count: number, width: number, height: number) {
  const error = await Promise.race([sink.waitForFrames(count, waitMs), lost])
  expect(error).toBeUndefined()
  const frames = sink.frames.slice(0, count)
  expect(frames.map(({ info }) => info)).toEqual(
    frames.map((_, sequence) => expect.objectContaining({ sequence, width, height })),
  )
  expect(frames).toHaveLength(count)
  expect([...sink.faults, ...sink.violations]).toEqual([])
  return frames.map(({ info, pixels = new Uint8Array() }) => ({ format: info.pixelFormat, pixels }))
}

describe('our own MJPEG stream', () => {
  let host: TestServer
  beforeAll(async () => {
    const config = { connections: [testConnection({ width: 64, height: 48, frameRate: 40 })] }
    host = await startTestServer({ config })
  })
  afterAll(() => host.close())

  it.each(hasFfmpeg ? ['mjpeg', 'ffmpeg'] : ['mjpeg'])('is a camera, read by %s', async (through) => {
    const address = `${host.url}/api/mjpeg/test-camera?frameRate=60&quality=95&windowMode=full`
    const watched = await watch(address, { through })
    const frames = await takeFrames(watched, 20, 64, 48)
    for (const { format, pixels } of frames) {
      expect([format, pixels.length]).toEqual(['Mono8', 64 * 48])
      expect(Math.max(...pixels) - Math.min(...pixels)).toBeLessThan(3)
    }
    // The camera's grey is its frame number, which starts again at 4096.
    const greys = frames.map(({ pixels }) => pixels[0] ?? 0)
    expect(greys.filter((grey, index) => grey < (greys[index - 1] ?? 0)).length).toBeLessThan(2)
    expect(new Set(greys).size).toBeGreaterThan(1)
    expect(connection?.devices[0]?.description.name).not.toContain('quality')
  })
})

describe.skipIf(!hasRtsp)('an RTSP camera', () => {
  let server: PythonPeer
  let port: string
  const start = async (...user: string[]) => {
    server = startPythonPeer('rtsp-gstreamer-server.py', user)
    port = await eventually('the RTSP server', () => server.lines[0], waitMs)
  }
  afterEach(async () => {
    server.process.kill('SIGKILL')
    await server.ended.catch(() => undefined)
  })

  it.each(['tcp', 'udp'])('sends H.264 by %s, until its server goes away', async (transport) => {
    await start()
    const watched = await watch(`rtsp://127.0.0.1:${port}/h264`, { transport })
    const [first] = await takeFrames(watched, 10, 160, 120)
    expect(first?.format).toBe('RGB8')
    // Seven bars: white, yellow, cyan, green, magenta, red, blue.
    const bar = (index: number) => {
      const at = (40 * 160 + Math.round(((index + 0.5) * 160) / 7)) * 3
      return [...(first?.pixels.subarray(at, at + 3) ?? [])].map((value) => (value > 127 ? 1 : 0)).join('')
    }
    expect([0, 1, 2, 3, 4, 5, 6].map(bar).join()).toBe('111,110,011,010,101,100,001')
    server.process.kill('SIGKILL')
    const { message } = await watched.lost
    expect(message).toContain(`No video from rtsp://127.0.0.1:${port}/h264: `)
    // What ffmpeg says besides complaints.
    expect(message).not.toMatch(/frame=|video:|encoder|Stream/)
  })

  it('sends JPEG, in which the ball moves', async () => {
    await start()
    const frames = await takeFrames(await watch(`rtsp://127.0.0.1:${port}/jpeg`), 10, 160, 120)
    expect(new Set(frames.map(({ pixels }) => Buffer.from(pixels).toString('base64'))).size).toBeGreaterThan(
      1,
    )
  })

  it('opens for the right password only, and is asked for what it has', async () => {
    await start('me', 'secret')
    const address = `rtsp://127.0.0.1:${port}/h264`
    const refused = (options: object, path = address) =>
      ffmpeg.open(path, { user: 'me', ...options }).catch((error: unknown) => error)
    expect(await refused({ password: 'wrong-one' })).toMatchObject({
      message: expect.stringMatching(/^(?!.*wrong-one).*401 Unauthorized/),
      hint: expect.stringContaining('password'),
    })
    expect(await refused({ password: 'secret' }, `rtsp://127.0.0.1:${port}/nothing`)).toMatchObject({
      message: expect.stringMatching(/^(?!.*secret).*404 Not Found/),
      hint: expect.stringContaining('path'),
    })
    await takeFrames(await watch(address, { user: 'me', password: 'secret' }), 3, 160, 120)
  })
})

describe.skipIf(!isLinux)('a program in place of ffmpeg', () => {
  let folder: string
  const stand = () => join(folder, 'ffmpeg')
  const pids = () => join(folder, 'pids')
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-ffmpeg-'))
    const script = fileURLToPath(new URL('../fixtures/stand-in-ffmpeg.mjs', import.meta.url))
    const command = `exec '${process.execPath}' '${script}' '${pids()}' "$@"`
    await writeFile(stand(), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
    // One that does not hand its place over: what it starts outlives it.
    await mkdir(join(folder, 'wrapper'))
    await writeFile(join(folder, 'wrapper', 'ffmpeg'), `#!/bin/sh\n${command.slice(5)}\n`, { mode: 0o755 })
  })
  afterAll(() => rm(folder, { recursive: true }))
  afterEach(() => eventually('the end of the program', nothingRuns))

  /** All that were started so far; each has written its id and a line's end. */
  const processes = async () =>
    (await readFile(pids(), 'utf8').catch(() => '')).split('\n').slice(0, -1).map(Number)

  async function nothingRuns(): Promise<boolean> {
    const started = await processes()
    expect(started.length).toBeGreaterThan(1)
    return (await Promise.all(started.map(isRunning))).every((runs) => !runs)
  }

  it.each([
    ['refuses', 'ffmpeg ended (1) (rtsp://camera/refuses: Connection refused)'],
    ['silent', 'nothing came for 2 s'],
    ['no-image', 'ffmpeg sent something that is no image: "<html>'],
    ['huge', 'says that its images have 65535 × 65535 pixels'],
  ])('that is %s is not opened', async (act, message) => {
    const opening = ffmpeg.open(`rtsp://camera/${act}`, {
      ffmpeg: stand(),
      timeoutS: act === 'silent' ? 2 : 15,
    })
    const error: unknown = await opening.catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      message: expect.stringContaining(`rtsp://camera/${act}`),
      hint: expect.any(String),
    })
    expect(String(error)).toContain(message)
    expect(String(error)).not.toContain('secret')
  })

  it.each([
    ['dies', 2, 'ffmpeg ended (1) (The camera was unplugged)'],
    ['crashes', 2, 'ffmpeg ended (SIGKILL)'],
    ['hangs', 2, 'nothing came for 8 s'],
    ['too-little', 2, ': the video ended'],
    ['too-much', 2, 'ffmpeg sent something that is no image: "\\u0007'],
    ['changes-size', 2, 'changed its image size from 16 × 8 to 24 × 8 pixels'],
  ])('that %s loses the camera after %i frames', async (act, count, message) => {
    const timeoutS = act === 'hangs' ? 8 : 15
    const { camera, sink, lost } = await watch(`rtsp://camera/${act}`, { ffmpeg: stand(), timeoutS })
    const error = await lost
    expect(error).toMatchObject({
      message: expect.stringContaining(`rtsp://camera/${act}`),
      hint: expect.any(String),
    })
    expect(error.message).toContain(message)
    expect(sink.frames.map(({ info }) => info.sequence)).toEqual(Array.from({ length: count }, (_, i) => i))
    sink.seal('the camera was lost')
    await camera.stop()
    expect(sink.violations).toEqual([])
  })

  it('ends with the thread that started it, even if that is ended while it waits for a silent camera', async () => {
    const before = (await processes()).length
    const options = { ffmpeg: stand(), timeoutS: 15 }
    const thread = new Worker(new URL('../fixtures/opening-worker.ts', import.meta.url), {
      workerData: { address: 'rtsp://camera/silent', options },
    })
    // One tells its version, the other waits.
    await eventually('ffmpeg to wait', async () => (await processes()).length >= before + 2, waitMs)
    await thread.terminate()
    await eventually('its end, before its own time', nothingRuns, 10_000)
  })

  it('that only starts another one does not hold up the end', async () => {
    await takeFrames(
      await watch('rtsp://camera/streams', { ffmpeg: join(folder, 'wrapper', 'ffmpeg') }),
      3,
      16,
      8,
    )
    await connection?.close()
  })
})

/** Whether the stand-in with this process id has not ended; one that nobody has fetched yet has no command any more. */
async function isRunning(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.includes('stand-in-ffmpeg')
}
