import { describe, expect, it } from 'vitest'
import { PlanSink } from '../../../../src-main/acquisition/run/plan-sink.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'

describe('PlanSink', () => {
  it('completes the files of cameras that could not, and tells of the failure all the same', async () => {
    const full = new CoverslipError('DATA_FOLDER', 'the disk is full')
    const placeOf = (camera: string, failure: CoverslipError | undefined) => ({
      camera,
      indexOf: () => ({}),
      store: {
        take: () => Promise.resolve('taken' as const),
        note: () => undefined,
        close: () => Promise.resolve({ failure, isComplete: failure === undefined }),
      },
    })
    const completed: (readonly string[])[] = []
    const sink = new PlanSink({
      places: [placeOf('first', undefined), placeOf('second', full)],
      ringOf: () => undefined,
      temperatureOf: () => undefined,
      framesWritten: () => 0,
      complete: async (cameras) => {
        completed.push(cameras)
      },
    })
    await expect(sink.close()).rejects.toBe(full)
    expect(completed).toEqual([['second']])
  })
})
