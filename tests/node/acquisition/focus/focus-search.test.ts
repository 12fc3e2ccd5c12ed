import { describe, expect, it } from 'vitest'
import {
  coarsePlanes,
  focusSearch,
  type SweepRange,
} from '../../../../src-main/acquisition/focus/focus-search.ts'
import type { Sharpness } from '../../../../src-main/acquisition/focus/sharpness.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'

type Curve = (zUm: number) => Sharpness

/** Goes through a search with the sharpness of `curve`. */
function search(range: SweepRange, curve: Curve) {
  const planes: number[] = []
  const steps = focusSearch(range)
  let step = steps.next()
  try {
    while (step.done !== true) {
      planes.push(step.value)
      step = steps.next(curve(step.value))
    }
    return { planes, found: step.value.zUm, refused: undefined }
  } catch (error) {
    return { planes, found: undefined, refused: CoverslipError.from(error) }
  }
}

/** Noise with a standard deviation of 1, the same for the same seed. */
function noise(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

const clean = { error: 0.01, saturated: 0 }
const range: SweepRange = { fromUm: -25, toUm: 25, stepUm: 2 }

/** A peak of two widths, as the scales of the measure make it, on a floor. */
const peak = (zUm: number, at: number, widthUm: number): number =>
  20 + 60 * Math.exp(-(((zUm - at) / widthUm) ** 2)) + 20 / (1 + ((zUm - at) / (3 * widthUm)) ** 2)

const peaks = fc.record({
  centre: fc.double({ min: -100, max: 100, noNaN: true }),
  spanUm: fc.double({ min: 20, max: 200, noNaN: true }),
  planes: fc.integer({ min: 15, max: 60 }),
  /** Of the peak, as a share of the range from its lower quarter to its upper one, and in steps. */
  place: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
  widthSteps: fc.double({ min: 0.6, max: 4, noNaN: true }),
  upwards: fc.boolean(),
})

describe('focusSearch', () => {
  it('finds any peak within a tenth of its width, going through each sweep in one direction, within the range', () => {
    fc.assert(
      fc.property(peaks, ({ centre, spanUm, planes, place, widthSteps, upwards }) => {
        const [low, high] = [centre - spanUm / 2, centre + spanUm / 2]
        const stepUm = spanUm / planes
        const at = low + place * spanUm
        const widthUm = widthSteps * stepUm
        const ends = upwards ? { fromUm: low, toUm: high } : { fromUm: high, toUm: low }
        const {
          found,
          refused,
          planes: gone,
        } = search({ ...ends, stepUm }, (zUm) => ({
          ...clean,
          score: peak(zUm, at, widthUm),
        }))
        expect(refused).toBeUndefined()
        expect(Math.abs((found ?? Number.NaN) - at)).toBeLessThan(0.1 * widthUm)
        expect(Math.min(...gone)).toBeGreaterThanOrEqual(low - 1e-9)
        expect(Math.max(...gone)).toBeLessThanOrEqual(high + 1e-9)
        expect(gone.at(-1)).toBe(found)
        expect(gone.length).toBeLessThan(planes + 2 + 7 * 9)
        const turns = gone.filter(
          (zUm, i) => i > 0 && (upwards ? zUm < (gone[i - 1] ?? 0) : zUm > (gone[i - 1] ?? 0)),
        )
        expect(turns.length).toBeLessThanOrEqual(7)
      }),
      { numRuns: 300 },
    )
  })

  it('finds a peak in noise that is told of', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -15, max: 15, noNaN: true }), (seed, at) => {
        const random = noise(seed)
        const error = 2
        const { found } = search(range, (zUm) => ({
          score: peak(zUm, at, 4) + error * random(),
          error,
          saturated: 0,
        }))
        expect(Math.abs((found ?? Number.NaN) - at)).toBeLessThan(1.5)
      }),
      { numRuns: 200 },
    )
  })

  it.each([1, 0.001, 1000])('finds no focus in an empty field whose noise is %d', (error) => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 50 * error), (seed, floor) => {
        const random = noise(seed)
        const { refused, planes } = search(range, () => ({
          score: floor + error * random(),
          error,
          saturated: 0,
        }))
        expect(refused).toMatchObject({ code: 'NO_FOCUS' })
        expect(planes).toHaveLength(coarsePlanes(range))
      }),
      { numRuns: 200 },
    )
  })

  it('finds no focus where the images differ by more than their noise, but by chance', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = noise(seed)
        const { refused } = search(range, () => ({ ...clean, score: 50 + 3 * random() }))
        expect(refused).toMatchObject({ code: 'NO_FOCUS' })
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['upper', 40],
    ['lower', -40],
  ])('tells that the image is sharpest at the %s end', (end, at) => {
    for (const [fromUm, toUm] of [
      [-25, 25],
      [25, -25],
    ] as const) {
      const { refused } = search({ fromUm, toUm, stepUm: 2 }, (zUm) => ({
        ...clean,
        score: peak(zUm, at, 10),
      }))
      expect(refused).toMatchObject({ code: 'NO_FOCUS', data: { zUm: Math.sign(at) * 25 } })
      expect(refused?.message).toContain(`${end} end`)
    }
  })

  it('refuses images whose bright parts are cut off, whole or in focus only', () => {
    const all = search(range, () => ({ score: 0, error: 0, saturated: 1 }))
    expect(all.refused?.message).toContain('overexposed')
    const inFocus = search(range, (zUm) => ({
      ...clean,
      score: peak(zUm, 3, 4),
      saturated: Math.abs(zUm - 3) < 4 ? 0.2 : 0,
    }))
    expect(inFocus.refused?.message).toContain('overexposed')
    const hotPixels = search(range, (zUm) => ({ ...clean, score: peak(zUm, 3, 4), saturated: 0.01 }))
    expect(hotPixels.found).toBeCloseTo(3, 1)
  })

  it('does not take for the focus what is not sharp when it comes back', () => {
    let measured = 0
    const { refused } = search(range, (zUm) => ({ ...clean, score: measured++ < 30 ? peak(zUm, 3, 4) : 21 }))
    expect(refused?.message).toBe('The image is not sharp where the sharpest was seen')
  })

  it('follows a focus that drifts while it is searched for', () => {
    let measured = 0
    const { found } = search(range, (zUm) => ({ ...clean, score: peak(zUm, 3 + 0.02 * measured++, 4) }))
    expect(Math.abs((found ?? Number.NaN) - 3 - 0.02 * measured)).toBeLessThan(0.6)
  })

  it('goes through five planes at least, and no more than the range has', () => {
    expect(coarsePlanes({ fromUm: 0, toUm: 10, stepUm: 100 })).toBe(5)
    expect(coarsePlanes({ fromUm: 0, toUm: 10, stepUm: 1 })).toBe(11)
    expect(coarsePlanes({ fromUm: 10, toUm: 0, stepUm: 0.1 })).toBe(101)
  })
})
