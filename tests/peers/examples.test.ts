/** The example clients, as their users run them, against a real server. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const run = promisify(execFile)
/** For hanging only. */
const limitMs = 200_000
let host: TestServer
let folder: string
let dataFolder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-examples-'))
  dataFolder = join(folder, 'data')
  host = await startTestServer({
    config: {
      dataFolder,
      connections: [demoConnection({ width: 256, height: 192, frameRate: 20 })],
    },
  })
  host.engine.settings.change({ sharing: 'concurrent' })
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

/** A Python 3 that has `modules`: Debian's packages are the system's, which need not be the first in the path. */
function pythonWith(...modules: string[]): string | undefined {
  const found = ['python3', '/usr/bin/python3'].find(
    (program) =>
      spawnSync(program, ['-c', [...modules, 'json'].map((name) => `import ${name}`).join('\n')]).status ===
      0,
  )
  if (found === undefined)
    console.log(`Skipped: no python3 with ${modules.join(', ')} (see build/peers.mjs).`)
  return found
}

async function python(program: string, file: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await run(program, [join(examples, 'python', file), '--url', host.url, ...args], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', COVERSLIP_TOKEN: '' },
    timeout: limitMs,
  })
  return stdout.trim().split('\n')
}

const plain = pythonWith()
const socketio = pythonWith('socketio', 'aiohttp', 'numpy')
const tifffile = pythonWith('tifffile')
const aiortc = pythonWith('aiortc')

describe('Examples in Python', () => {
  it.skipIf(plain === undefined)('control.py operates', async () => {
    const lines = await python(plain ?? '', 'control.py')
    expect(lines[0]).toBe('You are This computer (owner)')
    expect(lines.find((line) => line.startsWith('Stage'))).toMatch(/^Stage: x (-?[\d.]+) -> (-?[\d.]+) um$/)
    expect(lines).toContain('Live view: started')
    await host.engine.liveView.stopLiveView({})
  })

  it.skipIf(tifffile === undefined)('run_plan.py runs a plan and opens its images', async () => {
    const lines = await python(tifffile ?? '', 'run_plan.py', '--data', dataFolder)
    expect(lines[0]).toMatch(/^18 images, \d+ s, 2 MB$/)
    expect(lines.find((line) => line.startsWith('completed'))).toMatch(
      /^completed: 18 images in recordings\//,
    )
    expect(lines.at(-1)).toMatch(/^plan_[\d-]+\.ome\.tiff: TCZYX \(3, 2, 3, 192, 256\) uint16, mean [\d.]+$/)
  })

  it.skipIf(plain === undefined)('run_plan.py says why a plan cannot be run', async () => {
    const plan = join(folder, 'plan.yaml')
    await writeFile(plan, 'channels: [Cy9]\nz_paln: 1\n')
    await expect(python(plain ?? '', 'run_plan.py', '--plan', plan)).rejects.toMatchObject({
      stdout: expect.stringMatching(/^z_paln: .*not known[^]*channels\[0\]: There is no channel/),
      stderr: expect.stringContaining('The plan cannot be run.'),
    })
  })

  it.skipIf(plain === undefined)('mjpeg_opencv_free.py keeps JPEG files', async () => {
    const pictures = join(folder, 'pictures')
    const lines = await python(plain ?? '', 'mjpeg_opencv_free.py', '--frames', '5', '--folder', pictures)
    expect(lines).toHaveLength(5)
    const files = await readdir(pictures)
    expect(files).toHaveLength(5)
    const jpeg = await readFile(join(pictures, files[0] ?? ''))
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
    expect([...jpeg.subarray(-2)]).toEqual([0xff, 0xd9])
  })

  it.skipIf(socketio === undefined)('live_view_socketio.py decodes lossless frames', async () => {
    const lines = await python(socketio ?? '', 'live_view_socketio.py', '--start', '--frames', '5')
    expect(lines).toHaveLength(5)
    for (const line of lines) expect(line).toMatch(/^frame \d+: \(192, 256\) uint16, \d+ to \d+, \d+ bytes/)
    await host.engine.liveView.stopLiveView({})
  })

  it.skipIf(socketio === undefined)('live_view_socketio.py undoes the filter', async () => {
    // Every pixel of the test camera is the number of its frame.
    const other = await startTestServer()
    try {
      const params = { compression: 'none', filter: 'delta-shuffle' } as const
      await other.engine.liveView.startLiveView({ protocol: 'binary', params })
      const lines = await python(socketio ?? '', 'live_view_socketio.py', '--url', other.url, '--frames', '5')
      expect(lines).toHaveLength(5)
      for (const line of lines) {
        const [, sequence, least, most] = /^frame (\d+): \(48, 64\) uint16, (\d+) to (\d+),/.exec(line) ?? []
        const value = String(Number(sequence) % 4096)
        expect([least, most]).toEqual([value, value])
      }
    } finally {
      await other.close()
    }
  })

  it.skipIf(aiortc === undefined)('webrtc_aiortc.py receives video and notes', async () => {
    const lines = await python(aiortc ?? '', 'webrtc_aiortc.py', '--frames', '20')
    expect(lines).toHaveLength(20)
    expect(lines.at(-1)).toMatch(/^256 x 192 at [\d.]+ s: camera frame \d+, 1\.00 camera px per px$/)
  })

  it.skipIf(plain === undefined)('say what is wrong', async () => {
    await expect(python(plain ?? '', 'mjpeg_opencv_free.py', '--camera', 'Nobody')).rejects.toThrow(
      /404: .*Nobody/,
    )
  })
})

describe('Examples in JavaScript', () => {
  it('watch-frames.mjs decodes lossless frames', async () => {
    await host.engine.liveView.startLiveView({
      protocol: 'binary',
      params: { compression: 'lz4', filter: 'delta-shuffle' },
    })
    const { stdout } = await run(
      process.execPath,
      [join(examples, 'javascript', 'watch-frames.mjs'), host.url],
      { env: { ...process.env, COVERSLIP_FRAMES: '5', COVERSLIP_TOKEN: '' }, timeout: limitMs },
    )
    const lines = stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('frame'))
    expect(lines).toHaveLength(5)
    for (const line of lines)
      expect(line).toMatch(/^frame \d+: 256 x 192, \d+ bytes, value in the centre \d+$/)
    await host.engine.liveView.stopLiveView({})
  })
})

describe.skipIf(!hasProgram('curl'))('Examples with curl', () => {
  it('all commands of the page work, one after the other', async () => {
    const page = await readFile(join(examples, 'curl', 'README.md'), 'utf8')
    const commands = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block)
    expect(commands.length).toBeGreaterThan(4)
    const script = ['set -e', ...commands].join('\n')
    const { stdout } = await run('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, URL: host.url },
      timeout: limitMs,
    })
    expect(stdout).toContain('"status":"started"')
    expect(stdout).toContain('UNKNOWN_DEVICE')
    const video = await readFile(join(folder, 'live.mjpeg'))
    expect(video.includes(Buffer.from([0xff, 0xd8, 0xff]))).toBe(true)
    expect(await readFile(join(folder, 'events.txt'), 'utf8')).toContain('"snapshot"')
  })
})
