import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RecordingLoop } from '../../../src-main/acquisition/recording/recording-loop.ts'
import type { RecordingMessage } from '../../../src-main/acquisition/recording/recording-messages.ts'
import { createFrameRing, FrameRingWriter } from '../../../src-main/frames/frame-ring.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const [width, height] = [4, 2]

async function loopOf(name: string, slots: number) {
  const ring = createFrameRing({ slots, maxFrameBytes: width * height })
  const messages: RecordingMessage[] = []
  const path = join(folder.path, name)
  await mkdir(path)
  const loop = new RecordingLoop(
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
      bufferBytes: 0,
    },
    (message) => messages.push(message),
  )
  const writer = new FrameRingWriter(ring)
  const publish = (sequence: number, size = { width, height }) => {
    writer.slot().fill(sequence)
    const now = process.hrtime.bigint()
    writer.commit({
      sequence,
      timestampNs: now,
      hostTimeNs: now,
      ...size,
      pixelFormat: 'Mono8',
      significantBits: 8,
      exposureMs: 1,
      gain: 0,
    })
  }
  const log = async () =>
    (await readFile(join(path, 'frames.jsonl'), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => frameRecordSchema.parse(JSON.parse(line)))
  return { loop, messages, publish, log, raw: () => readFile(join(path, `${name}.raw`)) }
}

describe('RecordingLoop', () => {
  it('names every frame that was overwritten before its turn, in its place', async () => {
    const { loop, messages, publish, log, raw } = await loopOf('lapped', 4)
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

  it('ends, with what there is, when the size of the images changes', async () => {
    const { loop, messages, publish, log } = await loopOf('resized', 8)
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
    const { loop, messages } = await loopOf('silent', 4)
    const running = loop.run()
    loop.stop()
    await running
    expect(messages.at(-1)).toMatchObject({ type: 'finished', counts: { written: 0, lost: 0 } })
  })
})
