import { describe, expect, it } from 'vitest'
import { LineFit } from '../../../../src-main/acquisition/plans/line-fit.ts'
import { StepTimes } from '../../../../src-main/acquisition/plans/step-times.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'

describe('LineFit', () => {
  it('finds the line that distances of many lengths lie on', () => {
    const length = fc.double({ min: 1, max: 10_000, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(length, { minLength: 5, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.01, noNaN: true }),
        (lengths, settleS, perUm) => {
          const spread = [1, 5000, 10_000, ...lengths]
          const fit = new LineFit()
          for (const x of spread) fit.add(x, settleS + perUm * x)
          for (const x of [0, 100, 20_000]) expect(fit.at(x, 1)).toBeCloseTo(settleS + perUm * x, 3)
        },
      ),
    )
  })

  it('follows a device that has become slower, and takes the slope given where it knows none', () => {
    const fit = new LineFit()
    expect(fit.at(5, 1)).toBeUndefined()
    for (let i = 0; i < 20; i++) fit.add(10, 1)
    expect(fit.at(20, 0.5)).toBeCloseTo(6)
    expect(fit.at(0, 0.5)).toBe(0)
    for (let i = 0; i < 60; i++) fit.add(10, 3)
    expect(fit.at(10, 0.5)).toBeCloseTo(3, 1)
  })
})

describe('StepTimes', () => {
  it('assumes what was never measured, device by device', async () => {
    const times = new StepTimes()
    const move = { kind: 'stage', by: 'a', distanceUm: 5000 } as const
    expect(times.of(move)).toEqual({ seconds: 1.1, isMeasured: false })
    times.measured(move, 4)
    expect(times.of(move)).toEqual({ seconds: 4, isMeasured: true })
    expect(times.of({ ...move, by: 'b' }).isMeasured).toBe(false)
    expect(times.of({ ...move, kind: 'focus' }).isMeasured).toBe(false)
    const channel = { kind: 'channel', by: 'GFP' } as const
    await expect(times.timed(channel, () => Promise.reject(new Error('stuck')))).rejects.toThrow('stuck')
    expect(times.of(channel).isMeasured).toBe(false)
    await times.timed(channel, () => Promise.resolve())
    expect(times.of(channel).isMeasured).toBe(true)
  })
})
