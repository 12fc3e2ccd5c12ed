/** Properties of our cameras in the words of ImSwitch. */
import { type DeviceState, type PropertyDescriptor, standardProperty } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'

/** A property of a device, if it has it. */
export function propertyOf(device: DeviceState, name: string): PropertyDescriptor | undefined {
  return device.properties.find((property) => property.name === name)
}

/** A property of a device, if it has it and it is a number. */
export function numberOf(device: DeviceState, name: string) {
  const property = propertyOf(device, name)
  return property?.type === 'number' ? property : undefined
}

/** Binning factors by the names that the camera has for them (`2x2`, `2`). */
export function binningsOf(device: DeviceState): { readonly now: number; readonly all: Map<number, string> } {
  const property = propertyOf(device, standardProperty.binning)
  if (property?.type !== 'option') return { now: 1, all: new Map() }
  const all = new Map(property.options.map((option) => [Number.parseInt(option, 10), option]))
  return { now: Number.parseInt(property.value, 10), all }
}

/** Size of delivered images, pixels. */
export function sizeOf(camera: DeviceState): readonly [width: number, height: number] {
  const { description } = camera
  if (description.kind !== 'camera') return [0, 0]
  const width = numberOf(camera, standardProperty.roiWidth)?.value ?? description.sensorWidth
  const height = numberOf(camera, standardProperty.roiHeight)?.value ?? description.sensorHeight
  const { now } = binningsOf(camera)
  return [Math.floor(width / now), Math.floor(height / now)]
}

function isRgb(camera: DeviceState): boolean {
  const property = propertyOf(camera, standardProperty.pixelFormat)
  return property?.type === 'option' && property.value.startsWith('RGB')
}

/** Reply of `getDetectorParameters`, and of the signal that they have changed. */
export function detectorParameters(camera: DeviceState, pixelSizeUm: number | undefined) {
  const exposure = numberOf(camera, standardProperty.exposureMs)
  const gain = numberOf(camera, standardProperty.gain)
  const { now, all } = binningsOf(camera)
  return {
    exposure: exposure?.value ?? null,
    gain: gain?.value ?? null,
    pixelSize: pixelSizeUm ?? 1,
    binning: now,
    supportedBinnings: all.size === 0 ? [1] : [...all.keys()],
    blacklevel: numberOf(camera, 'blackLevel')?.value ?? null,
    isRGB: isRgb(camera),
    mode: 'manual',
    exposureMin: exposure?.min ?? null,
    exposureMax: exposure?.max ?? null,
    gainMin: gain?.min ?? null,
    gainMax: gain?.max ?? null,
  }
}

/** Facts about a camera that head its parameter tree and its status. */
export function cameraHeader(camera: DeviceState, pixelSizeUm: number | undefined) {
  const { description } = camera
  const size = pixelSizeUm ?? 1
  const [currentWidth, currentHeight] = sizeOf(camera)
  const { now, all } = binningsOf(camera)
  return {
    detectorName: camera.id,
    model: description.model,
    isMock: camera.demo,
    isConnected: camera.status.state === 'ready',
    isRGB: isRgb(camera),
    sensorWidth: description.kind === 'camera' ? description.sensorWidth : 0,
    sensorHeight: description.kind === 'camera' ? description.sensorHeight : 0,
    currentWidth,
    currentHeight,
    pixelSizeUm: [1, size, size],
    binning: now,
    supportedBinnings: all.size === 0 ? [1] : [...all.keys()],
    frameStart: [
      numberOf(camera, standardProperty.roiX)?.value ?? 0,
      numberOf(camera, standardProperty.roiY)?.value ?? 0,
    ],
    croppable: numberOf(camera, standardProperty.roiWidth) !== undefined,
    forAcquisition: true,
    forFocusLock: false,
    cameraType: camera.driver,
  }
}

/** Reply of `getDetectorParameterTree`. */
export function parameterTree(camera: DeviceState, pixelSizeUm: number | undefined) {
  const groups = new Map<string, ReturnType<typeof parameterNode>[]>()
  for (const property of camera.properties) {
    const nodes = groups.get(property.category) ?? []
    groups.set(property.category, [...nodes, parameterNode(property)])
  }
  return {
    ...cameraHeader(camera, pixelSizeUm),
    groups: [...groups].map(([name, parameters]) => ({ name, parameters })),
    actions: [],
  }
}

const treeTypes = {
  number: 'number',
  option: 'list',
  boolean: 'boolean',
  text: 'unknown',
  command: 'unknown',
} as const

function parameterNode(property: PropertyDescriptor) {
  const { name, value, category, readOnly, type } = property
  return {
    name,
    value,
    group: category,
    editable: !readOnly,
    type: treeTypes[type],
    units: type === 'number' ? (property.unit ?? '') : '',
    min: type === 'number' ? (property.min ?? null) : null,
    max: type === 'number' ? (property.max ?? null) : null,
    options: type === 'option' ? property.options : [],
  }
}

/**
 * `value` of a client (a query carries text) as the type that the property has.
 * @throws CoverslipError UNKNOWN_PROPERTY, INVALID_INPUT.
 */
export function typedValue(device: DeviceState, name: string, value: unknown): number | string | boolean {
  const property = propertyOf(device, name)
  if (property === undefined) {
    throw new CoverslipError('UNKNOWN_PROPERTY', `${device.description.name} has no property "${name}"`, {
      hint: `It has: ${device.properties.map((other) => other.name).join(', ')}.`,
    })
  }
  const text = String(value)
  switch (property.type) {
    case 'number': {
      const number = typeof value === 'number' ? value : text.trim() === '' ? Number.NaN : Number(text)
      if (Number.isFinite(number)) return number
      throw new CoverslipError('INVALID_INPUT', `${property.title} must be a number, not "${text}"`)
    }
    case 'command':
    case 'boolean':
      return value === true || ['true', '1', 'on', 'yes'].includes(text.toLowerCase())
    case 'option':
      return property.options.find((option) => option.toLowerCase() === text.toLowerCase()) ?? text
    case 'text':
      return text
  }
}
