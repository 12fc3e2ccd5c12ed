/** Getting the devices of an INDI server ready for use. */
import { setTimeout as delay } from 'node:timers/promises'
import { CoverslipError } from '../../src-shared/errors.ts'
import { readSensor } from './camera-properties.ts'
import { exposureVector } from './exposure-loop.ts'
import type { IndiOptions } from './indi-options.ts'
import type { IndiClient } from './protocol/indi-client.ts'
import type { IndiVector } from './protocol/indi-message.ts'
import { getProperties, type NewValues } from './protocol/message-writer.ts'
import type { VectorSetter } from './protocol/set-vector.ts'

type Settings = NonNullable<IndiOptions['settings'][string]>

const connectionVector = 'CONNECTION'

/** How long a server may take to tell of its devices, a device to connect, and a camera to describe its sensor, ms. */
const announceTimeoutMs = 6000
const connectTimeoutMs = 12_000
const describeTimeoutMs = 5000
/** How long a device may take to repeat its properties, ms; some never do. */
const repeatTimeoutMs = 2000
/** INDI does not say when all devices are told of: no new one for this time, ms. */
const quietMs = 500

/** What each camera is set to, as far as it has it: images sent to us, as FITS, not compressed. */
const cameraSettings = [
  ['UPLOAD_MODE', 'UPLOAD_CLIENT'],
  ['CCD_TRANSFER_FORMAT', 'FORMAT_FITS'],
  ['CCD_COMPRESSION', 'INDI_DISABLED'],
] as const

/**
 * The names of all devices that the server has.
 * @throws CoverslipError DEVICE_UNAVAILABLE when it has none.
 */
export async function announcedDevices(client: IndiClient): Promise<readonly string[]> {
  await client.until(() => (client.devices().length > 0 ? true : undefined), {
    timeoutMs: announceTimeoutMs,
    late: () => {
      throw new CoverslipError('DEVICE_UNAVAILABLE', 'The INDI server has no devices', {
        hint: 'Start it with the drivers of your devices, and check their messages.',
      })
    },
  })
  let known = -1
  while (known < client.devices().length) {
    known = client.devices().length
    await delay(quietMs)
  }
  return client.devices()
}

/** Whether the INDI driver has its hardware. */
export function isConnected(client: IndiClient, device: string): boolean {
  return isOn(client.vector(device, connectionVector), 'CONNECT')
}

/** How the connecting of devices ended. */
export type ConnectedDevices = {
  /** Those that can be used. */
  readonly names: readonly string[]
  /** Those among them that were not connected before us. */
  readonly ours: readonly string[]
  /** What the others say. */
  readonly failures: readonly CoverslipError[]
}

/**
 * Connects INDI devices with their hardware, all at once: one that fails keeps no other from being used.
 * @throws CoverslipError with what the first one says when all fail; as the connection to the server has ended.
 */
export async function connectDevices(
  client: IndiClient,
  setter: VectorSetter,
  devices: readonly string[],
  settings: IndiOptions['settings'],
): Promise<ConnectedDevices> {
  const names: string[] = []
  const ours: string[] = []
  const failures: CoverslipError[] = []
  const connect = async (device: string) => {
    try {
      if (await connectDevice(client, setter, device, settings[device] ?? {})) ours.push(device)
      names.push(device)
    } catch (error) {
      failures.push(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }
  await Promise.all(devices.map(connect))
  client.throwIfLost()
  const [first] = failures
  if (names.length === 0 && first !== undefined) throw first
  const inOrder = (some: readonly string[]) => devices.filter((device) => some.includes(device))
  return { names: inOrder(names), ours: inOrder(ours), failures }
}

/**
 * Connects an INDI device with its hardware, unless it is, and waits until all of its properties are there.
 * @returns whether it was us who connected it
 * @throws CoverslipError DEVICE_UNAVAILABLE when the server has no such device; otherwise with what the device says.
 */
async function connectDevice(
  client: IndiClient,
  setter: VectorSetter,
  device: string,
  settings: Settings,
): Promise<boolean> {
  await client.until(() => client.vector(device, connectionVector), {
    timeoutMs: announceTimeoutMs,
    late: () => {
      throw new CoverslipError('DEVICE_UNAVAILABLE', `The INDI server has no device "${device}"`, {
        hint: `It has ${client.devices().join(', ') || 'none'}.`,
      })
    },
  })
  const isOurs = !isConnected(client, device)
  if (isOurs) {
    await applySettings(client, setter, device, settings)
    const connect: NewValues = new Map([['CONNECT', true]])
    try {
      await setter.set(device, connectionVector, connect, { timeoutMs: connectTimeoutMs })
    } catch (error) {
      throw couldNotConnect(device, error instanceof Error ? error.message : String(error))
    }
    if (!isConnected(client, device)) throw couldNotConnect(device, `it stays off${client.note(device)}`)
  }
  try {
    await describe(client, setter, device)
  } catch (error) {
    if (isOurs) await disconnectDevice(setter, device)
    throw error
  }
  return isOurs
}

/** Waits until all properties of a connected device are there; has cameras send images as they can be read here. */
async function describe(client: IndiClient, setter: VectorSetter, device: string): Promise<void> {
  await repeated(client, device)
  if (client.vector(device, exposureVector) === undefined) return
  await client.until(() => readSensor(client, device), {
    timeoutMs: describeTimeoutMs,
    late: () => undefined,
  })
  for (const [vector, element] of cameraSettings) {
    const present = client.vector(device, vector)
    if (present === undefined || !present.elements.some(({ name }) => name === element)) continue
    if (!isOn(present, element)) await setter.set(device, vector, new Map([[element, true]]))
  }
}

/** Takes a device off its hardware; what fails is of no matter any more. */
export async function disconnectDevice(setter: VectorSetter, device: string): Promise<void> {
  const disconnect: NewValues = new Map([['DISCONNECT', true]])
  await setter.set(device, connectionVector, disconnect, { timeoutMs: 3000 }).catch(() => undefined)
}

/**
 * A device defines its properties while it connects, and does not say when it is done. So it is asked to repeat them:
 * as it does one thing after the other, it has told all when the repetition begins.
 */
async function repeated(client: IndiClient, device: string): Promise<void> {
  client.send(getProperties(device))
  await client.until(
    (event) =>
      event?.type === 'define' && event.device === device && event.name === connectionVector
        ? true
        : undefined,
    { timeoutMs: repeatTimeoutMs, late: () => true },
  )
}

async function applySettings(
  client: IndiClient,
  setter: VectorSetter,
  device: string,
  settings: Settings,
): Promise<void> {
  for (const [property, value] of Object.entries(settings)) {
    const dot = property.indexOf('.')
    const [name, element] = [property.slice(0, dot), property.slice(dot + 1)]
    const vector = client.vector(device, name)
    if (
      dot === -1 ||
      vector === undefined ||
      !vector.elements.some((candidate) => candidate.name === element)
    ) {
      const names = client
        .vectors(device)
        .flatMap((known) => known.elements.map((item) => `${known.name}.${item.name}`))
      throw new CoverslipError(
        'INVALID_INPUT',
        `${device} has no property ${property} before it is connected`,
        {
          hint: `It has ${names.join(', ')}.`,
        },
      )
    }
    await setter.set(device, name, new Map([[element, value]]))
  }
}

function isOn(vector: IndiVector | undefined, element: string): boolean {
  return vector?.kind === 'Switch' && vector.elements.some(({ name, value }) => name === element && value)
}

function couldNotConnect(device: string, reason: string): CoverslipError {
  return new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `The INDI driver of ${device} could not connect: ${reason}`,
    {
      hint: 'Check its power and cable. Its port can be set by the option “settings”; the option “devices” can leave it out.',
    },
  )
}
