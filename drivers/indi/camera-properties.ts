/** The standard properties of a camera, made from those that INDI's camera drivers have in common. */
import { standardProperty } from '../../src-shared/devices.ts'
import { abortVector, exposureElement, exposureVector, type TriggerMode } from './exposure-loop.ts'
import type { OwnProperty } from './indi-device.ts'
import type { IndiClient } from './protocol/indi-client.ts'
import type { NumberElement } from './protocol/indi-message.ts'
import type { NewValues } from './protocol/message-writer.ts'
import { numberRange } from './vector-properties.ts'

/** What is set here and not in INDI. */
export type ExposureSettings = {
  exposureMs: number
  triggerMode: TriggerMode
  /** What the cooler was last told; INDI itself gives only the present temperature. */
  targetTemperatureC: number | undefined
}

/** What the properties are made of. */
export type CameraPropertyOptions = {
  readonly client: IndiClient
  /** Name of the INDI device. */
  readonly device: string
  readonly settings: ExposureSettings
  set(vector: string, values: NewValues, until?: 'accepted'): Promise<void>
  setExposure(exposureMs: number): Promise<void>
}

const frameVector = 'CCD_FRAME'
const binningVector = 'CCD_BINNING'
const temperatureVector = 'CCD_TEMPERATURE'
/** Where drivers keep their gain and offset, most usual first. */
const gainPlaces = [
  ['CCD_GAIN', 'GAIN'],
  ['CCD_CONTROLS', 'Gain'],
] as const
const offsetPlaces = [
  ['CCD_OFFSET', 'OFFSET'],
  ['CCD_CONTROLS', 'Offset'],
] as const

/**
 * INDI properties that the property browser does not show of a camera: they are standard properties of ours, or this
 * driver looks after them. What belongs to a second chip for guiding is left out too.
 */
export function isCameraVector(name: string): boolean {
  return cameraVectors.includes(name) || name.startsWith('GUIDER_')
}
const cameraVectors: readonly string[] = [
  exposureVector,
  abortVector,
  frameVector,
  'CCD_FRAME_RESET',
  binningVector,
  temperatureVector,
  'CCD_GAIN',
  'CCD_OFFSET',
  'CCD_COMPRESSION',
  'CCD_TRANSFER_FORMAT',
  'UPLOAD_MODE',
]

/** What an INDI camera tells of its sensor. */
export type Sensor = { readonly width: number; readonly height: number; readonly isColour: boolean }

/** The sensor as the camera describes it; undefined as long as it does not. */
export function readSensor(client: IndiClient, device: string): Sensor | undefined {
  const width = numberElement(client, device, 'CCD_INFO', 'CCD_MAX_X')?.value ?? 0
  const height = numberElement(client, device, 'CCD_INFO', 'CCD_MAX_Y')?.value ?? 0
  if (!(width >= 1 && height >= 1)) return undefined
  const formats = client.vector(device, 'CCD_CAPTURE_FORMAT')?.elements ?? []
  const isColour = formats.some(({ name, label }) => /RGB/i.test(`${name} ${label}`))
  return { width: Math.floor(width), height: Math.floor(height), isColour }
}

/** The camera's gain, wherever its driver keeps it. */
export function describeGain(client: IndiClient, device: string): NumberElement | undefined {
  return findPlace(client, device, gainPlaces)?.element
}

/** The standard properties that a camera has by its INDI properties. */
export function cameraProperties(options: CameraPropertyOptions): readonly OwnProperty[] {
  return [
    ...exposureProperty(options),
    ...levelProperty(options, gainPlaces, { name: standardProperty.gain, title: 'Gain' }),
    ...levelProperty(options, offsetPlaces, { name: standardProperty.blackLevel, title: 'Black level' }),
    ...binningProperty(options),
    ...roiProperties(options),
    ...temperatureProperties(options),
    triggerProperty(options),
  ]
}

function exposureProperty({ client, device, settings, setExposure }: CameraPropertyOptions): OwnProperty[] {
  const element = numberElement(client, device, exposureVector, exposureElement)
  const { min, max } = element ?? { min: 0, max: 0 }
  const limits = min < max ? { min: min * 1000, max: max * 1000 } : { min: 0 }
  const value = Math.min(limits.max ?? settings.exposureMs, Math.max(limits.min, settings.exposureMs))
  return [
    {
      descriptor: {
        name: standardProperty.exposureMs,
        title: 'Exposure',
        category: 'Exposure',
        type: 'number',
        unit: 'ms',
        scale: 'log',
        value,
        ...limits,
      },
      set: (exposureMs) => setExposure(Number(exposureMs)),
    },
  ]
}

function levelProperty(
  { client, device, set }: CameraPropertyOptions,
  places: typeof gainPlaces | typeof offsetPlaces,
  names: { readonly name: string; readonly title: string },
): OwnProperty[] {
  const place = findPlace(client, device, places)
  if (place === undefined || !Number.isFinite(place.element.value)) return []
  return [
    {
      descriptor: { ...names, category: 'Exposure', type: 'number', ...numberRange(place.element) },
      set: (value) => set(place.vector, new Map([[place.element.name, Number(value)]])),
    },
  ]
}

function binningProperty({ client, device, set }: CameraPropertyOptions): OwnProperty[] {
  const x = numberElement(client, device, binningVector, 'HOR_BIN')
  const y = numberElement(client, device, binningVector, 'VER_BIN')
  if (x === undefined || y === undefined) return []
  const most = Math.min(16, Math.max(1, Math.min(x.max, y.max)))
  const square = Array.from({ length: Math.floor(most) }, (_, i) => `${i + 1}x${i + 1}`)
  const value = `${x.value}x${y.value}`
  return [
    {
      descriptor: {
        name: standardProperty.binning,
        title: 'Binning',
        category: 'Geometry',
        type: 'option',
        value,
        options: square.includes(value) ? square : [value, ...square],
        lockedWhileAcquiring: true,
      },
      set: (chosen) => {
        const [horizontal, vertical] = String(chosen).split('x').map(Number)
        return set(
          binningVector,
          new Map([
            ['HOR_BIN', horizontal ?? 1],
            ['VER_BIN', vertical ?? 1],
          ]),
        )
      },
    },
  ]
}

/** The part of the sensor that is read, in its own pixels (before binning). */
function roiProperties({ client, device, set }: CameraPropertyOptions): OwnProperty[] {
  const sensor = readSensor(client, device)
  const [x, y, width, height] = ['X', 'Y', 'WIDTH', 'HEIGHT'].map(
    (name) => numberElement(client, device, frameVector, name)?.value,
  )
  if (
    sensor === undefined ||
    x === undefined ||
    y === undefined ||
    width === undefined ||
    height === undefined
  )
    return []
  const property = (
    name: string,
    element: string,
    title: string,
    range: { readonly value: number; readonly min: number; readonly max: number },
  ): OwnProperty => ({
    descriptor: {
      name,
      title,
      category: 'Region of interest',
      type: 'number',
      unit: 'px',
      step: 1,
      lockedWhileAcquiring: true,
      ...range,
      max: Math.max(range.value, range.max),
    },
    set: (value) => set(frameVector, new Map([[element, Number(value)]])),
  })
  return [
    property(standardProperty.roiX, 'X', 'Left', { value: x, min: 0, max: sensor.width - width }),
    property(standardProperty.roiY, 'Y', 'Top', { value: y, min: 0, max: sensor.height - height }),
    property(standardProperty.roiWidth, 'WIDTH', 'Width', { value: width, min: 1, max: sensor.width - x }),
    property(standardProperty.roiHeight, 'HEIGHT', 'Height', {
      value: height,
      min: 1,
      max: sensor.height - y,
    }),
  ]
}

function temperatureProperties({ client, device, settings, set }: CameraPropertyOptions): OwnProperty[] {
  const vector = client.vector(device, temperatureVector)
  const element = numberElement(client, device, temperatureVector, 'CCD_TEMPERATURE_VALUE')
  if (vector === undefined || element === undefined || !Number.isFinite(element.value)) return []
  const shared = { category: 'Temperature', type: 'number', unit: '°C' } as const
  const present: OwnProperty = {
    descriptor: {
      ...shared,
      name: standardProperty.temperatureC,
      title: 'Sensor temperature',
      value: element.value,
      readOnly: true,
    },
  }
  if (vector.permission === 'ro') return [present]
  const target: OwnProperty = {
    descriptor: {
      ...shared,
      name: 'targetTemperatureC',
      title: 'Cool to',
      description: 'The camera may take minutes to get there.',
      ...numberRange({ ...element, format: '', value: settings.targetTemperatureC ?? element.value }),
    },
    set: async (value) => {
      await set(temperatureVector, new Map([[element.name, Number(value)]]), 'accepted')
      settings.targetTemperatureC = Number(value)
    },
  }
  return [present, target]
}

function triggerProperty({ settings }: CameraPropertyOptions): OwnProperty {
  return {
    descriptor: {
      name: standardProperty.triggerMode,
      title: 'Trigger',
      category: 'Trigger',
      type: 'option',
      value: settings.triggerMode,
      options: ['continuous', 'software'],
      lockedWhileAcquiring: true,
    },
    set: (value) => {
      settings.triggerMode = value === 'software' ? 'software' : 'continuous'
    },
  }
}

function findPlace(client: IndiClient, device: string, places: typeof gainPlaces | typeof offsetPlaces) {
  for (const [vector, name] of places) {
    const element = numberElement(client, device, vector, name)
    if (element !== undefined) return { vector, element }
  }
  return undefined
}

function numberElement(
  client: IndiClient,
  device: string,
  vector: string,
  name: string,
): NumberElement | undefined {
  const found = client.vector(device, vector)
  if (found?.kind !== 'Number') return undefined
  return found.elements.find((element) => element.name === name)
}
