import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { followGrowth } from '../../../src-renderer/planes/follow-growth.ts'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const id = 'recordings/cells'
const running: AcquisitionStatus = {
  id,
  name: 'cells',
  format: 'ome-tiff',
  detectorNames: ['Camera 1'],
  state: 'acquiring',
  startedAt: 0,
  frames: { written: 1, lost: 0, incomplete: 0 },
  bytesWritten: 1,
  buffer: { bytes: 0, limitBytes: 1 },
  writeBytesPerSecond: 1,
}

it('looks again at the open item while it is acquired, one look at a time', async () => {
  const engine = createEngineStore()
  let answer: (() => void) | undefined
  const refresh = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve
      }),
  )
  const end = followGrowth({ engine, viewer: { id, refresh } })
  await vi.advanceTimersByTimeAsync(60_000)
  engine.apply({ type: 'recordingChanged', recording: { ...running, id: 'recordings/another' } })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refresh).not.toHaveBeenCalled()
  engine.apply({ type: 'recordingChanged', recording: running })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refresh).toHaveBeenCalledTimes(1)
  answer?.()
  // Once more without more frames, as these are told of before they can be read; at once with more.
  await vi.advanceTimersByTimeAsync(5000)
  expect(refresh).toHaveBeenCalledTimes(2)
  answer?.()
  engine.apply({
    type: 'recordingChanged',
    recording: { ...running, frames: { ...running.frames, written: 2 } },
  })
  await vi.advanceTimersByTimeAsync(1000)
  expect(refresh).toHaveBeenCalledTimes(3)
  answer?.()
  engine.apply({ type: 'recordingChanged', recording: { ...running, state: 'finished' } })
  await vi.advanceTimersByTimeAsync(60_000)
  engine.apply({ type: 'galleryChanged' })
  expect(refresh).toHaveBeenCalledTimes(4)
  end()
})
