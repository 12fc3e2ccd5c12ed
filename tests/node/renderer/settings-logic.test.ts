import { describe, expect, it } from 'vitest'
import {
  compact,
  decimalsOf,
  fixed,
  parseNumber,
  scientific,
} from '../../../src-renderer/components/format.ts'
import { fromPlace, type NumberRange, snap, toPlace } from '../../../src-renderer/components/number-scale.ts'
import { groupProperties, searchProperties } from '../../../src-renderer/components/property-groups.ts'
import { schemaFields, streamFields } from '../../../src-renderer/components/schema-fields.ts'
import type { PropertyDescriptor } from '../../../src-shared/devices.ts'
import { paramsSchemaOf, protocolSchema } from '../../../src-shared/stream-params.ts'
import { exposure } from './sample-engine.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('stream settings from their schema', () => {
  it('takes title, unit, range and options from the schema', () => {
    const fields = new Map(schemaFields(paramsSchemaOf.binary).map((field) => [field.name, field]))
    expect(fields.get('frameRate')).toMatchObject({
      type: 'number',
      title: 'Frame rate',
      unit: 'fps',
      min: 0.1,
      max: 1000,
      integer: false,
    })
    expect(fields.get('level')).toMatchObject({ type: 'number', min: -5, max: 9, integer: true })
    expect(fields.get('compression')).toMatchObject({ type: 'option', options: ['lz4', 'zstd', 'none'] })
    expect(fields.has('protocol')).toBe(false)
  })

  it.each(protocolSchema.options)('names every field of %s', (protocol) => {
    const fields = schemaFields(paramsSchemaOf[protocol])
    expect(fields.length).toBeGreaterThan(4)
    for (const field of fields) expect(field.title).not.toBe(field.name)
  })

  it('leaves out what the histogram sets, and what means nothing beside the other values', () => {
    const names = (params: Record<string, unknown>) =>
      streamFields('binary', params).map((field) => field.name)
    expect(names({ compression: 'lz4', subsampling: 1 })).toEqual([
      'frameRate',
      'compression',
      'filter',
      'subsampling',
      'cropSize',
    ])
    expect(names({ compression: 'zstd', subsampling: 2 })).toContain('level')
    expect(names({ compression: 'zstd', subsampling: 2 })).toContain('reduction')
    expect(streamFields('jpeg', {}).map((field) => field.name)).not.toContain('windowLow')
  })
})

const ranges: fc.Arbitrary<NumberRange> = fc.record({
  min: fc.constantFrom(-100, 0, 0.05, 1),
  max: fc.constantFrom(16, 100, 10_000),
  step: fc.constantFrom(undefined, 0.01, 0.25, 1),
  scale: fc.constantFrom('linear', 'log'),
})

describe('sliders', () => {
  it('go to values within the limits and on the steps, in order', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (range, a, b) => {
          const [low, high] = [fromPlace(range, Math.min(a, b)), fromPlace(range, Math.max(a, b))]
          expect(low).toBeLessThanOrEqual(high)
          expect(low).toBeGreaterThanOrEqual(range.min)
          expect(high).toBeLessThanOrEqual(range.max)
          if (range.step !== undefined && low < range.max) {
            const steps = (low - range.min) / range.step
            expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-6)
          }
        },
      ),
    )
  })

  it('reach both ends exactly', () => {
    fc.assert(
      fc.property(ranges, (range) => {
        expect(fromPlace(range, 0)).toBe(range.min)
        expect(fromPlace(range, 1)).toBe(range.max)
        expect(toPlace(range, range.min)).toBe(0)
        expect(toPlace(range, range.max)).toBe(1)
      }),
    )
  })

  it('show a logarithmic value where they would set it', () => {
    const range: NumberRange = { min: 0.05, max: 10_000, step: undefined, scale: 'log' }
    for (const value of [0.05, 0.1, 1, 20, 500, 10_000]) {
      expect(fromPlace(range, toPlace(range, value))).toBeCloseTo(value, 6)
    }
    expect(snap({ min: 0, max: 1, step: 0.1, scale: 'linear' }, 0.30000000000000004)).toBe(0.3)
  })
})

describe('numbers as text', () => {
  it('have a true minus, which is not shown for nothing', () => {
    expect(fixed(-3.25, 1)).toBe('−3.3')
    expect(fixed(-0.01, 1)).toBe('0.0')
  })
  it('have an exponent where they may be of any size', () => {
    const shown = [1.25e-10, -3e12, 0.000125, 123_456_789, 0, Infinity, Number.NaN]
    expect(shown.map((value) => scientific(value, 4))).toEqual([
      ...['1.25e−10', '−3e12', '0.000125', '123456789', '0', 'Infinity', 'NaN'],
    ])
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        const read = parseNumber(scientific(value, 7))
        expect(Math.abs((read ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-5 * Math.abs(value))
      }),
    )
    expect(compact(1.25e-10)).toBe('0')
  })
  it('have the decimals of their steps', () => {
    expect([1, 0.5, 0.25, 0.1, 0.001, 8].map(decimalsOf)).toEqual([0, 1, 2, 1, 3, 0])
  })
  it('are understood as people type them', () => {
    expect(parseNumber(' 12,5 ')).toBe(12.5)
    expect(parseNumber('−3')).toBe(-3)
    expect(parseNumber('1e3')).toBe(1000)
    expect(parseNumber('2\u2009048')).toBe(2048)
    for (const wrong of ['', 'abc', '1 2', '--1', '1,2,3', 'Infinity'])
      expect(parseNumber(wrong)).toBeUndefined()
  })
  it('are in the field’s unit, whichever of its kind was typed', () => {
    const same = [
      { own: 'ms', typed: { s: 1e-3, ms: 1, µs: 1e3, us: 1e3, '\u03bcs': 1e3, min: 1 / 60_000 } },
      { own: 'us', typed: { s: 1e-6, ms: 1e-3, us: 1, µs: 1 } },
      { own: 's', typed: { s: 1, MS: 1e3, min: 1 / 60 } },
      { own: 'µm X', typed: { mm: 1e-3, um: 1, nm: 1e3, 'µm X': 1 } },
      { own: 'mW', typed: { mW: 1 } },
      { own: '×', typed: { x: 1, '×': 1 } },
      { own: 'of 100', typed: { 'of 100': 1 } },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...same.flatMap(({ own, typed }) => Object.entries(typed).map((way) => ({ own, way }))),
        ),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.constantFrom('', ' '),
        ({ own, way: [unit, factor] }, thousandths, space) => {
          const value = thousandths / 1000
          expect(parseNumber(`${value * factor}${space}${unit}`, own)).toBeCloseTo(value, 5)
        },
      ),
    )
    expect(parseNumber('0.5 s', 'ms')).toBe(500)
    expect(parseNumber('0.3 s', 'ms')).toBe(300)
  })
  it('are none in a unit of another kind', () => {
    for (const [text, own] of [
      ['5 mm', 'ms'],
      ['5 ms', 'µm'],
      ['5 MW', 'mW'],
      ['5 s', '%'],
      ['5 ms', ''],
      ['5 e', 'ms'],
    ] as const)
      expect(parseNumber(text, own), text).toBeUndefined()
  })
})

describe('camera properties', () => {
  const property = (name: string, category: string): PropertyDescriptor => ({
    ...exposure,
    name,
    title: name,
    category,
  })
  const properties = [
    property('offset', 'Noise'),
    property('gain', 'Exposure'),
    property('hotPixels', 'Noise'),
    property('exposureMs', 'Exposure'),
    property('roiX', 'Geometry'),
  ]
  it('have exposure and gain first and the others by category', () => {
    const { main, others } = groupProperties(properties)
    expect(main.map(({ name }) => name)).toEqual(['exposureMs', 'gain'])
    expect(others.map(({ category, properties: list }) => [category, list.map(({ name }) => name)])).toEqual([
      ['Noise', ['offset', 'hotPixels']],
      ['Geometry', ['roiX']],
    ])
  })
  it('are found by name or category', () => {
    const { others } = groupProperties(properties)
    const found = (text: string) =>
      searchProperties(others, text).flatMap((group) => group.properties.map(({ name }) => name))
    expect(found('HOT')).toEqual(['hotPixels'])
    expect(found('noise')).toEqual(['offset', 'hotPixels'])
    expect(found('nothing')).toEqual([])
    expect(found('  ')).toHaveLength(3)
  })
})
