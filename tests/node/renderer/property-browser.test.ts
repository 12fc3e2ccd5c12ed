import { describe, expect, it } from 'vitest'
import { limitsText } from '../../../src-renderer/components/limits-text.ts'
import {
  browseProperties,
  isWithin,
  searchProperties,
  standardCategory,
} from '../../../src-renderer/components/property-groups.ts'
import { reduceEngineEvent, initialEngineState } from '../../../src-renderer/stores/engine-state.ts'
import { keepProperties } from '../../../src-renderer/stores/keep-properties.ts'
import {
  type PropertyDescriptor,
  propertyDescriptorSchema,
  type PropertyLevel,
  propertyLevelSchema,
} from '../../../src-shared/devices.ts'
import { exposure, sampleCamera, sampleSnapshot } from './sample-engine.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function property(name: string, patch: Partial<PropertyDescriptor> = {}): PropertyDescriptor {
  return propertyDescriptorSchema.parse({
    type: 'number',
    name,
    title: name,
    category: 'Other',
    value: 1,
    ...patch,
  })
}

const gain = property('gain', { category: 'Analog', title: 'Gain' })
const format = property('pixelFormat', { type: 'option', value: 'Mono8', options: ['Mono8', 'Mono12'] })
const delay = property('packetDelay', {
  title: 'Packet delay',
  category: 'Transport',
  description: 'Pause between packets, for links that several cameras share.',
  level: 'guru',
})
const lines = property('lineSelector', { title: 'Line selector', category: 'Digital I/O', level: 'expert' })
const clock = property('clock', { title: 'Clock', category: 'Transport' })
const all = [delay, format, lines, gain, clock, exposure]

const names = (level: PropertyLevel, search = '') =>
  browseProperties(all, { level, search }).groups.map(
    ({ category, properties }) => `${category}: ${properties.map(({ name }) => name).join(' ')}`,
  )

describe('the property browser', () => {
  it('shows the standard properties first, in their order, then the device’s categories in its order', () => {
    expect(names('guru')).toEqual([
      `${standardCategory}: exposureMs gain pixelFormat`,
      'Transport: packetDelay clock',
      'Digital I/O: lineSelector',
    ])
  })

  it('shows no more than the level, and tells what lies beyond', () => {
    expect(names('beginner')).toEqual([
      `${standardCategory}: exposureMs gain pixelFormat`,
      'Transport: clock',
    ])
    expect(browseProperties(all, { level: 'beginner', search: '' }).beyond).toEqual({
      count: 2,
      level: 'expert',
    })
    expect(browseProperties(all, { level: 'expert', search: '' }).beyond).toEqual({ count: 1, level: 'guru' })
    expect(browseProperties(all, { level: 'guru', search: '' }).beyond).toBeUndefined()
  })

  it('searches titles, names, categories and descriptions for every word, in any case', () => {
    expect(names('guru', 'SEVERAL cameras')).toEqual(['Transport: packetDelay'])
    expect(names('guru', 'exposurems')).toEqual([`${standardCategory}: exposureMs`])
    expect(names('guru', '  transport ')).toEqual(['Transport: packetDelay clock'])
    expect(names('guru', 'packet exposure')).toEqual([])
  })

  it('tells that what was searched lies beyond the level', () => {
    const { shown, beyond } = browseProperties(all, { level: 'beginner', search: 'pause' })
    expect({ shown, beyond }).toEqual({ shown: 0, beyond: { count: 1, level: 'guru' } })
  })

  it('loses and doubles nothing, whatever the levels', () => {
    const levels = fc.constantFrom(...propertyLevelSchema.options)
    const properties = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }),
        level: levels,
        category: fc.constantFrom('A', 'B', 'C'),
      }),
      { selector: ({ name }) => name },
    )
    fc.assert(
      fc.property(properties, levels, (list, level) => {
        const device = list.map(({ name, ...rest }) => property(name, rest))
        const { groups, shown, beyond } = browseProperties(device, { level, search: '' })
        const listed = groups.flatMap((group) => group.properties)
        const expected = device.filter((candidate) => isWithin(candidate.level, level))
        expect(new Set(listed)).toEqual(new Set(expected))
        expect(listed).toHaveLength(shown)
        expect(shown + (beyond?.count ?? 0)).toBe(device.length)
      }),
    )
  })

  it('finds in groups as it finds in all', () => {
    const groups = [{ category: 'Transport', properties: [delay, clock] }]
    expect(searchProperties(groups, 'pause')).toEqual([{ category: 'Transport', properties: [delay] }])
    expect(searchProperties(groups, ' ')).toBe(groups)
  })
})

describe('limits in words', () => {
  it('are short, with the unit', () => {
    expect(limitsText(exposure)).toBe('0.05 – 10\u2009000 ms')
    expect(limitsText(property('a', { min: 0 }))).toBe('≥ 0')
    expect(limitsText(property('a', { max: 2 ** 64 }))).toBe('≤ 1.8e19')
    expect(limitsText(property('a'))).toBe('')
    expect(limitsText(property('a', { readOnly: true, min: 0 }))).toBe('read only')
    expect(limitsText(format)).toBe('2 options')
  })
})

describe('what the engine tells of a device', () => {
  const told = () => all.map((each) => structuredClone(each))

  it('keeps descriptors that did not change, and the list when none did', () => {
    expect(keepProperties(all, told())).toBe(all)
    const changed = told().map((each) =>
      each.name === 'gain' ? property('gain', { category: 'Analog', title: 'Gain', value: 2 }) : each,
    )
    const kept = keepProperties(all, changed)
    expect(kept.map((each, i) => each === all[i])).toEqual(all.map(({ name }) => name !== 'gain'))
    expect(kept).toEqual(changed)
  })

  it('is what it was told, whatever changes', () => {
    const list = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd'),
        value: fc.integer({ min: 0, max: 2 }),
        unit: fc.option(fc.constant('ms'), { nil: undefined }),
      }),
      { selector: ({ name }) => name },
    )
    const described = list.map((each) => each.map(({ name, ...rest }) => property(name, rest)))
    fc.assert(
      fc.property(described, described, (before, next) => {
        expect(keepProperties(before, structuredClone(next))).toEqual(next)
      }),
    )
    const options = (...values: string[]) => property('o', { type: 'option', value: 'x', options: values })
    expect(keepProperties([options('x')], [options('x', 'y')])).toEqual([options('x', 'y')])
  })

  it('leaves the properties alone when only its health changes', () => {
    const before = reduceEngineEvent(initialEngineState, sampleSnapshot())
    const health = { framesPerSecond: 10, bytesPerSecond: 100, frames: 3 }
    const after = reduceEngineEvent(before, { type: 'healthChanged', deviceId: 'a', health })
    expect(after.devices[0]?.health).toEqual(health)
    expect(after.devices[0]?.properties).toBe(before.devices[0]?.properties)
    const told = reduceEngineEvent(after, {
      type: 'deviceChanged',
      device: structuredClone(sampleCamera('a')),
    })
    expect(told.devices[0]?.properties).toBe(before.devices[0]?.properties)
  })
})
