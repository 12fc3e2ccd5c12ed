import { describe, expect, test } from 'vitest'
import { checkPropertyValue, findProperty } from '../../../drivers/sdk/property-value.ts'
import type { PropertyDescriptorInput, PropertyValue } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const base = { name: 'gain', title: 'Gain', category: 'Image' }
const gain = { ...base, type: 'number', value: 1, min: 1, max: 10, step: 0.1, unit: 'dB' } as const

function refusal(action: () => void): CoverslipError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof CoverslipError) return error
    throw error
  }
}

describe('numbers', () => {
  test('limits and steps, with the limits in the hint', () => {
    for (const value of [1, 1.1, 1.2, 1.3000000000000003, 9.9, 10])
      expect(() => checkPropertyValue(gain, value)).not.toThrow()
    for (const value of [0.9, 10.1, -1e300, 1.05]) {
      const error = refusal(() => checkPropertyValue(gain, value))
      expect(error).toMatchObject({
        code: 'OUT_OF_RANGE',
        data: { property: 'gain', value, min: 1, max: 10, step: 0.1 },
      })
      expect(error?.message).toBe(`gain cannot be ${value} dB`)
      expect(error?.hint).toBe('It can be 1 dB to 10 dB in steps of 0.1 dB.')
    }
  })

  test('the upper limit is allowed even when it is off the steps', () => {
    expect(() => checkPropertyValue({ ...gain, min: 0, max: 10, step: 3 }, 10)).not.toThrow()
    expect(refusal(() => checkPropertyValue({ ...gain, min: 0, max: 10, step: 3 }, 8))?.code).toBe(
      'OUT_OF_RANGE',
    )
  })

  test('NaN, infinity and other types', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '2', true]) {
      expect(refusal(() => checkPropertyValue(gain, value))).toMatchObject({
        code: 'INVALID_INPUT',
        hint: 'It takes a number.',
      })
    }
  })

  test('every multiple of a step is on it', () => {
    const step = fc.double({ min: 1e-3, max: 100, noNaN: true })
    fc.assert(
      fc.property(step, fc.integer({ min: -1000, max: 1000 }), fc.nat(100_000), (distance, min, steps) => {
        checkPropertyValue(
          { ...base, type: 'number', value: min, min, step: distance },
          min + steps * distance,
        )
      }),
      { seed: 2 },
    )
  })
})

test('options, booleans and texts', () => {
  const mode: PropertyDescriptorInput = { ...base, type: 'option', value: 'a', options: ['a', 'b'] }
  const on: PropertyDescriptorInput = { ...base, type: 'boolean', value: false }
  const label: PropertyDescriptorInput = { ...base, type: 'text', value: '' }
  const accepted: readonly (readonly [PropertyDescriptorInput, PropertyValue])[] = [
    [mode, 'b'],
    [on, true],
    [label, 'anything'],
  ]
  for (const [descriptor, value] of accepted)
    expect(() => checkPropertyValue(descriptor, value)).not.toThrow()
  expect(refusal(() => checkPropertyValue(mode, 'c'))).toMatchObject({
    code: 'OUT_OF_RANGE',
    hint: 'It can be a, b.',
  })
  expect(refusal(() => checkPropertyValue(mode, 1))?.code).toBe('INVALID_INPUT')
  expect(refusal(() => checkPropertyValue(on, 'true'))?.code).toBe('INVALID_INPUT')
  expect(refusal(() => checkPropertyValue(label, 1))?.code).toBe('INVALID_INPUT')
})

test('a read-only property is not set, whatever the value', () => {
  expect(refusal(() => checkPropertyValue({ ...gain, readOnly: true }, 1))?.code).toBe('PROPERTY_READ_ONLY')
})

test('an unknown property names the device and what it has', () => {
  expect(findProperty('Camera 1', [gain], 'gain')).toBe(gain)
  const error = refusal(() => findProperty('Camera 1', [gain], 'gian'))
  expect(error).toMatchObject({ code: 'UNKNOWN_PROPERTY', hint: 'It has gain.' })
  expect(error?.message).toBe('Camera 1 has no property "gian"')
})
