import { CoverslipError } from '../../src-shared/errors.ts'
import { isCameraVector } from './camera-properties.ts'
import { exposureVector, imageVector } from './exposure-loop.ts'
import { IndiCamera } from './indi-camera.ts'
import type { IndiPart } from './indi-device.ts'
import { focuserVectors, IndiFocuser } from './indi-focuser.ts'
import { IndiLight, lightVectors } from './indi-light.ts'
import type { IndiOptions } from './indi-options.ts'
import { IndiWheel, wheelVectors } from './indi-wheel.ts'
import type { IndiClient } from './protocol/indi-client.ts'
import type { VectorSetter } from './protocol/set-vector.ts'

/** What devices are made from. */
export type DeviceSource = {
  readonly client: IndiClient
  readonly setter: VectorSetter
  /** INDI devices, connected. */
  readonly names: readonly string[]
  readonly options: IndiOptions
  lost(error: CoverslipError): void
}

/** One of our devices, and where it comes from. */
export type CreatedDevice = {
  /** Name of the INDI device that it is part of. */
  readonly indiDevice: string
  readonly device: IndiCamera | IndiFocuser | IndiWheel | IndiLight
}

type Kind = {
  readonly title: string
  /** Whether an INDI device with these properties is one. */
  is(has: (vector: string) => boolean): boolean
  /** INDI properties that it shows as its own, which the property browser need not repeat. */
  isOwn(vector: string): boolean
  /** How the names of INDI properties begin that belong to it, where a device is several things. */
  readonly prefix: string
  create(part: IndiPart, source: DeviceSource): CreatedDevice['device']
}

/** What an INDI device can be for us, most important first. One device can be several things. */
const kinds: readonly Kind[] = [
  {
    title: 'camera',
    is: (has) => has(exposureVector) && has(imageVector),
    isOwn: isCameraVector,
    prefix: 'CCD_',
    create: (part, { options, lost }) =>
      new IndiCamera(part, { bits32: options.bits32, imageTimeoutMs: options.imageTimeoutS * 1000, lost }),
  },
  {
    title: 'focuser',
    is: (has) => has('ABS_FOCUS_POSITION'),
    isOwn: (vector) => focuserVectors.includes(vector),
    prefix: 'FOCUS_',
    create: (part, { options, lost }) => new IndiFocuser(part, { stepUm: options.stepUm, lost }),
  },
  {
    title: 'filter wheel',
    is: (has) => has('FILTER_SLOT'),
    isOwn: (vector) => wheelVectors.includes(vector),
    prefix: 'FILTER_',
    create: (part) => new IndiWheel(part),
  },
  {
    title: 'light',
    is: (has) => has('FLAT_LIGHT_CONTROL') || has('FLAT_LIGHT_INTENSITY'),
    isOwn: (vector) => lightVectors.includes(vector),
    prefix: 'FLAT_LIGHT_',
    create: (part) => new IndiLight(part),
  },
]

/** All that could be made, and why others could not. */
export type CreatedDevices = {
  readonly created: readonly CreatedDevice[]
  /** What keeps INDI devices from being ours: a sensor that is not described, say. */
  readonly failures: readonly CoverslipError[]
}

/**
 * Our devices for what the INDI devices are.
 * @throws CoverslipError DEVICE_UNAVAILABLE when there is none that is of use here; with what keeps the first one from it
 *   when that is why.
 */
export function createDevices(source: DeviceSource): CreatedDevices {
  const ids = new Set<string>()
  const failures: CoverslipError[] = []
  const created = source.names.flatMap((indiDevice) => {
    try {
      return devicesOf(source, indiDevice, ids)
    } catch (error) {
      failures.push(CoverslipError.from(error, 'DEVICE_FAILED'))
      return []
    }
  })
  if (created.length > 0) return { created, failures }
  const [first] = failures
  if (first !== undefined) throw first
  throw new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `The INDI server has no camera, focuser with positions, filter wheel or light: it has ${source.names.join(', ')}`,
    { hint: 'Start it with the drivers of such devices.' },
  )
}

function devicesOf(source: DeviceSource, indiDevice: string, ids: Set<string>): CreatedDevice[] {
  const { client, setter } = source
  const found = kinds.filter((kind) => kind.is((vector) => client.vector(indiDevice, vector) !== undefined))
  return found.map((kind, index) => {
    const title = index === 0 ? indiDevice : `${indiDevice} (${kind.title})`
    const shows = (vector: string) => {
      if (vector === 'CONNECTION' || found.some(({ isOwn }) => isOwn(vector))) return false
      return (found.find(({ prefix }) => vector.startsWith(prefix)) ?? found[0]) === kind
    }
    const part: IndiPart = {
      client,
      setter,
      device: indiDevice,
      id: uniqueId(title, ids),
      name: title,
      shows,
    }
    return { indiDevice, device: kind.create(part, source) }
  })
}

/** `CCD Simulator (filter wheel)` becomes `ccd-simulator-filter-wheel`. */
function uniqueId(title: string, ids: Set<string>): string {
  const plain =
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'device'
  let id = plain
  for (let count = 2; ids.has(id); count++) id = `${plain}-${count}`
  ids.add(id)
  return id
}
