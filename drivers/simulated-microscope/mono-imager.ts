import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { KernelMemory } from '../../src-shared/kernels/kernel-memory.ts'
import type { ExposureTiming } from './exposure-clock.ts'
import type { FrameDetails, Imager } from './imager.ts'
import type { Microscope } from './microscope.ts'
import { MonoScene, type SceneGeometry } from './mono-scene.ts'
import {
  applySetting,
  binnings,
  formats,
  initialSettings,
  type MonoSettings,
  propertiesOf,
} from './mono-settings.ts'
import { MonoSensor, pixelPitchUm, type SensorSettings } from './mono-sensor.ts'

/** Reading out one sensor row, ms: 5 ms for 2048 of them. */
const rowTimeMs = 0.00244

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
  readonly #settings: MonoSettings
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
    this.#settings = initialSettings({ width, height, frameRate })
  }

  properties(): readonly PropertyDescriptorInput[] {
    return propertiesOf(this.#settings, this.#sensorOptions)
  }

  set(name: string, value: PropertyValue): void {
    applySetting(this.#settings, name, value)
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
