/** What a client can set of the camera, each setting with the range it must be in. */
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { colourFormats, type ImageFormat, imageDataBytes, monoFormats } from './image-format.ts'

/** What one of the two cameras can do. */
export type CameraModel = {
  readonly kind: 'main' | 'overview'
  readonly name: string
  readonly sensorWidth: number
  readonly sensorHeight: number
  readonly formats: readonly ImageFormat[]
  readonly binnings: readonly number[]
  readonly maxExposureUs: number
  readonly maxGainDb: number
  readonly maxFrameRate: number
}

/** Distances of sizes and offsets, pixels, and the smallest image. */
export const roiStep = { x: 16, y: 8, smallest: 64 } as const
/** The shortest exposure, µs. */
export const minExposureUs = 100
/** The largest offset of dark pixels, counts of 12 bits. */
export const maxBlackLevel = 500

/** Sensor and limits of the simulated microscope's first camera. */
export function mainCamera(sensorWidth: number, sensorHeight: number): CameraModel {
  return {
    kind: 'main',
    name: 'Simulated sCMOS camera',
    sensorWidth,
    sensorHeight,
    formats: monoFormats,
    // Images smaller than the smallest have no use for it.
    binnings: [1, 2, 4].filter(
      (binning) => Math.min(sensorWidth, sensorHeight) / binning >= roiStep.smallest,
    ),
    maxExposureUs: 10_000_000,
    maxGainDb: 24,
    maxFrameRate: 1000,
  }
}

/** Sensor and limits of the simulated microscope's colour camera. */
export function overviewCamera(sensorWidth: number, sensorHeight: number): CameraModel {
  return {
    kind: 'overview',
    name: 'Simulated overview camera',
    sensorWidth,
    sensorHeight,
    formats: colourFormats,
    binnings: [1],
    maxExposureUs: 1_000_000,
    maxGainDb: 0,
    maxFrameRate: 60,
  }
}

/** Values of the feature AcquisitionMode. */
export const acquisitionModes = ['Continuous', 'SingleFrame', 'MultiFrame'] as const
/** Values of the feature TriggerSource. */
export const triggerSources = ['Software', 'Line1'] as const
/** Values of the feature TestPattern. */
export const testPatterns = [
  'Off',
  'Black',
  'White',
  'GreyHorizontalRamp',
  'GreyVerticalRamp',
  'GreyDiagonalRampMoving',
] as const

/** A picture instead of the specimen. */
export type TestPattern = (typeof testPatterns)[number]

/** The settings of a camera that has just been switched on. Setters refuse what is out of range, and change nothing then. */
export class CameraSettings {
  readonly model: CameraModel
  format: ImageFormat
  binning = 1
  width: number
  height: number
  offsetX = 0
  offsetY = 0
  exposureUs = 10_000
  gainDb = 0
  blackLevel = 100
  frameRate: number
  acquisitionMode: (typeof acquisitionModes)[number] = 'Continuous'
  frameCount = 10
  triggerMode: 'Off' | 'On' = 'Off'
  triggerSource: (typeof triggerSources)[number] = 'Software'
  testPattern: TestPattern = 'Off'
  /** True while a client streams: it locks what determines the size of an image. */
  locked = false

  constructor(model: CameraModel, frameRate: number) {
    const [format] = model.formats
    if (format === undefined) throw new TypeError(`${model.name} has no pixel format`)
    this.model = model
    this.format = format
    this.width = stepped(model.sensorWidth, roiStep.x)
    this.height = stepped(model.sensorHeight, roiStep.y)
    this.frameRate = Math.min(frameRate, model.maxFrameRate)
  }

  get widthMax(): number {
    return stepped(this.model.sensorWidth / this.binning, roiStep.x)
  }

  get heightMax(): number {
    return stepped(this.model.sensorHeight / this.binning, roiStep.y)
  }

  get imageBytes(): number {
    return imageDataBytes(this.format, this.width, this.height)
  }

  setFormat(code: number): GvcpStatus {
    const format = this.model.formats.find((candidate) => candidate.code === code)
    if (format === undefined) return 'invalidParameter'
    return this.#whenUnlocked(true, () => {
      this.format = format
    })
  }

  /** The region of interest becomes the whole image, as its old limits no longer hold. */
  setBinning(binning: number): GvcpStatus {
    return this.#whenUnlocked(this.model.binnings.includes(binning), () => {
      this.binning = binning
      this.offsetX = 0
      this.offsetY = 0
      this.width = this.widthMax
      this.height = this.heightMax
    })
  }

  setWidth(width: number): GvcpStatus {
    const fits = width >= roiStep.smallest && width % roiStep.x === 0 && width <= this.widthMax - this.offsetX
    return this.#whenUnlocked(fits, () => {
      this.width = width
    })
  }

  setHeight(height: number): GvcpStatus {
    const fits =
      height >= roiStep.smallest && height % roiStep.y === 0 && height <= this.heightMax - this.offsetY
    return this.#whenUnlocked(fits, () => {
      this.height = height
    })
  }

  setOffsetX(x: number): GvcpStatus {
    return this.#whenUnlocked(x % roiStep.x === 0 && x <= this.widthMax - this.width, () => {
      this.offsetX = x
    })
  }

  setOffsetY(y: number): GvcpStatus {
    return this.#whenUnlocked(y % roiStep.y === 0 && y <= this.heightMax - this.height, () => {
      this.offsetY = y
    })
  }

  setExposureUs(value: number): GvcpStatus {
    if (!isWithin(value, minExposureUs, this.model.maxExposureUs)) return 'invalidParameter'
    this.exposureUs = value
    return 'success'
  }

  setGainDb(value: number): GvcpStatus {
    if (!isWithin(value, 0, this.model.maxGainDb)) return 'invalidParameter'
    this.gainDb = value
    return 'success'
  }

  setBlackLevel(value: number): GvcpStatus {
    if (!isWithin(value, 0, maxBlackLevel)) return 'invalidParameter'
    this.blackLevel = value
    return 'success'
  }

  setFrameRate(value: number): GvcpStatus {
    if (!isWithin(value, 1, this.model.maxFrameRate)) return 'invalidParameter'
    this.frameRate = value
    return 'success'
  }

  #whenUnlocked(isValid: boolean, change: () => void): GvcpStatus {
    if (this.locked) return 'writeProtect'
    if (!isValid) return 'invalidParameter'
    change()
    return 'success'
  }
}

function stepped(size: number, step: number): number {
  return Math.floor(size / step) * step
}

/** False for NaN too. */
function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max
}
