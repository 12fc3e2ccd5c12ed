import {
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { KernelMemory } from '../../src-shared/kernels/kernel-memory.ts'
import type { ExposureTiming } from './exposure-clock.ts'
import type { FrameDetails, Imager } from './imager.ts'
import type { Microscope } from './microscope.ts'
import { MonoScene, type SceneGeometry } from './mono-scene.ts'
import { MonoSensor, pixelPitchUm, type SensorSettings } from './mono-sensor.ts'

/** Reading out one sensor row, ms: 5 ms for 2048 of them. */
const rowTimeMs = 0.00244
const roiStepX = 16
const roiStepY = 8
const smallestRoi = 64

const formats = { Mono8: 8, Mono12: 12, Mono16: 16 } as const
type Format = keyof typeof formats
const binnings = { '1x1': 1, '2x2': 2, '4x4': 4 } as const
type Binning = keyof typeof binnings

type Settings = {
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

/**
 * Camera 1: a monochrome sCMOS camera behind the objective. Binning averages pixels; the region of interest is given in
 * sensor pixels. The default format is Mono12: 0 to 4095.
 */
export class MonoImager implements Imager {
  readonly maxFrameBytes: number
  readonly #microscope: Microscope
  readonly #sensorOptions: {
    readonly seed: number
    readonly sensorWidth: number
    readonly sensorHeight: number
  }
  readonly #settings: Settings
  /** Made when first used. */
  #optics: { readonly scene: MonoScene; readonly sensor: MonoSensor } | undefined
  /** What the sensor has been exposed with, when the scene has not changed since. */
  #exposed: SensorSettings | undefined

  constructor(options: {
    microscope: Microscope
    seed: number
    width: number
    height: number
    frameRate: number
  }) {
    const { microscope, seed, width, height, frameRate } = options
    this.maxFrameBytes = imageBytes('Mono16', width, height)
    this.#microscope = microscope
    this.#sensorOptions = { seed, sensorWidth: width, sensorHeight: height }
    this.#settings = {
      exposureMs: 10,
      gain: 0,
      frameRate,
      blackLevel: 100,
      binning: '1x1',
      pixelFormat: 'Mono12',
      roiX: 0,
      roiY: 0,
      roiWidth: width,
      roiHeight: height,
    }
  }

  properties(): readonly PropertyDescriptorInput[] {
    const { sensorWidth, sensorHeight } = this.#sensorOptions
    const settings = this.#settings
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
        name: 'sensorTemperature',
        title: 'Sensor temperature',
        category: 'Status',
        unit: '°C',
        value: -10,
        readOnly: true,
      },
    ]
  }

  set(name: string, value: PropertyValue): void {
    const settings = this.#settings
    if (typeof value === 'number' && isNumberSetting(name)) settings[name] = value
    if (name === standardProperty.pixelFormat && isFormat(value)) settings.pixelFormat = value
    if (name === standardProperty.binning && isBinning(value)) settings.binning = value
  }

  timing(): ExposureTiming {
    const { exposureMs, frameRate, roiHeight } = this.#settings
    return { exposureMs, periodMs: Math.max(exposureMs, 1000 / frameRate, roiHeight * rowTimeMs) }
  }

  #geometry(exposureMs: number): SceneGeometry {
    const { roiX, roiY, roiWidth, roiHeight } = this.#settings
    const { sensorWidth, sensorHeight } = this.#sensorOptions
    const binning = binnings[this.#settings.binning]
    return {
      width: Math.floor(roiWidth / binning),
      height: Math.floor(roiHeight / binning),
      pitchUm: pixelPitchUm * binning,
      offsetX: (roiX + roiWidth / 2 - sensorWidth / 2) * pixelPitchUm,
      offsetY: (roiY + roiHeight / 2 - sensorHeight / 2) * pixelPitchUm,
      exposureMs,
    }
  }

  #open() {
    if (this.#optics !== undefined) return this.#optics
    const { sensorWidth, sensorHeight } = this.#sensorOptions
    const bytes = MonoScene.bytes(sensorWidth, sensorHeight) + MonoSensor.bytes(this.#sensorOptions)
    const memory = new KernelMemory(bytes)
    this.#optics = {
      scene: new MonoScene(memory, this.#microscope, sensorWidth, sensorHeight),
      sensor: new MonoSensor(memory, this.#sensorOptions),
    }
    return this.#optics
  }

  prepare(deadlineMs: number): boolean {
    const { scene } = this.#open()
    const { exposureMs } = this.#settings
    if (scene.update(this.#geometry(exposureMs), deadlineMs)) this.#exposed = undefined
    if (scene.complete) this.#expose(exposureMs)
    return scene.complete
  }

  /** Exposes the sensor to the scene as it was prepared last, where that has not been done. */
  #expose(exposureMs: number): void {
    const { scene, sensor } = this.#open()
    const wanted = this.#sensorSettings(exposureMs)
    if (this.#exposed !== undefined && isSame(this.#exposed, wanted)) return
    sensor.expose(wanted, scene)
    this.#exposed = wanted
  }

  capture(pixels: Uint8Array<ArrayBufferLike>, exposureMs: number): FrameDetails {
    const { gain, pixelFormat } = this.#settings
    const { scene, sensor } = this.#open()
    this.#expose(exposureMs)
    sensor.read(pixels)
    const { xUm, yUm, zUm, pixelUm, width, height } = scene.shown
    const channel = this.#microscope.channel()
    return {
      width,
      height,
      pixelFormat,
      significantBits: formats[pixelFormat],
      gain,
      pixelSizeUm: pixelUm,
      stage: { x: xUm, y: yUm, z: zUm },
      ...(channel === undefined ? {} : { channel }),
    }
  }

  #sensorSettings(exposureMs: number): SensorSettings {
    const { gain, blackLevel, pixelFormat, binning, roiX, roiY, roiWidth, roiHeight } = this.#settings
    return {
      exposureMs,
      gainDb: gain,
      blackLevel,
      bits: formats[pixelFormat],
      binning: binnings[binning],
      left: roiX,
      top: roiY,
      width: roiWidth,
      height: roiHeight,
    }
  }
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

function isSame(a: SensorSettings, b: SensorSettings): boolean {
  return (
    a.exposureMs === b.exposureMs &&
    a.gainDb === b.gainDb &&
    a.blackLevel === b.blackLevel &&
    a.bits === b.bits &&
    a.binning === b.binning &&
    a.left === b.left &&
    a.top === b.top &&
    a.width === b.width &&
    a.height === b.height
  )
}
