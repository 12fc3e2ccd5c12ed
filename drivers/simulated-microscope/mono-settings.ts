/** The settings of Camera 1: their values, and as properties. */
import {
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'

const roiStepX = 16
const roiStepY = 8
const smallestRoi = 64

/** Bits of each pixel format. */
export const formats = { Mono8: 8, Mono12: 12, Mono16: 16 } as const
type Format = keyof typeof formats
/** Sensor pixels along each side that become one. */
export const binnings = { '1x1': 1, '2x2': 2, '4x4': 4 } as const
type Binning = keyof typeof binnings

/** What Camera 1 is set to; the region of interest in sensor pixels. */
export type MonoSettings = {
  exposureMs: number
  gain: number
  frameRate: number
  blackLevel: number
  binning: Binning
  pixelFormat: Format
  roiX: number
  roiY: number
  roiWidth: number
  roiHeight: number
}

/** What a camera with this sensor is set to when it is opened: all of the sensor, at its full rate. */
export function initialSettings(sensor: {
  readonly width: number
  readonly height: number
  readonly frameRate: number
}): MonoSettings {
  return {
    exposureMs: 10,
    gain: 0,
    frameRate: sensor.frameRate,
    blackLevel: 100,
    binning: '1x1',
    pixelFormat: 'Mono12',
    roiX: 0,
    roiY: 0,
    roiWidth: sensor.width,
    roiHeight: sensor.height,
  }
}

/** The settings as properties; a region of interest may be moved as far as the sensor of this size goes. */
export function propertiesOf(
  settings: MonoSettings,
  { sensorWidth, sensorHeight }: { readonly sensorWidth: number; readonly sensorHeight: number },
): readonly PropertyDescriptorInput[] {
  const number = { type: 'number' } as const
  const locked = { lockedWhileAcquiring: true } as const
  const across = { ...number, ...locked, category: 'Region of interest', unit: 'px', step: roiStepX }
  const down = { ...across, step: roiStepY }
  return [
    {
      ...number,
      name: standardProperty.exposureMs,
      title: 'Exposure',
      category: 'Exposure',
      unit: 'ms',
      value: settings.exposureMs,
      min: 0.1,
      max: 10_000,
      scale: 'log',
    },
    {
      ...number,
      name: standardProperty.gain,
      title: 'Gain',
      category: 'Exposure',
      unit: 'dB',
      value: settings.gain,
      min: 0,
      max: 24,
      step: 0.1,
    },
    {
      ...number,
      name: standardProperty.frameRate,
      title: 'Frame rate',
      category: 'Exposure',
      description: 'Highest rate; exposure and read-out can make it lower.',
      unit: 'fps',
      value: settings.frameRate,
      min: 1,
      max: 1000,
      scale: 'log',
    },
    {
      ...number,
      name: 'blackLevel',
      title: 'Black level',
      category: 'Exposure',
      description: 'Value of a dark pixel, in counts of 12 bits.',
      value: settings.blackLevel,
      min: 0,
      max: 500,
      step: 1,
    },
    {
      ...locked,
      name: standardProperty.pixelFormat,
      title: 'Pixel format',
      category: 'Geometry',
      type: 'option',
      value: settings.pixelFormat,
      options: Object.keys(formats),
    },
    {
      ...locked,
      name: standardProperty.binning,
      title: 'Binning',
      category: 'Geometry',
      description: 'Pixels that are averaged to one.',
      type: 'option',
      value: settings.binning,
      options: Object.keys(binnings),
    },
    {
      ...across,
      name: standardProperty.roiX,
      title: 'Left',
      value: settings.roiX,
      min: 0,
      max: sensorWidth - settings.roiWidth,
    },
    {
      ...down,
      name: standardProperty.roiY,
      title: 'Top',
      value: settings.roiY,
      min: 0,
      max: sensorHeight - settings.roiHeight,
    },
    {
      ...across,
      name: standardProperty.roiWidth,
      title: 'Width',
      value: settings.roiWidth,
      min: smallestRoi,
      max: sensorWidth - settings.roiX,
    },
    {
      ...down,
      name: standardProperty.roiHeight,
      title: 'Height',
      value: settings.roiHeight,
      min: smallestRoi,
      max: sensorHeight - settings.roiY,
    },
    {
      ...number,
      name: standardProperty.temperatureC,
      title: 'Sensor temperature',
      category: 'Status',
      unit: '°C',
      value: -10,
      readOnly: true,
    },
  ]
}

/** Sets what is called `name`; the value was checked against the property. */
export function applySetting(settings: MonoSettings, name: string, value: PropertyValue): void {
  if (typeof value === 'number' && isNumberSetting(name)) settings[name] = value
  if (name === standardProperty.pixelFormat && isFormat(value)) settings.pixelFormat = value
  if (name === standardProperty.binning && isBinning(value)) settings.binning = value
}

const numberSettings = [
  'exposureMs',
  'gain',
  'frameRate',
  'blackLevel',
  'roiX',
  'roiY',
  'roiWidth',
  'roiHeight',
] as const

function isNumberSetting(name: string): name is (typeof numberSettings)[number] {
  return numberSettings.some((setting) => setting === name)
}

function isFormat(value: PropertyValue): value is Format {
  return typeof value === 'string' && Object.hasOwn(formats, value)
}

function isBinning(value: PropertyValue): value is Binning {
  return typeof value === 'string' && Object.hasOwn(binnings, value)
}
