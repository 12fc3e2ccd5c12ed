import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { DatasetLayout, StoredFrame } from '../../src-main/acquisition/storage/dataset-writer.ts'
import { openVideoFile } from '../../src-main/acquisition/reading/video-reader.ts'
import { openVideo } from '../../src-main/acquisition/storage/video/video-writer.ts'
import type { VideoOptions } from '../../src-main/acquisition/storage/video/video-encoder.ts'
import { replayConnection } from '../../src-main/engine/connections.ts'
import { createEngine, type Engine } from '../../src-main/engine/create-engine.ts'
import { type FrameRecord, frameRecordSchema } from '../../src-shared/acquisition/frame-record.ts'
import { storageOptionsSchema } from '../../src-shared/acquisition/storage-options.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { childrenWith } from '../fixtures/child-processes.ts'
import { eventually } from '../fixtures/eventually.ts'
import { decodeVideo, probeVideo } from '../fixtures/ffmpeg-peer.ts'
import { imageHashes, sha256 } from '../fixtures/image-hashes.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'
import { testConnection } from '../fixtures/test-connection.ts'

function video(options: Partial<VideoOptions>): VideoOptions {
  const parsed = storageOptionsSchema.parse({ format: 'video', ...options })
  if (parsed.format !== 'video') throw new Error('not video')
  return parsed
}

async function recordsIn(dataset: string): Promise<Extract<FrameRecord, { kind: 'frame' }>[]> {
  const text = await readFile(join(dataset, 'frames.jsonl'), 'utf8')
  const lines = text.split('\n').slice(0, -1)
  return lines
    .map((line) => frameRecordSchema.parse(JSON.parse(line)))
    .filter((record) => record.kind === 'frame')
}

const finished = (engine: Engine) =>
  eventually('the end of the recording', () => {
    const { status } = engine.recorder
    return status?.state === 'finished' ? status : undefined
  })

function layoutOf(
  image: Pick<DatasetLayout['image'], 'width' | 'height' | 'pixelSizeUm'> & { pixelFormat: PixelFormat },
  change: Partial<DatasetLayout> = {},
): DatasetLayout {
  return {
    name: 'film',
    camera: { id: 'camera', name: 'Camera', model: 'Test' },
    image: { significantBits: 8, ...image },
    axes: [{ axis: 't', length: undefined }],
    positions: [],
    channels: [{ name: 'Camera' }],
    startedAt: 0,
    software: 'Coverslip test',
    metadata: {},
    ...change,
  }
}

function frameOf(
  pixels: Uint8Array,
  place: number,
  elapsedS: number,
  index: StoredFrame['index'],
): StoredFrame {
  return {
    pixels: new Uint8Array(pixels),
    index,
    record: {
      ...{ kind: 'frame', camera: 'camera', index: {}, place, sequence: place, capturedAt: 0, elapsedS },
      ...{ timestampNs: '0', hostTimeNs: '0', exposureMs: 1, gain: 1 },
    },
  }
}

describe.skipIf(!hasProgram('ffmpeg'))('ffmpeg plays what was recorded', () => {
  let data: SharedData
  let folder: string
  beforeAll(async () => {
    data = await sharedData()
    folder = await mkdtemp(join(tmpdir(), 'coverslip-video-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await data.remove()
  })
  const newFolder = async (name: string) => {
    const path = join(folder, name)
    await mkdir(path)
    return path
  }

  it.each([
    ['brightfield', 'gray', 'gray'],
    ['nuclei', 'gray16le', 'gray16le'],
    ['diffusion', 'bgr0', 'rgb24'],
  ] as const)('lossless: every pixel of %s, at the frames’ times', async (set, pixelFormat, decodedAs) => {
    const frames = 6
    const engine = await createEngine({ connections: [replayConnection(data[set])], dataFolder: folder })
    try {
      const storage = video({ quality: 'lossless' })
      const { id } = await engine.recorder.start({ name: set, until: { kind: 'frames', frames }, storage })
      expect(await finished(engine)).toMatchObject({
        frames: { written: frames, lost: 0 },
        finish: { reason: 'completed' },
      })
      const dataset = join(folder, id, 'camera')
      const records = await recordsIn(dataset)
      const probed = await probeVideo(join(dataset, `${set}.mkv`))
      expect(probed).toMatchObject({ codec: 'ffv1', pixelFormat })
      expect(probed.comment).toContain('lossless')
      expect(probed.times).toEqual(records.map(({ elapsedS }) => expect.closeTo(elapsedS, 2)))
      const decoded = await decodeVideo(join(dataset, `${set}.mkv`), decodedAs)
      const bytes = decoded.length / frames
      const images = await imageHashes(data[set])
      expect(records.map((_, i) => sha256(decoded.subarray(i * bytes, (i + 1) * bytes)))).toEqual(
        records.map(({ sequence }) => images[sequence % images.length]),
      )
    } finally {
      await engine.close()
    }
  })

  it.each([
    ['mp4', 'h264'],
    ['mkv', 'h264'],
    ['webm', 'vp9'],
  ] as const)('%s: the window’s grey values, at uneven times', async (container, codec) => {
    const [width, height, low, high] = [63, 50, 100, 1100]
    const options = video({ container, quality: 95, windowLow: low, windowHigh: high })
    const layout = layoutOf({ width, height, pixelFormat: 'Mono12' })
    const target = await newFolder(container)
    const writer = await openVideo(target, layout, options)
    // A ramp from 0 to 1200, brighter from frame to frame.
    const valueAt = (x: number, frame: number) => x * 19 + frame * 10
    const times = [0, 0.02, 0.07, 1.5, 1.517, 4.2]
    await Promise.all(
      times.map((time, frame) => {
        const pixels = Uint16Array.from({ length: width * height }, (_, i) => valueAt(i % width, frame))
        return writer.write(frameOf(new Uint8Array(pixels.buffer), frame, time, { t: frame }))
      }),
    )
    await Promise.all([writer.close(), writer.close()])
    const path = join(target, `film.${container}`)
    const probed = await probeVideo(path)
    expect(probed).toMatchObject({ codec, width: width - 1, height })
    expect(probed.times).toEqual(times.map((time) => expect.closeTo(time, 2)))
    const decoded = await decodeVideo(path, 'gray')
    const pixels = (width - 1) * height
    expect(decoded.length).toBe(pixels * times.length)
    for (const frame of times.keys()) {
      for (let x = 4; x < width - 5; x += 6) {
        const column = Array.from(
          { length: height },
          (_, y) => decoded[frame * pixels + y * (width - 1) + x] ?? 0,
        )
        const mean = column.reduce((sum, value) => sum + value, 0) / height
        const exact = (255 * (valueAt(x, frame) - low)) / (high - low)
        expect(Math.abs(mean - Math.max(0, Math.min(255, exact)))).toBeLessThan(5)
      }
    }
  })

  it('colours of a mosaic', async () => {
    const [width, height] = [64, 48]
    const target = await newFolder('mosaic')
    const layout = layoutOf({ width, height, pixelFormat: 'BayerRG8' })
    const writer = await openVideo(target, layout, video({ windowLow: 0, windowHigh: 255 }))
    // Red 200, green 100, blue 50 everywhere.
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)]
      return x % 2 === y % 2 ? (y % 2 === 0 ? 200 : 50) : 100
    })
    await writer.write(frameOf(pixels, 0, 0, { t: 0 }))
    await writer.close()
    const decoded = await decodeVideo(join(target, 'film.mkv'), 'rgb24')
    const at = 3 * (width * 24 + 32)
    for (const [i, value] of [200, 100, 50].entries())
      expect(Math.abs((decoded[at + i] ?? 0) - value)).toBeLessThan(8)
  })

  it('burns in a time stamp and a scale bar of the right length', async () => {
    const [width, height, pixelSizeUm] = [480, 360, 0.5]
    const target = await newFolder('overlays')
    const layout = layoutOf({ width, height, pixelFormat: 'Mono8', pixelSizeUm })
    const options = video({ overlays: true, windowLow: 0, windowHigh: 255, quality: 100 })
    const writer = await openVideo(target, layout, options)
    const grey = new Uint8Array(width * height).fill(128)
    await Promise.all([0, 61.5].map((time, i) => writer.write(frameOf(grey, i, time, { t: i }))))
    await writer.close()
    const decoded = await decodeVideo(join(target, 'film.mkv'), 'gray')
    // At most a quarter of 240 µm, rounded down to 1, 2 or 5: 50 µm are 100 pixels.
    const white = Array.from({ length: height }, (_, y) =>
      decoded.subarray(y * width, (y + 1) * width).reduce((sum, value) => sum + (value > 220 ? 1 : 0), 0),
    )
    expect(Math.abs(Math.max(...white) - 100)).toBeLessThanOrEqual(2)
    expect(white.indexOf(Math.max(...white))).toBeGreaterThan(height * 0.9)
    const stamp = (frame: number) =>
      Array.from({ length: 20 }, (_, y) =>
        decoded.subarray(frame * width * height + y * width).subarray(0, 180),
      )
    const inked = stamp(0).reduce((sum, row) => sum + row.filter((value) => value > 220).length, 0)
    expect(inked).toBeGreaterThan(300)
    // 00:00:00.000 and 00:01:01.500
    expect(Buffer.concat(stamp(1)).equals(Buffer.concat(stamp(0)))).toBe(false)
    // The picture between them is as it was.
    expect(Math.abs((decoded[180 * width + 240] ?? 0) - 128)).toBeLessThan(3)
  })

  it('a plan becomes one file for each position and channel, a tenth of a second per image', async () => {
    const [width, height] = [32, 32]
    const target = await newFolder('plan')
    const layout = layoutOf(
      { width, height, pixelFormat: 'Mono8' },
      {
        axes: [
          { axis: 't', length: 3 },
          { axis: 'p', length: 2 },
          { axis: 'c', length: 2 },
        ],
        positions: [{ name: 'A1' }, { name: 'B2' }],
        channels: [{ name: 'DAPI' }, { name: 'Cy5 / far red' }],
      },
    )
    const writer = await openVideo(target, layout, video({ container: 'mp4' }))
    const grey = new Uint8Array(width * height).fill(90)
    let place = 0
    for (const t of [0, 1, 2])
      for (const p of [0, 1])
        for (const c of [0, 1]) await writer.write(frameOf(grey, place++, t * 600 + p, { t, p, c }))
    await writer.close()
    const names = ['film_A1_1_DAPI', 'film_A1_2_Cy5_far_red', 'film_B2_1_DAPI', 'film_B2_2_Cy5_far_red']
    expect((await readdir(target)).toSorted()).toEqual(names.map((name) => `${name}.mp4`))
    for (const name of names)
      expect((await probeVideo(join(target, `${name}.mp4`))).times).toEqual(
        [0, 0.1, 0.2].map((s) => expect.closeTo(s, 3)),
      )
    await expect(
      openVideo(
        target,
        { ...layout, positions: Array.from({ length: 17 }, (_, i) => ({ name: `p${i}` })) },
        video({}),
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('34 files') })
  })

  it.each(['mkv', 'mp4', 'webm'] as const)(
    '%s carries the plan, from the first frame on',
    async (container) => {
      const target = await newFolder(`carries-${container}`)
      const metadata = {
        plan: { channels: [{ config: 'DAPI “é”; \\ = #' }], metadata: { note: 'long '.repeat(40_000) } },
        settings: { camera: { gain: 1.5 } },
      }
      const layout = layoutOf({ width: 32, height: 32, pixelFormat: 'Mono8' }, { metadata })
      const writer = await openVideo(target, layout, video({ container }))
      await writer.write(frameOf(new Uint8Array(32 * 32), 0, 0, {}))
      await writer.close()
      const [reader] = await openVideoFile(join(target, `film.${container}`))
      expect(reader?.metadata).toMatchObject(metadata)
    },
  )

  it('never writes over a file that is there', async () => {
    const target = await newFolder('twice')
    const layout = layoutOf({ width: 32, height: 32, pixelFormat: 'Mono8' })
    const pixels = new Uint8Array(32 * 32)
    const first = await openVideo(target, layout, video({}))
    await first.write(frameOf(pixels, 0, 0, {}))
    await first.close()
    const before = await readFile(join(target, 'film.mkv'))
    const second = await openVideo(target, layout, video({}))
    await Promise.allSettled([second.write(frameOf(pixels, 0, 0, {}))])
    await expect(second.close()).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('exists already'),
    })
    expect((await readFile(join(target, 'film.mkv'))).equals(before)).toBe(true)
  })

  it('ends as failed when ffmpeg dies, and what it has written plays', async () => {
    const engine = await createEngine({
      connections: [testConnection({ width: 64, height: 48, frameRate: 100 })],
      dataFolder: folder,
    })
    try {
      const { id } = await engine.recorder.start({ name: 'dies', storage: video({ container: 'mp4' }) })
      await eventually('three seconds of frames', () => (engine.recorder.status?.frames.written ?? 0) > 300)
      const [ffmpeg] = await childrenWith('dies.mp4')
      if (ffmpeg === undefined) throw new Error('no ffmpeg')
      process.kill(ffmpeg, 'SIGKILL')
      const { finish } = await finished(engine)
      expect(finish).toMatchObject({ reason: 'failed', message: expect.stringContaining('SIGKILL') })
      const { times } = await probeVideo(join(folder, id, 'camera', 'dies.mp4'))
      expect(times.length).toBeGreaterThan(50)
    } finally {
      await engine.close()
    }
  })

  it('is completed by ffmpeg when the process that records is killed', async () => {
    const target = await newFolder('killed')
    const script = fileURLToPath(new URL('../fixtures/recording-process.ts', import.meta.url))
    const child = fork(script, [target, JSON.stringify(video({ container: 'mkv' }))])
    onTestFinished(() => void child.kill('SIGKILL'))
    let reported = 0
    child.on('message', (written) => {
      reported = Number(written)
    })
    await eventually('a second of frames', () => reported > 100)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    const written = reported
    const path = (await readdir(target, { recursive: true })).find((name) => name.endsWith('.mkv')) ?? ''
    await eventually('the whole file', async () => {
      const probed = await probeVideo(join(target, path)).catch(() => undefined)
      return (probed?.times.length ?? 0) >= written
    })
  })
})
