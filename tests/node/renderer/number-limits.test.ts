import { describe, expect, it } from 'vitest'
import {
  allowedText,
  nearestAllowed,
  type NumberLimits,
  whyNotNumber,
} from '../../../src-renderer/components/number-limits.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('limits of a number', () => {
  it.each<[NumberLimits, string, string]>([
    [{}, '', 'a number'],
    [{}, 'µm', 'a number in µm'],
    [{ min: 0, max: 600 }, 's', '0 to 600 s'],
    [{ min: 0.05, max: 10_000 }, 'ms', '0.05 to 10\u2009000 ms'],
    [{ min: 1 }, 'µm', '1 µm or more'],
    [{ max: 99 }, '%', '99 % or less'],
    [{ above: 0 }, 'ms', 'more than 0 ms'],
    [{ above: 0, max: 1000 }, 'µm', 'more than 0, up to 1\u2009000 µm'],
    [{ whole: true }, '', 'a whole number'],
    [{ whole: true, min: 1, max: 100 }, '', 'a whole number, 1 to 100'],
    [{ min: -20, max: -5 }, 'µm', '−20 to −5 µm'],
  ])('%j %s are told as “%s”', (limits, unit, text) => expect(allowedText(limits, unit)).toBe(text))

  it.each<[number | undefined, NumberLimits, string | undefined]>([
    [5, { min: 0, max: 10 }, undefined],
    [0, { min: 0 }, undefined],
    [undefined, { min: 0 }, 'Not a number: type 0 s or more'],
    [-1, { min: 0 }, 'Too small: type 0 s or more'],
    [0, { above: 0 }, 'Too small: type more than 0 s'],
    [11, { max: 10 }, 'Too large: type 10 s or less'],
    [2.5, { whole: true, min: 1 }, 'Not a whole number: type a whole number, 1 s or more'],
  ])('%d within %j: %s', (value, limits, reason) => expect(whyNotNumber(value, limits, 's')).toBe(reason))

  it('allow what they call the nearest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.record(
          {
            min: fc.integer({ min: -100, max: 0 }),
            max: fc.integer({ min: 1, max: 100 }),
            whole: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        (value, limits) => {
          const nearest = nearestAllowed(value, limits)
          expect(whyNotNumber(nearest, limits)).toBeUndefined()
          if (whyNotNumber(value, limits) === undefined) expect(nearest).toBe(value)
        },
      ),
    )
    expect(nearestAllowed(-3, { above: 0 })).toBeUndefined()
    expect(nearestAllowed(0.5, { above: 0 })).toBe(0.5)
  })
})
