/** Conformance of the driver as a whole: manifest, discovery, opening and closing, what it says of its devices. */
import { z } from 'zod'
import {
  deviceDescriptionSchema,
  presetSchema,
  propertyDescriptorSchema,
  standardProperty,
} from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { driverManifestSchema } from '../../../src-shared/hardware.ts'
import type { Device } from '../driver.ts'
import { checkPropertyValue, findProperty } from '../property-value.ts'
import { type CheckBody, ensure, within, withConnection } from './conformance-check.ts'

const discoveredSchema = z.array(
  z.object({
    address: z.string().min(1),
    title: z.string().min(1),
    detail: z.string().optional(),
    serialNumber: z.string().optional(),
    options: z.record(z.string(), z.unknown()).optional(),
  }),
)
const openings = 20

function check(schema: z.ZodType, value: unknown, what: string): void {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new Error(`${what} is not valid: ${z.prettifyError(parsed.error)}`)
}

function requireUnique(names: readonly string[], what: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  ensure(twice === undefined, `${what} "${twice}" is used twice`)
}

async function manifest({ driver }: Parameters<CheckBody>[0]): Promise<undefined> {
  check(driverManifestSchema, driver.manifest, 'The manifest')
}

const discovery: CheckBody = async ({ driver, timeoutMs }) => {
  const abort = new AbortController()
  const found = driver.discover({ signal: abort.signal, interfaces: [] })
  abort.abort()
  // Either way of ending is fine: with what was found until then, or with the abort's reason.
  const ended = within(
    found.catch((error: unknown) => {
      if (abort.signal.aborted) return []
      throw error
    }),
    timeoutMs,
    'discover() whose signal was aborted',
  )
  check(discoveredSchema, await ended, 'What discover() found')
  return undefined
}

const opensAndCloses: CheckBody = async (context) => {
  const ids = await withConnection(context, async ({ devices }) =>
    devices.map((device) => device.description.id),
  )
  for (let i = 1; i < openings; i++) {
    const again = await withConnection(context, async ({ devices }) =>
      devices.map((device) => device.description.id),
    )
    ensure(
      again.join() === ids.join(),
      `Opened the first time it had the devices ${ids.join(', ')}, opened ${i + 1} times ${again.join(', ')}`,
    )
  }
  return undefined
}

const refusesUnknownOptions: CheckBody = async ({ driver, target, timeoutMs }) => {
  const name = 'anOptionThatNoDriverHas'
  const opening = driver.open(target.address, { ...target.options, [name]: 1 })
  const result = await within(
    opening.then(
      async (connection) => {
        await connection.close()
        return undefined
      },
      (error: unknown) => error,
    ),
    timeoutMs,
    'open() with an unknown option',
  )
  ensure(
    result !== undefined,
    'open() took an option that no driver has; a user who mistypes an option must be told',
  )
  const refusal = CoverslipError.from(result)
  ensure(
    refusal.code !== 'INTERNAL',
    `open() refused an unknown option with ${String(result)}, not a CoverslipError`,
  )
  ensure(
    refusal.message.includes(name),
    `open() refused the option ${name} without naming it: ${refusal.message}`,
  )
  return undefined
}

const descriptions: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    ensure(devices.length > 0, 'It has no devices')
    for (const { description } of devices)
      check(deviceDescriptionSchema, description, `Device "${description.id}"`)
    requireUnique(
      devices.map((device) => device.description.id),
      'The device id',
    )
    return undefined
  })

const properties: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    for (const device of devices) checkProperties(device)
    return undefined
  })

function checkProperties(device: Device): void {
  const { name } = device.description
  const all = device.properties()
  requireUnique(
    all.map((property) => property.name),
    `${name}: the property`,
  )
  for (const property of all) {
    const what = `${name}: property ${property.name}`
    check(propertyDescriptorSchema, property, what)
    if (property.type === 'number' && property.min !== undefined && property.max !== undefined) {
      ensure(property.min <= property.max, `${what} has the limits ${property.min} to ${property.max}`)
    }
    if (property.type === 'command') continue
    try {
      checkPropertyValue({ ...property, readOnly: false }, property.value)
    } catch (error) {
      const reason = error instanceof CoverslipError ? `${error.message}. ${error.hint ?? ''}` : String(error)
      throw new Error(`${what} has a value that its own descriptor does not allow: ${reason}`, {
        cause: error,
      })
    }
  }
}

/** What acquisitions rely on, of the kinds of devices that are nothing but their properties. */
const expectedProperties = {
  shutter: { name: standardProperty.open, type: 'boolean' },
  autofocus: { name: standardProperty.findFocus, type: 'command' },
} as const

const standardProperties: CheckBody = (context) =>
  withConnection(context, async ({ devices }) => {
    for (const device of devices) {
      const { kind, name } = device.description
      if (kind !== 'shutter' && kind !== 'autofocus') continue
      const expected = expectedProperties[kind]
      const property = device.properties().find((candidate) => candidate.name === expected.name)
      ensure(
        property?.type === expected.type,
        `${name} is of the kind ${kind}, but has no property "${expected.name}" of the type ${expected.type}`,
      )
    }
    return undefined
  })

const presets: CheckBody = (context) =>
  withConnection(context, async ({ devices, presets: all }) => {
    if (all === undefined || all.length === 0) return 'It has no presets'
    for (const preset of all) {
      check(presetSchema, preset, `Preset "${preset.name}"`)
      for (const { deviceId, property, value } of preset.settings) {
        const device = devices.find((candidate) => candidate.description.id === deviceId)
        ensure(
          device !== undefined,
          `Preset "${preset.name}" sets the device "${deviceId}", which is not there`,
        )
        checkPropertyValue(findProperty(device.description.name, device.properties(), property), value)
      }
    }
    return undefined
  })

export const driverChecks: readonly (readonly [name: string, body: CheckBody])[] = [
  ['the manifest is valid', manifest],
  ['discovery ends when it is aborted', discovery],
  [`opens and closes ${openings} times`, opensAndCloses],
  ['refuses options it does not know', refusesUnknownOptions],
  ['devices are described by the schema, their ids unique', descriptions],
  ['properties are described by the schema, their names unique and values allowed', properties],
  ['shutters and autofocus devices have the property that acquisitions set', standardProperties],
  ['presets set properties that are there', presets],
]
