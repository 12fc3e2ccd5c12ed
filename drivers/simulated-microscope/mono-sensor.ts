/**
 * The sensor of Camera 1, after the EMVA 1288 model (release 4.0, sec. 2): photo-electrons with shot noise, dark
 * current, read noise, pixels that differ in response, hot pixels, an offset, and an ADC that saturates.
 */
import { type KernelBuffer, type KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'
import { NoiseTable } from './noise-table.ts'
import { RandomStream } from './specimen/random.ts'

/** Distance of the sensor's pixels, µm. */
export const pixelPitchUm = 6.5
/** Electrons that make the ADC saturate at a gain of 0 dB. */
export const fullWellElectrons = 15000
const readNoiseElectrons = 1.8
const darkCurrentPerSecond = 0.6
/** Spread of the pixels' responses (PRNU). */
const responseSpread = 0.006
const hotPixelShare = 4e-5

const responseCount = 1 << 16
/** Rows that are made at a time: what they take stays in the processor's cache. */
const bandRows = 16
/** The kernels work on groups of this many pixels; rows are padded to it. */
const group = 8
/** Averages are kept in 16 bits whatever the pixel format, so that rounding happens once, after the noise. */
const fullScale = 65535
/** The kernels keep the spread of the noise in this fraction of a count. */
const spreadSteps = 4

/** How the sensor is exposed and read. */
export type SensorSettings = {
  readonly exposureMs: number
  readonly gainDb: number
  /** Value of a dark pixel, in counts of 12 bits. */
  readonly blackLevel: number
  /** Significant bits of a pixel: 8, 12 or 16. */
  readonly bits: 8 | 12 | 16
  /** Sensor pixels per side of an image pixel, which shows their average. */
  readonly binning: number
  /** Part of the sensor that is read, sensor pixels. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What falls onto the sensor, in its `KernelMemory`. */
export type Illumination = {
  /** Photo-electrons per second of one sensor pixel for a light of 1. */
  readonly rate: number
  /** Light that is added everywhere. */
  readonly flat: number
  /** Points to the row of shades: the loss of light by column. */
  readonly shades: number
  /** Light that is left of 1 in row `y`, before the shades. */
  base(y: number): number
  /** Points to the light at each image pixel of row `y`; valid until the next call. */
  row(y: number): number
}

/** Floats that a row of light or shades must have, beyond its width. */
export const rowMargin = group

/**
 * Turns light into pixels in two steps. `expose` computes what each pixel shows on average; it is repeated only when
 * the scene or a setting changes. `read` adds the noise; it is what a frame costs while nothing changes.
 */
export class MonoSensor {
  readonly #sensorWidth: number
  readonly #memory: KernelMemory
  readonly #noise: NoiseTable
  readonly #deviates: KernelBuffer
  readonly #responses: KernelBuffer
  readonly #means: KernelBuffer
  readonly #meanValues: Uint16Array<ArrayBuffer>
  readonly #spreads: KernelBuffer
  readonly #band: KernelBuffer
  readonly #hotPixels: readonly { readonly index: number; readonly electronsPerSecond: number }[]
  #width = 0
  #stride = 0
  #height = 0
  #shift = 0

  constructor(memory: KernelMemory, options: SensorOptions) {
    const { seed, sensorWidth, sensorHeight } = options
    const sizes = sensorMemory(options)
    this.#sensorWidth = sensorWidth
    this.#memory = memory
    this.#deviates = memory.allocate(sizes.deviates)
    this.#responses = memory.allocate(sizes.responses)
    this.#means = memory.allocate(sizes.means)
    this.#spreads = memory.allocate(sizes.spreads)
    this.#band = memory.allocate(sizes.band)
    const { buffer } = this.#means.bytes
    this.#meanValues = new Uint16Array(buffer, this.#means.pointer, sizes.means / 2)
    this.#noise = new NoiseTable(seed, new Int8Array(buffer, this.#deviates.pointer, sizes.deviates))
    const random = new RandomStream(seed ^ 0x5eed)
    const responses = new Float32Array(buffer, this.#responses.pointer, sizes.responses / 4)
    for (let index = 0; index < responseCount; index += 1)
      responses[index] = 1 + responseSpread * random.normal()
    responses.copyWithin(responseCount, 0, responses.length - responseCount)
    this.#hotPixels = Array.from({ length: Math.round(sensorWidth * sensorHeight * hotPixelShare) }, () => ({
      index: Math.floor(random.next() * sensorWidth * sensorHeight),
      electronsPerSecond: 40 * Math.exp(1.6 * random.normal()),
    }))
  }

  /** Memory that a sensor takes. */
  static bytes(options: SensorOptions): number {
    return Object.values(sensorMemory(options)).reduce((sum, bytes) => sum + roundedUp(bytes), 0)
  }

  /** Computes the averages. */
  expose(settings: SensorSettings, illumination: Illumination): void {
    const { binning } = settings
    const width = Math.floor(settings.width / binning)
    const height = Math.floor(settings.height / binning)
    const stride = Math.ceil(width / group) * group
    const seconds = settings.exposureMs / 1000
    const countsPerElectron = (fullScale / fullWellElectrons) * 10 ** (settings.gainDb / 20)
    const shift = 16 - settings.bits
    const zero = settings.blackLevel * 16 + 2 ** shift / 2
    const countsPerRate = seconds * countsPerElectron
    this.#width = width
    this.#stride = stride
    this.#height = height
    this.#shift = shift
    for (let y = 0; y < height; y += 1) {
      const pattern = (Math.imul(settings.top + y * binning, 0x9e3779b1) >>> 16) + settings.left
      this.#memory.functions.exposeLight(
        illumination.row(y),
        illumination.shades,
        this.#responses.pointer + 4 * (pattern % responseCount),
        this.#means.pointer + 2 * y * stride,
        this.#spreads.pointer + 2 * y * stride,
        stride,
        illumination.flat,
        illumination.base(y),
        illumination.rate * countsPerRate,
        zero + darkCurrentPerSecond * countsPerRate,
        zero,
        1 / countsPerElectron,
        readNoiseElectrons ** 2,
        (spreadSteps * countsPerElectron) / binning,
      )
    }
    this.#addHotPixels(settings, countsPerRate)
  }

  #addHotPixels({ binning, left, top }: SensorSettings, countsPerRate: number): void {
    for (const { index, electronsPerSecond } of this.#hotPixels) {
      const x = Math.floor(((index % this.#sensorWidth) - left) / binning)
      const y = Math.floor((Math.floor(index / this.#sensorWidth) - top) / binning)
      if (x < 0 || x >= this.#width || y < 0 || y >= this.#height) continue
      const at = y * this.#stride + x
      const mean = (this.#meanValues[at] ?? 0) + (electronsPerSecond * countsPerRate) / binning ** 2
      this.#meanValues[at] = Math.min(fullScale, mean)
    }
  }

  /** Writes one frame of the size that was exposed: 8-bit pixels as bytes, others as 16-bit words. */
  read(pixels: Uint8Array<ArrayBufferLike>): void {
    const shift = this.#shift
    const { addNoiseU8, addNoiseU16 } = this.#memory.functions
    const addNoise = shift < 8 ? addNoiseU16 : addNoiseU8
    const pixelBytes = shift < 8 ? 2 : 1
    const rowBytes = this.#width * pixelBytes
    // Rows lie next to each other in the band: what pads one is overwritten by the next.
    for (let top = 0; top < this.#height; top += bandRows) {
      const rows = Math.min(bandRows, this.#height - top)
      for (let row = 0; row < rows; row += 1) {
        const offset = 2 * (top + row) * this.#stride
        addNoise(
          this.#means.pointer + offset,
          this.#spreads.pointer + offset,
          this.#deviates.pointer + this.#noise.nextStart(),
          this.#band.pointer + row * rowBytes,
          this.#stride,
          shift,
        )
      }
      pixels.set(this.#band.bytes.subarray(0, rows * rowBytes), top * rowBytes)
    }
  }
}

/** The sensor itself. */
export type SensorOptions = {
  readonly seed: number
  readonly sensorWidth: number
  readonly sensorHeight: number
}

function sensorMemory({ sensorWidth, sensorHeight }: SensorOptions) {
  const longestRow = sensorWidth + group
  return {
    deviates: NoiseTable.bytes(longestRow),
    responses: 4 * (responseCount + longestRow),
    means: 2 * longestRow * sensorHeight,
    spreads: 2 * longestRow * sensorHeight,
    band: 2 * longestRow * bandRows,
  }
}
