/**
 * The sensor of Camera 1, after the EMVA 1288 model (release 4.0, sec. 2): photo-electrons with shot noise, dark
 * current, read noise, pixels that differ in response, hot pixels, an offset, and an ADC that saturates.
 */
import { type KernelBuffer, KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'
import { NoiseTable } from './noise-table.ts'
import { RandomStream } from './specimen/random.ts'

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
  readonly #light: KernelBuffer
  readonly #lightRow: Float32Array<ArrayBuffer>
  readonly #means: KernelBuffer
  readonly #meanValues: Uint16Array<ArrayBuffer>
  readonly #spreads: KernelBuffer
  readonly #band: KernelBuffer
  readonly #hotPixels: readonly { readonly index: number; readonly electronsPerSecond: number }[]
  #width = 0
  #stride = 0
  #height = 0
  #shift = 0

  constructor(options: { seed: number; sensorWidth: number; sensorHeight: number }) {
    const { seed, sensorWidth, sensorHeight } = options
    const longestRow = sensorWidth + group
    const sizes = {
      deviates: NoiseTable.bytes(longestRow),
      responses: 4 * (responseCount + longestRow),
      light: 4 * longestRow,
      means: 2 * longestRow * sensorHeight,
      spreads: 2 * longestRow * sensorHeight,
      band: 2 * longestRow * bandRows,
    }
    this.#sensorWidth = sensorWidth
    this.#memory = new KernelMemory(Object.values(sizes).reduce((sum, bytes) => sum + roundedUp(bytes), 0))
    this.#deviates = this.#memory.allocate(sizes.deviates)
    this.#responses = this.#memory.allocate(sizes.responses)
    this.#light = this.#memory.allocate(sizes.light)
    this.#means = this.#memory.allocate(sizes.means)
    this.#spreads = this.#memory.allocate(sizes.spreads)
    this.#band = this.#memory.allocate(sizes.band)
    const { buffer } = this.#light.bytes
    this.#lightRow = new Float32Array(buffer, this.#light.pointer, longestRow)
    this.#meanValues = new Uint16Array(buffer, this.#means.pointer, longestRow * sensorHeight)
    this.#noise = new NoiseTable(seed, new Int8Array(buffer, this.#deviates.pointer, sizes.deviates))
    const random = new RandomStream(seed ^ 0x5eed)
    const responses = new Float32Array(buffer, this.#responses.pointer, responseCount + longestRow)
    for (let index = 0; index < responseCount; index += 1)
      responses[index] = 1 + responseSpread * random.normal()
    responses.copyWithin(responseCount, 0, longestRow)
    this.#hotPixels = Array.from({ length: Math.round(sensorWidth * sensorHeight * hotPixelShare) }, () => ({
      index: Math.floor(random.next() * sensorWidth * sensorHeight),
      electronsPerSecond: 40 * Math.exp(1.6 * random.normal()),
    }))
  }

  /**
   * Computes the averages. `light(y, row)` writes the photo-electrons per second that a sensor pixel collects at each
   * image pixel of row `y`.
   */
  expose(settings: SensorSettings, light: (y: number, row: Float32Array<ArrayBuffer>) => void): void {
    const { binning } = settings
    const width = Math.floor(settings.width / binning)
    const height = Math.floor(settings.height / binning)
    const stride = Math.ceil(width / group) * group
    const row = this.#lightRow.subarray(0, width)
    const seconds = settings.exposureMs / 1000
    const countsPerElectron = (fullScale / fullWellElectrons) * 10 ** (settings.gainDb / 20)
    const shift = 16 - settings.bits
    const rounding = 2 ** shift / 2
    const zero = settings.blackLevel * 16 + rounding
    const factor = seconds * countsPerElectron
    const offset = zero + darkCurrentPerSecond * factor
    const spreadScale = (spreadSteps * countsPerElectron) / binning
    this.#width = width
    this.#stride = stride
    this.#height = height
    this.#shift = shift
    for (let y = 0; y < height; y += 1) {
      light(y, row)
      const pattern = (Math.imul(settings.top + y * binning, 0x9e3779b1) >>> 16) + settings.left
      const responses = this.#responses.pointer + 4 * (pattern % responseCount)
      this.#memory.functions.exposeLight(
        this.#light.pointer,
        responses,
        this.#means.pointer + 2 * y * stride,
        this.#spreads.pointer + 2 * y * stride,
        stride,
        factor,
        offset,
        zero,
        1 / countsPerElectron,
        readNoiseElectrons ** 2,
        spreadScale,
      )
    }
    this.#addHotPixels(settings, factor)
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
