/** INDI properties as the property browser shows them, and what to send when one is set. */
import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import type { IndiVector, NumberElement, SwitchVector } from './protocol/indi-message.ts'
import type { NewValues } from './protocol/message-writer.ts'

/** A property of ours that stands for one or more elements of a vector. */
export type VectorProperty = {
  readonly descriptor: PropertyDescriptorInput
  /** New values of the vector's elements when this property is set to `value` (which fits the descriptor). */
  values(value: PropertyValue): NewValues
}

/** Longest name of a property, characters. */
const maxName = 100
/** Groups that hold what most users need; the others are for experts. */
const beginnerGroups: readonly string[] = ['Main Control', 'Image Settings', 'Filter Wheel']
/** Shown where no switch of a group is on. */
const none = '(none)'

/**
 * The properties that a vector is shown as; none for BLOBs. Numbers, texts and lights: one for each element. Switches
 * of which one is on: an option, or a boolean where they are on and off. Switches that may all be off, and single ones:
 * buttons. Others: a boolean each.
 */
export function vectorProperties(vector: IndiVector): readonly VectorProperty[] {
  const { kind, group, permission } = vector
  const shared = {
    category: group,
    ...(permission === 'ro' || kind === 'Light' ? { readOnly: true } : {}),
    ...(beginnerGroups.includes(group) ? {} : { level: 'expert' as const }),
  }
  const single = vector.elements.length === 1
  const element = ({ name, label }: { readonly name: string; readonly label: string }) => ({
    ...shared,
    name: `${vector.name}.${name}`,
    title: single ? vector.label : `${vector.label}: ${label}`,
  })
  const one = (descriptor: PropertyDescriptorInput, name: string): VectorProperty => ({
    descriptor,
    values: (value) => new Map([[name, value]]),
  })
  const properties = (): readonly VectorProperty[] => {
    switch (vector.kind) {
      case 'Number':
        return vector.elements
          .filter(({ value }) => Number.isFinite(value))
          .map((number) => one({ ...element(number), type: 'number', ...numberRange(number) }, number.name))
      case 'Text':
        return vector.elements.map((text) =>
          one({ ...element(text), type: 'text', value: text.value }, text.name),
        )
      case 'Light':
        return vector.elements.map((light) =>
          one(
            {
              ...element(light),
              type: 'option',
              value: light.value,
              options: ['Idle', 'Ok', 'Busy', 'Alert'],
            },
            light.name,
          ),
        )
      case 'Switch':
        return switchProperties(vector, shared, element, one)
      case 'BLOB':
        return []
    }
  }
  return properties().filter(({ descriptor }) => descriptor.name.length <= maxName)
}

/**
 * Value and limits of a number. INDI's step is only what a button would add (1 s for exposures from 0.01 s), so it is
 * not a step here; numbers that are written without decimals are whole. A value beyond its limits widens them.
 */
export function numberRange({ value, min, max, format }: NumberElement) {
  const isWhole = /^%\d*(?:\.0*)?[fd]$/.test(format) && Number.isInteger(value)
  const limits = min < max ? { min: Math.min(min, value), max: Math.max(max, value) } : {}
  const step = isWhole && (limits.min === undefined || Number.isInteger(limits.min)) ? { step: 1 } : {}
  return { value, ...limits, ...step }
}

function switchProperties(
  vector: SwitchVector,
  shared: Pick<PropertyDescriptorInput, 'category' | 'readOnly' | 'level'>,
  element: (named: { readonly name: string; readonly label: string }) => Omit<typeof shared, never> & {
    readonly name: string
    readonly title: string
  },
  one: (descriptor: PropertyDescriptorInput, name: string) => VectorProperty,
): readonly VectorProperty[] {
  const { elements, rule } = vector
  if (rule === 'AnyOfMany')
    return elements.map((item) => one({ ...element(item), type: 'boolean', value: item.value }, item.name))
  if (rule === 'AtMostOne' || elements.length < 2)
    return elements.map((item) => one({ ...element(item), type: 'command', value: false }, item.name))
  const whole = { ...shared, name: vector.name, title: vector.label }
  const [on, off] = onAndOff(vector)
  if (on !== undefined && off !== undefined) {
    return [
      {
        descriptor: { ...whole, type: 'boolean', value: on.value },
        values: (value) => new Map([[value === true ? on.name : off.name, true]]),
      },
    ]
  }
  const labels = elements.map(({ label }) => label)
  const options = new Set(labels).size === labels.length ? labels : elements.map(({ name }) => name)
  const present = options[elements.findIndex(({ value }) => value)]
  return [
    {
      descriptor: {
        ...whole,
        type: 'option',
        value: present ?? none,
        options: present === undefined ? [none, ...options] : options,
      },
      values: (value) => {
        const chosen = elements[options.findIndex((option) => option === value)]
        return new Map(chosen === undefined ? [] : [[chosen.name, true]])
      },
    },
  ]
}

/** The two switches of a vector that is on or off, by the names that INDI's drivers give them. */
function onAndOff({ elements }: SwitchVector) {
  if (elements.length !== 2) return []
  const on = elements.find(({ name }) => /(?:^|_)(?:ON|ENABLED?)$/i.test(name))
  const off = elements.find(({ name }) => /(?:^|_)(?:OFF|DISABLED?)$/i.test(name))
  return [on, off]
}
