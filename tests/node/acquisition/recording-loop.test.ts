import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { fromFile } from 'geotiff'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { FrameBuffers } from '../../../src-main/acquisition/recording/frame-buffers.ts'
import { RecordingLoop } from '../../../src-main/acquisition/recording/recording-loop.ts'
import type {
  RecordingMessage,
  RecordingWorkerData,
} from '../../../src-main/acquisition/recording/recording-messages.ts'
import { createFrameRing } from '../../../src-main/frames/frame-ring.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { framePublisher, type PublishFrame } from '../../fixtures/frame-publisher.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { mountSmallDisk } from '../../fixtures/small-disk.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const [width, height] = [4, 2]

const second = 1_000_000_000n

async function loopOf(
  name: string,
  {
    slots,
    slotBytes = width * height,
    on = folder.path,
    before = () => undefined,
    ...options
  }: Partial<RecordingWorkerData> & {
    readonly slots: number
    readonly slotBytes?: number
    /** The folder to record to. */
    readonly on?: string
    /** Publishes what is in the ring already when the loop starts. */
    readonly before?: (publish: PublishFrame) => void
  },
) {
  const ring = createFrameRing({ slots, maxFrameBytes: slotBytes })
  const messages: RecordingMessage[] = []
  const path = join(on, name)
  await mkdir(path)
  const publish = framePublisher(ring, { width, height })
  before(publish)
  const { bufferBytes = 8 * width * height, heldBytes = 0 } = options
  const buffers = new FrameBuffers(bufferBytes + heldBytes)
  const loop: RecordingLoop = await RecordingLoop.open(
    {
      ring,
      folder: path,
      layout: {
        name,
        camera: { id: 'cam', name: 'Camera', model: 'M' },
        axes: [{ axis: 't', length: undefined }],
        positions: [],
        channels: [],
        startedAt: 0,
        software: 'test',
        metadata: {},
      },
      storage: { format: 'raw' },
      most: { frames: undefined, seconds: undefined },
      bufferBytes,
      begin: { kind: 'now' },
      preRecordS: 0,
      heldBytes,
      temperatureC: undefined,
      ...options,
    },
    buffers,
    (message) => {
      messages.push(message)
      if (message.type === 'layout') loop.hear({ type: 'layoutSaved' })
    },
  )
  const log = async () =>
    (await readFile(join(path, 'frames.jsonl'), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => frameRecordSchema.parse(JSON.parse(line)))
  return { loop, messages, buffers, publish, log, path, raw: () => readFile(join(path, `${name}.raw`)) }
}

/** No write of this process is through until `goOn`. */
async function standingDisk(): Promise<{ goOn(): void }> {
  const file = await open(join(folder.path, 'any'), 'w')
  const handles: FileHandle = Object.getPrototypeOf(file)
  await file.close()
  const { writev } = handles
  const { promise: moves, resolve: goOn } = Promise.withResolvers<void>()
  const spy = vi.spyOn(handles, 'writev').mockImplementation(async function (this: FileHandle, ...args) {
    await moves
    return writev.apply(this, args)
  })
  return {
    goOn: () => {
      spy.mockRestore()
      goOn()
    },
  }
}

describe('RecordingLoop', () => {
  it('names every frame that was overwritten before its turn, in its place', async () => {
    const { loop, messages, publish, log, raw } = await loopOf('lapped', {
      slots: 4,
      bufferBytes: 3 * width * height,
    })
    const running = loop.run()
    // All at once: nobody can read in between.
    for (let sequence = 0; sequence < 20; sequence++) publish(sequence)
    loop.stop()
    await running
    const records = await log()
    const there = records.flatMap((record) =>
      record.kind === 'lost'
        ? Array.from({ length: record.last - record.first + 1 }, (_, i) => record.first + i)
        : record.kind === 'frame'
          ? [record.sequence]
          : [],
    )
    expect(there).toEqual(Array.from({ length: 20 }, (_, i) => i))
    const kept = records.flatMap((record) => (record.kind === 'frame' ? [record.sequence] : []))
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(20)
    expect([...(await raw())]).toEqual(kept.flatMap((sequence) => Array(width * height).fill(sequence)))
    expect(messages.at(-1)).toMatchObject({
      type: 'finished',
      counts: { written: kept.length, lost: 20 - kept.length },
    })
  })

  it('loses nothing when the disk stands still, and its thread then as long as the ring lasts', async () => {
    const [slots, buffered] = [32, 100]
    const { loop, messages, buffers, publish, log } = await loopOf('still', {
      slots,
      bufferBytes: buffered * width * height,
    })
    const disk = await standingDisk()
    const running = loop.run()
    for (let sequence = 0; sequence < buffered; sequence++) {
      publish(sequence)
      while (buffers.bytesInUse < (sequence + 1) * width * height) await turn()
    }
    // Nothing else comes to its turn meanwhile.
    for (let i = 0; i < slots; i++) publish(buffered + i, { value: i })
    loop.stop()
    disk.goOn()
    await running
    const sequences = (await log()).map((record) => record.kind === 'frame' && record.sequence)
    expect(sequences).toEqual(Array.from({ length: buffered + slots }, (_, i) => i))
    expect(messages.at(-1)).toMatchObject({ counts: { lost: 0 }, isComplete: true })
  })

  it('has memory for half a second of frames found before the first one', async () => {
    const bufferBytes = 8 * 2 ** 20
    // It takes no longer than a second: none passes here.
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { loop, buffers } = await loopOf('found', { slots: 4, bufferBytes })
    expect(buffers.foundBytes).toBeGreaterThanOrEqual(bufferBytes / 4)
    expect(buffers.foundBytes).toBeLessThan(bufferBytes)
    const running = loop.run()
    loop.stop()
    await running
  })

  it('does nothing while all memory waits for the disk', async () => {
    const [size, slots, buffered] = [{ width: 256, height: 256 }, 24, 16]
    const slotBytes = size.width * size.height
    const { loop, buffers, publish } = await loopOf('idle', {
      slots,
      slotBytes,
      bufferBytes: buffered * slotBytes,
    })
    const disk = await standingDisk()
    const running = loop.run()
    // Some wait in the ring, from before all memory is found.
    for (let sequence = 0; sequence < slots; sequence++) publish(sequence, size)
    while (!buffers.full) await turn()
    const { idle } = performance.eventLoopUtilization()
    await eventually('the thread to rest', () => performance.eventLoopUtilization().idle > idle)
    loop.stop()
    disk.goOn()
    await running
  })

  it('hears of everything else also while frames come as fast as it can copy them', async () => {
    const frames = 300
    const { loop, buffers, publish } = await loopOf('busy', {
      slots: 8,
      bufferBytes: frames * width * height,
      most: { frames, seconds: undefined },
    })
    let published = 0
    const take = buffers.take.bind(buffers)
    vi.spyOn(buffers, 'take').mockImplementation((bytes) => {
      publish(++published, { value: 1 })
      return take(bytes)
    })
    publish(0)
    const running = loop.run()
    await turn()
    expect(published).toBeLessThan(10)
    await running
    expect(published).toBeGreaterThanOrEqual(frames)
  })

  it('ends, with what there is, when the size of the images changes', async () => {
    const { loop, messages, publish, log } = await loopOf('resized', { slots: 8 })
    const running = loop.run()
    publish(0)
    publish(1)
    publish(2, { width: 2, height: 2 })
    await running
    expect((await log()).map((record) => record.kind)).toEqual(['frame', 'frame'])
    expect(messages.at(-1)).toMatchObject({
      type: 'finished',
      counts: { written: 2 },
      error: { code: 'DEVICE_FAILED', message: expect.stringContaining('4 x 2 Mono8 to 2 x 2') },
    })
  })

  it('ends at once when it is stopped while nothing comes', async () => {
    const { loop, messages } = await loopOf('silent', { slots: 4 })
    const running = loop.run()
    loop.stop()
    await running
    expect(messages.at(-1)).toMatchObject({ type: 'finished', counts: { written: 0, lost: 0 } })
  })

  it('begins on demand, with the frames of the seconds before, none missing or twice', async () => {
    const { loop, messages, publish, log, raw } = await loopOf('armed', {
      slots: 64,
      begin: { kind: 'asked' },
      preRecordS: 3.5,
      heldBytes: 20 * width * height,
      most: { frames: 5, seconds: undefined },
    })
    const running = loop.run()
    await eventually('the loop', () => messages.some(({ type }) => type === 'ready'))
    const begun = process.hrtime.bigint()
    for (let sequence = 0; sequence < 10; sequence++)
      publish(sequence, { timestampNs: begun - BigInt(10 - sequence) * second })
    loop.hear({ type: 'begin', sinceNs: begun })
    for (let sequence = 10; sequence < 20; sequence++) publish(sequence, { timestampNs: begun + 1n })
    await running
    // Three of before, and five as asked for.
    const expected = [7, 8, 9, 10, 11, 12, 13, 14]
    const records = await log()
    expect(records.map((record) => record.kind === 'frame' && record.sequence)).toEqual(expected)
    expect([...(await raw())]).toEqual(expected.flatMap((value) => Array(width * height).fill(value)))
    expect(messages.at(-1)).toMatchObject({ counts: { written: 8, preRecorded: 3, lost: 0 } })
  })

  it('forgets the images of before that are of another kind', async () => {
    const { loop, messages, publish, log } = await loopOf('turned', {
      slots: 8,
      begin: { kind: 'asked' },
      preRecordS: 100,
      heldBytes: 8 * width * height,
    })
    const running = loop.run()
    publish(0)
    publish(1, { width: height, height: width })
    publish(2, { width: height, height: width })
    await eventually('the loop', () => messages.some(({ type }) => type === 'counts'))
    loop.hear({ type: 'begin', sinceNs: process.hrtime.bigint() })
    publish(3, { width: height, height: width })
    loop.stop()
    await running
    expect((await log()).map((record) => record.kind === 'frame' && record.sequence)).toEqual([1, 2, 3])
    expect(messages.at(-1)).toMatchObject({ type: 'finished', isComplete: true })
    expect(messages.at(-1)).not.toHaveProperty('error')
  })

  it('takes what the ring still has of the time before when it begins at once', async () => {
    const { loop, messages, publish, log } = await loopOf('before', {
      slots: 8,
      preRecordS: 100,
      heldBytes: 8 * width * height,
      before: (publishBefore) => {
        for (let sequence = 0; sequence < 20; sequence++) publishBefore(sequence)
      },
    })
    const running = loop.run()
    await eventually('the loop', () => messages.some(({ type }) => type === 'ready'))
    publish(20)
    loop.stop()
    await running
    const sequences = (await log()).map((record) => record.kind === 'frame' && record.sequence)
    expect(sequences).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20])
  })

  it('begins with the frame that differs from those before', async () => {
    const { loop, messages, publish, log } = await loopOf('change', {
      slots: 64,
      begin: { kind: 'change', threshold: 0.1 },
    })
    const running = loop.run()
    for (let sequence = 0; sequence < 20; sequence++) publish(sequence, { value: 20 + (sequence % 2) })
    publish(20, { value: 100 })
    publish(21, { value: 20 })
    await eventually('the beginning', () => messages.some(({ type }) => type === 'begun'))
    loop.stop()
    await running
    expect((await log()).map((record) => record.kind === 'frame' && record.sequence)).toEqual([20, 21])
  })

  it('begins with frames of the moment it is told, also when that is before it is ready', async () => {
    const { loop, publish, log } = await loopOf('early', {
      slots: 8,
      begin: { kind: 'change', threshold: 0.9 },
      most: { frames: 2, seconds: undefined },
    })
    const begun = process.hrtime.bigint()
    const running = loop.run()
    loop.hear({ type: 'begin', sinceNs: begun })
    publish(0, { timestampNs: begun - 1n })
    for (const sequence of [1, 2, 3]) publish(sequence)
    await running
    expect((await log()).map((record) => record.kind === 'frame' && record.sequence)).toEqual([1, 2])
  })

  it('marks and counts frames with pixels missing', async () => {
    const { loop, messages, publish, log } = await loopOf('incomplete', { slots: 8 })
    const running = loop.run()
    publish(0)
    publish(1, { incomplete: true })
    loop.stop()
    await running
    expect((await log()).map((record) => record.kind === 'frame' && record.incomplete)).toEqual([
      undefined,
      true,
    ])
    expect(messages.at(-1)).toMatchObject({ counts: { written: 2, incomplete: 1 }, isComplete: true })
  })

  it('leaves nothing when it is stopped before it has begun, and writes down what is set meanwhile', async () => {
    const { loop, messages, publish, log } = await loopOf('never', {
      slots: 8,
      begin: { kind: 'asked' },
      preRecordS: 10,
      heldBytes: 8 * width * height,
    })
    const running = loop.run()
    await eventually('the loop', () => messages.some(({ type }) => type === 'ready'))
    publish(0)
    const record = { kind: 'setting', device: 'lamp', property: 'on', value: true, at: 1 } as const
    loop.hear({ type: 'setting', record })
    loop.stop()
    await running
    expect(await log()).toEqual([record])
    expect(messages.at(-1)).toMatchObject({ counts: { written: 0, lost: 0 } })
  })

  it('says how warm the sensor was at each frame', async () => {
    const { loop, messages, publish, log } = await loopOf('warm', { slots: 8, temperatureC: 20 })
    const running = loop.run()
    publish(0)
    await eventually('the first frame', () => messages.some(({ type }) => type === 'layout'))
    loop.hear({ type: 'temperature', temperatureC: 21.5 })
    publish(1)
    loop.stop()
    await running
    expect((await log()).map((record) => record.kind === 'frame' && record.temperatureC)).toEqual([20, 21.5])
  })
})

const disk = mountSmallDisk(4)
afterAll(() => disk?.unmount())

describe.skipIf(disk === undefined)('a disk that fills up', () => {
  // Past the system's cache, and through it.
  it.each([
    { format: 'raw', width: 1024, height: 256 },
    { format: 'ome-tiff', width: 1024, height: 256 },
    { format: 'ome-tiff', width: 256, height: 128 },
  ] as const)(
    'ends a recording with that reason; what it names is there: $format, $width pixels wide',
    async (kind) => {
      const { format, ...size } = kind
      const frameBytes = size.width * size.height
      const { loop, messages, publish, log, path } = await loopOf(`full-${format}-${size.width}`, {
        slots: 8,
        on: disk?.path ?? '',
        slotBytes: frameBytes,
        bufferBytes: 8 * frameBytes,
        storage: storageOptionsSchema.parse({ format }),
      })
      const running = loop.run()
      let sequence = 0
      while (messages.at(-1)?.type !== 'finished') {
        publish(sequence++ % 256, { ...size, sequence })
        await delay(1)
      }
      await running
      expect(messages.at(-1)).toMatchObject({
        isComplete: false,
        error: { code: 'DATA_FOLDER', message: expect.stringContaining('the disk is full') },
      })
      const frames = (await log()).flatMap((record) => (record.kind === 'frame' ? [record] : []))
      expect(frames.length).toBeGreaterThan(5)
      const first = await firstPixels(path, size)
      expect(first.slice(0, frames.length)).toEqual(frames.map((frame) => (frame.sequence - 1) % 256))
      await rm(path, { recursive: true })
    },
  )
})

/** The first pixel of each image of a dataset of bytes. */
async function firstPixels(path: string, size: { readonly width: number; readonly height: number }) {
  const name = (await readdir(path)).find((file) => /\.(raw|tiff)$/.test(file)) ?? ''
  if (name.endsWith('.raw')) {
    const raw = await readFile(join(path, name))
    const frameBytes = size.width * size.height
    return Array.from({ length: Math.floor(raw.length / frameBytes) }, (_, i) => raw[i * frameBytes] ?? -1)
  }
  const tiff = await fromFile(join(path, name))
  const values: number[] = []
  for (let i = 0; i < (await tiff.getImageCount()); i++) {
    const [pixels] = await (await tiff.getImage(i)).readRasters({ window: [0, 0, 1, 1] })
    values.push(Number(Object(pixels)[0]))
  }
  await tiff.close()
  return values
}
