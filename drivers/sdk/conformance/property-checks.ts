/** Conformance of properties: limits, reading back, announcing. */
import type { PropertyDescriptorInput, PropertyValue } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Device } from '../driver.ts'
import { checkPropertyValue, findProperty } from '../property-value.ts'
import {
  type CheckBody,
  type ConformanceContext,
  ensure,
  within,
  withConnection,
} from './conformance-check.ts'

/** How far a number may be from what was set when the property has no step, relative: devices round. */
const readBackTolerance = 0.01
/** How long the announcement of a change may take, ms. */
const announceTimeoutMs = 10_000

/** The values worth setting: the limits and all options; of 1000 options not more than the first 30. */
export function valuesToTry(property: PropertyDescriptorInput): readonly PropertyValue[] {
  switch (property.type) {
    case 'number':
      return [property.min, property.max, property.value].filter((value) => value !== undefined)
    case 'option':
      return [...property.options.slice(0, 30), property.value]
    case 'boolean':
      return [!property.value, property.value]
    case 'text':
      return [property.value]
    case 'command':
      // Nobody can know what it does.
      return []
  }
}

/** Sets a property as the registry does: checked, and resolved only when it holds. */
export async function setProperty(
  { timeoutMs }: ConformanceContext,
  device: Device,
  name: string,
  value: PropertyValue,
): Promise<void> {
  const what = `${device.description.name}: setting ${name} to ${value}`
  try {
    checkPropertyValue(findProperty(device.description.name, device.properties(), name), value)
    await within(device.setProperty(name, value), timeoutMs, what)
  } catch (error) {
    throw new Error(`${what} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function holds(property: PropertyDescriptorInput, value: PropertyValue): boolean {
  if (property.type !== 'number' || typeof value !== 'number') return property.value === value
  const tolerance = Math.max(property.step ?? readBackTolerance * Math.abs(value), 1e-9)
  return Math.abs(property.value - value) <= tolerance
}

const limits: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    let tried = 0
    for (const device of devices) {
      for (const { name } of device.properties().filter((property) => property.readOnly !== true)) {
        // One property's limits may depend on another's value: look them up again.
        const property = findProperty(device.description.name, device.properties(), name)
        for (const value of valuesToTry(property)) await checkSetting(context, device, name, value)
        tried += 1
      }
    }
    return tried === 0 ? 'It has no properties that can be set' : undefined
  })

async function checkSetting(
  context: ConformanceContext,
  device: Device,
  name: string,
  value: PropertyValue,
): Promise<void> {
  const what = `${device.description.name}: ${name}`
  const before = findProperty(device.description.name, device.properties(), name).value
  let announce: () => void = () => undefined
  const announced = new Promise<void>((resolve) => {
    announce = resolve
  })
  const unsubscribe = device.onPropertiesChanged(() => announce())
  await setProperty(context, device, name, value)
  const after = findProperty(device.description.name, device.properties(), name)
  ensure(holds(after, value), `${what} was set to ${value}, but reads ${after.value}`)
  if (after.value !== before) {
    await within(
      announced,
      announceTimeoutMs,
      `${what} was set to ${value}; announcing that by onPropertiesChanged`,
    )
  }
  unsubscribe()
}

const refusals: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    for (const device of devices) {
      const { name } = device.description
      requireCode(
        () => findProperty(name, device.properties(), 'aPropertyThatNoDeviceHas'),
        'UNKNOWN_PROPERTY',
        name,
      )
      for (const property of device.properties()) {
        const what = `${name}: ${property.name}`
        if (property.readOnly === true) {
          requireCode(() => checkPropertyValue(property, property.value), 'PROPERTY_READ_ONLY', what)
          continue
        }
        for (const value of valuesOutOfRange(property)) {
          requireCode(() => checkPropertyValue(property, value), 'OUT_OF_RANGE', `${what} = ${value}`)
        }
        const wrong = property.type === 'boolean' || property.type === 'command' ? 'true' : true
        requireCode(() => checkPropertyValue(property, wrong), 'INVALID_INPUT', `${what} = ${wrong}`)
      }
    }
    return undefined
  })

function valuesOutOfRange(property: PropertyDescriptorInput): readonly PropertyValue[] {
  if (property.type === 'option') return [`${property.options.join()}?`]
  if (property.type !== 'number') return []
  const { min, max, step = 1 } = property
  return [...(min === undefined ? [] : [min - step]), ...(max === undefined ? [] : [max + step])]
}

function requireCode(action: () => unknown, code: string, what: string): void {
  try {
    action()
  } catch (error) {
    if (error instanceof CoverslipError && error.code === code) return
    throw new Error(`${what} was refused with ${String(error)} instead of ${code}`, { cause: error })
  }
  throw new Error(`${what} was not refused`)
}

const unsubscribes: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    for (const device of devices) {
      const property = device
        .properties()
        .find(
          (candidate) =>
            candidate.readOnly !== true && valuesToTry(candidate).some((value) => value !== candidate.value),
        )
      const value = property && valuesToTry(property).find((candidate) => candidate !== property.value)
      if (property === undefined || value === undefined) continue
      let calls = 0
      const unsubscribe = device.onPropertiesChanged(() => {
        calls += 1
      })
      unsubscribe()
      unsubscribe()
      await setProperty(context, device, property.name, value)
      ensure(calls === 0, `${device.description.name} still calls a listener that has unsubscribed`)
    }
    return undefined
  })

/** What properties must do. */
export const propertyChecks: readonly (readonly [name: string, body: CheckBody])[] = [
  ['properties take their limits and options, read back, and announce it', limits],
  ['property values out of range, of the wrong type or for read-only properties are refused', refusals],
  ['a listener that unsubscribed is not called again', unsubscribes],
]
