/** Whether a value may be given to a property: checked once, before any driver sees it. */
import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'

/** Relative deviation from a step that is put down to floating-point arithmetic. */
const stepTolerance = 1e-6

/**
 * The property `name` of a device.
 * @throws CoverslipError UNKNOWN_PROPERTY naming the device and the properties it has.
 */
export function findProperty<Descriptor extends PropertyDescriptorInput>(
  deviceName: string,
  properties: readonly Descriptor[],
  name: string,
): Descriptor {
  const property = properties.find((candidate) => candidate.name === name)
  if (property !== undefined) return property
  const names = properties.map((candidate) => candidate.name)
  throw new CoverslipError('UNKNOWN_PROPERTY', `${deviceName} has no property "${name}"`, {
    hint: names.length === 0 ? 'It has no properties.' : `It has ${names.join(', ')}.`,
    data: { property: name, properties: names },
  })
}

/**
 * Checks a value against the descriptor of the property it is for.
 * @throws CoverslipError PROPERTY_READ_ONLY; INVALID_INPUT when the type is wrong; OUT_OF_RANGE when the value is beyond
 *   the limits, off the steps, or no option.
 */
export function checkPropertyValue(descriptor: PropertyDescriptorInput, value: PropertyValue): void {
  const { name } = descriptor
  if (descriptor.readOnly === true) {
    throw new CoverslipError('PROPERTY_READ_ONLY', `${name} can be read, but not set`, {
      hint: 'The device determines it itself.',
      data: { property: name },
    })
  }
  switch (descriptor.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(name, value, 'a number')
      checkNumber(descriptor, value)
      return
    case 'option':
      if (typeof value !== 'string') throw wrongType(name, value, 'one of its options')
      if (descriptor.options.includes(value)) return
      throw new CoverslipError('OUT_OF_RANGE', `${name} cannot be "${value}"`, {
        hint: `It can be ${descriptor.options.join(', ')}.`,
        data: { property: name, value, options: descriptor.options },
      })
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(name, value, 'true or false')
      return
    case 'text':
      if (typeof value !== 'string') throw wrongType(name, value, 'a text')
      return
    case 'command':
      if (value !== true) throw wrongType(name, value, 'true, which runs it')
  }
}

function wrongType(name: string, value: PropertyValue, expected: string): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `${name} cannot be ${JSON.stringify(value) ?? String(value)}`, {
    hint: `It takes ${expected}.`,
    data: { property: name },
  })
}

type NumberDescriptor = Extract<PropertyDescriptorInput, { type: 'number' }>

function checkNumber(descriptor: NumberDescriptor, value: number): void {
  const { name, min, max, step, unit } = descriptor
  const inRange = (min === undefined || value >= min) && (max === undefined || value <= max)
  if (inRange && (step === undefined || value === max || isOnStep(value - (min ?? 0), step))) return
  const withUnit = (n: number) => (unit === undefined || unit === '' ? `${n}` : `${n} ${unit}`)
  throw new CoverslipError('OUT_OF_RANGE', `${name} cannot be ${withUnit(value)}`, {
    hint: describeLimits(descriptor, withUnit),
    data: {
      property: name,
      value,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(step === undefined ? {} : { step }),
    },
  })
}

function isOnStep(distance: number, step: number): boolean {
  const steps = distance / step
  return Math.abs(steps - Math.round(steps)) <= stepTolerance * Math.max(1, Math.abs(steps))
}

function describeLimits({ min, max, step }: NumberDescriptor, withUnit: (n: number) => string): string {
  const steps = step === undefined ? '' : ` in steps of ${withUnit(step)}`
  if (min !== undefined && max !== undefined) return `It can be ${withUnit(min)} to ${withUnit(max)}${steps}.`
  if (min !== undefined) return `It can be ${withUnit(min)} or more${steps}.`
  if (max !== undefined) return `It can be ${withUnit(max)} or less${steps}.`
  return `It is set${steps}.`
}
