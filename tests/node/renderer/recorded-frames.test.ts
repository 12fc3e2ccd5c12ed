import { expect, it } from 'vitest'
import { RecordedFrames } from '../../../src-renderer/export/recorded-frames.ts'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'

const frame = (place: number, index: PlaneIndex, elapsedS: number): FrameRecord => ({
  kind: 'frame',
  camera: 'camera',
  index,
  place,
  sequence: place,
  capturedAt: 0,
  timestampNs: '0',
  hostTimeNs: '0',
  elapsedS,
  exposureMs: 1,
  gain: 1,
})

type Asked = {
  readonly index?: PlaneIndex | undefined
  readonly offset?: number | undefined
  readonly limit?: number | undefined
}

/** A log as the engine answers from it, and how often it was asked. */
function logOf(lines: readonly FrameRecord[]) {
  let calls = 0
  const frames = ({ index, offset = 0, limit = 1000 }: Asked) => {
    calls += 1
    const own = lines.filter(
      (line) =>
        index === undefined ||
        (line.kind === 'frame' &&
          (line.index.t ?? 0) === (index.t ?? 0) &&
          (line.index.z ?? 0) === (index.z ?? 0)),
    )
    return Promise.resolve({ records: own.slice(offset, offset + limit), total: own.length })
  }
  const { signal } = new AbortController()
  const recorded = new RecordedFrames({ id: 'x', dataset: 'cells', gallery: { frames }, signal })
  return { recorded, calls: () => calls }
}

it('asks for many records at once, where images follow each other as they were taken', async () => {
  const lost: FrameRecord = { kind: 'lost', camera: 'camera', first: 3, last: 4, reason: 'slow' }
  const lines = Array.from({ length: 1200 }, (_, t) => frame(t, { t }, t * t)).toSpliced(3, 0, lost)
  const { recorded, calls } = logOf(lines)
  const asked = await Promise.all(Array.from({ length: 1200 }, (_, t) => recorded.of({ t })))
  expect(asked).toEqual(Array.from({ length: 1200 }, (_, t) => ({ elapsedS: t * t, exposureMs: 1 })))
  expect(calls()).toBeLessThan(10)
})

it('asks for one at a time, where others lie between them', async () => {
  const depths = 600
  const lines = Array.from({ length: 20 * depths }, (_, i) =>
    frame(i, { t: Math.floor(i / depths), z: i % depths }, i),
  )
  const { recorded, calls } = logOf(lines)
  for (let t = 0; t < 20; t++)
    expect(await recorded.of({ t, z: 7 })).toMatchObject({ elapsedS: t * depths + 7 })
  expect(calls()).toBe(21)
})

it('asks no more where nothing was recorded', async () => {
  const { recorded, calls } = logOf([])
  for (let t = 0; t < 20; t++) expect(await recorded.of({ t })).toBeUndefined()
  expect(calls()).toBe(2)
})
