import { redOf } from '../frames/bayer-pattern.ts'
import type { PixelLayout } from '../frames/pixel-format.ts'
import type { AreaPlan } from './area-plan.ts'
import { type AreaLimits, areaScratchBytes, AreaScratch } from './area-scratch.ts'
import { fillGreyTable, linearMap, type GreyWindow } from './grey-map.ts'
import { type KernelBuffer, type KernelFunctions, KernelMemory, roundedUp } from './kernel-memory.ts'
import { type Reduction, reducedLength, reducedMosaicLength } from './reduction.ts'
import { type MeasuredFrame, measure, samplingStep } from './statistics.ts'

/** An image in the kernels' memory: rows without padding. */
export type ImageShape = { readonly width: number; readonly height: number; readonly layout: PixelLayout }

/** Samples counted per frame unless told otherwise: 0.1 % of them are still 260 pixels. */
const defaultMaxSamples = 262_144

const tableEntries = 65_536

/**
 * The encoder's kernels and their memory for frames of up to `frameBytes`: copy pixels into `input`, then run
 * reduce → measure → filter or toGrey. Nothing is allocated per frame but the histogram.
 *
 * Results that are views (`filter`, `toGrey`) lie in `output` and are valid until the next of these calls.
 */
export class Kernels {
  /** Where pixels go before anything else runs; `reduce` works in place. */
  readonly input: Uint8Array<ArrayBuffer>
  readonly #functions: KernelFunctions
  readonly #input: KernelBuffer
  readonly #output: KernelBuffer
  readonly #tableA: Uint32Array<ArrayBuffer>
  readonly #tableB: Uint32Array<ArrayBuffer>
  readonly #tables: { readonly a: number; readonly b: number }
  readonly #grey: KernelBuffer
  readonly #sums: KernelBuffer
  readonly #area: AreaScratch | undefined

  /** @throws WebAssembly.CompileError where WebAssembly is forbidden; RangeError when there is not enough memory. */
  constructor(frameBytes: number, options: { readonly area?: AreaLimits } = {}) {
    const tableBytes = tableEntries * Uint32Array.BYTES_PER_ELEMENT
    // A frame of one row needs one sum per sample.
    const sumBytes = frameBytes * Uint32Array.BYTES_PER_ELEMENT
    const sumsLimit = Math.min(sumBytes, maxRowSamples * Uint32Array.BYTES_PER_ELEMENT)
    const areaBytes = options.area === undefined ? 0 : areaScratchBytes(options.area)
    const memory = new KernelMemory(
      2 * roundedUp(frameBytes) + 2 * tableBytes + tableEntries + roundedUp(sumsLimit) + areaBytes,
    )
    this.#functions = memory.functions
    this.#input = memory.allocate(frameBytes)
    this.#output = memory.allocate(frameBytes)
    const a = memory.allocate(tableBytes)
    const b = memory.allocate(tableBytes)
    this.#tables = { a: a.pointer, b: b.pointer }
    this.#tableA = new Uint32Array(a.bytes.buffer, a.bytes.byteOffset, tableEntries)
    this.#tableB = new Uint32Array(b.bytes.buffer, b.bytes.byteOffset, tableEntries)
    this.#grey = memory.allocate(tableEntries)
    this.#sums = memory.allocate(sumsLimit)
    if (options.area !== undefined) this.#area = new AreaScratch(memory, options.area)
    this.input = this.#input.bytes
  }

  /**
   * Subsamples the image in `input`, in place, and returns its new size (see `reducedLength`, and
   * `reducedMosaicLength` for Bayer, which stays Bayer).
   * With `rowsSampled` the rows were already picked while copying in (height = number of rows there).
   */
  reduce(
    image: ImageShape,
    options: { step: number; reduction: Reduction; rowsSampled?: boolean },
  ): ImageShape {
    const { width, height, layout } = image
    const { step, reduction } = options
    if (step === 1) return image
    if (layout.kind === 'bayer') return this.#reduceMosaic(image, options)
    const { pointer } = this.#input
    const reduced = { width: reducedLength(width, step), height: reducedLength(height, step), layout }
    if (reduction === 'average') {
      const average = layout.bytesPerSample === 2 ? this.#functions.averageU16 : this.#functions.averageU8
      average(pointer, pointer, width, height, layout.channels, step, this.#sums.pointer)
      return reduced
    }
    const rows = options.rowsSampled === true ? height : this.#pickRows(image, { step, together: 1 })
    const sampleColumns =
      layout.channels === 3
        ? this.#functions.sampleColumnsRgb8
        : layout.bytesPerSample === 2
          ? this.#functions.sampleColumnsU16
          : this.#functions.sampleColumnsU8
    sampleColumns(pointer, pointer, width, rows, step)
    return { width: reduced.width, height: rows, layout }
  }

  #reduceMosaic(
    { width, height, layout }: ImageShape,
    { step, reduction, rowsSampled = false }: { step: number; reduction: Reduction; rowsSampled?: boolean },
  ): ImageShape {
    const { pointer } = this.#input
    const wide = layout.bytesPerSample === 2
    const reducedWidth = reducedMosaicLength(width, step)
    if (reduction === 'average') {
      const average = wide ? this.#functions.averageMosaicU16 : this.#functions.averageMosaicU8
      average(pointer, pointer, width, height, step, this.#sums.pointer)
      return { width: reducedWidth, height: reducedMosaicLength(height, step), layout }
    }
    const rows = rowsSampled ? height : this.#pickRows({ width, height, layout }, { step, together: 2 })
    const sample = wide ? this.#functions.sampleMosaicU16 : this.#functions.sampleMosaicU8
    sample(pointer, pointer, width, rows, step)
    return { width: reducedWidth, height: rows, layout }
  }

  /** The first `together` rows of every `step` times as many. */
  #pickRows(
    { width, height, layout }: ImageShape,
    { step, together }: { readonly step: number; readonly together: 1 | 2 },
  ): number {
    const rowBytes = width * layout.bytesPerPixel
    let rows = 0
    for (let y = 0; y < height; y += step * together) {
      const count = Math.min(together, height - y)
      this.input.copyWithin(rows * rowBytes, y * rowBytes, (y + count) * rowBytes)
      rows += count
    }
    return rows
  }

  /**
   * Statistics and histogram of the image in `input`: minimum and maximum of all samples, the rest from about
   * `maxSamples` of them (all, when the image is smaller).
   */
  measure(image: ImageShape, options: { significantBits: number; maxSamples?: number }): MeasuredFrame {
    const { significantBits, maxSamples = defaultMaxSamples } = options
    const wide = image.layout.bytesPerSample === 2
    const rowSamples = image.width * image.layout.channels
    const samples = rowSamples * image.height
    const { pointer } = this.#input
    const extremes = wide
      ? this.#functions.minMaxU16(pointer, samples)
      : this.#functions.minMaxU8(pointer, samples)
    const min = extremes & 0xffff
    const max = extremes >>> 16
    this.#tableA.fill(0, min, max + 1)
    this.#tableB.fill(0, min, max + 1)
    const count = wide ? this.#functions.histogramU16 : this.#functions.histogramU8
    const step = samplingStep(samples, { rowSamples, maxSamples })
    const sampled = count(pointer, samples, step, this.#tables.a, this.#tables.b)
    return measure({ tableA: this.#tableA, tableB: this.#tableB, min, max, sampled, significantBits })
  }

  /**
   * The delta-shuffle filter on `count` 16-bit pixels of `input`; `lag` as `filterLag` says.
   * @returns `2 * count` bytes: the low-byte plane, then the high-byte plane.
   */
  filter(count: number, lag: number): Uint8Array<ArrayBuffer> {
    this.#functions.filterDeltaShuffle(this.#input.pointer, this.#output.pointer, count, lag)
    return this.#output.bytes.subarray(0, 2 * count)
  }

  /** The image in `input` as 8-bit grey (or RGB), one byte per sample, through `window`. */
  toGrey({ width, height, layout }: ImageShape, window: GreyWindow): Uint8Array<ArrayBuffer> {
    const samples = width * height * layout.channels
    const wide = layout.bytesPerSample === 2
    const from = this.#input.pointer
    const to = this.#output.pointer
    if (window.gamma === 1) {
      const { low, range, scale, multiplier } = linearMap(window)
      const map = wide ? this.#functions.windowU16 : this.#functions.windowU8
      map(from, to, samples, low, range, scale, multiplier)
    } else {
      fillGreyTable(wide ? this.#grey.bytes : this.#grey.bytes.subarray(0, 256), window)
      const lookup = wide ? this.#functions.lookupU16 : this.#functions.lookupU8
      lookup(from, to, samples, this.#grey.pointer)
    }
    return this.#output.bytes.subarray(0, samples)
  }

  /**
   * The Bayer image in `input` as RGB, through `window`, in place: `frameBytes` must have had room for it. The window
   * comes before the interpolation: a third of the values to put through it, and bytes to interpolate.
   */
  toRgb(image: ImageShape, window: GreyWindow): Uint8Array<ArrayBuffer> {
    const { width, height, layout } = image
    if (layout.pattern === undefined) throw new Error('toRgb() of an image that is no Bayer mosaic')
    this.toGrey(image, window)
    const red = redOf[layout.pattern]
    this.#functions.debayerU8(this.#output.pointer, this.#input.pointer, width, height, red.x, red.y)
    return this.#input.bytes.subarray(0, width * height * 3)
  }

  /**
   * Reduces the image in `input`, in place, as `plan` says.
   * @throws Error unless the kernels were made with room for images of this size.
   */
  reduceArea({ width, layout }: ImageShape, plan: AreaPlan): void {
    const area = this.#area
    if (area === undefined) throw new Error('These kernels were made without memory for reduceArea()')
    area.load(plan)
    const { pointer } = this.#input
    const reduce = layout.bytesPerSample === 2 ? this.#functions.reduceAreaU16 : this.#functions.reduceAreaU8
    const { to, x, y } = plan
    const { yStarts, yWeights, xStarts, xWeights, rows, strip, newStrip } = area.pointers
    const { channels } = layout
    const { width: newWidth, height: newHeight } = to
    reduce(
      pointer,
      pointer,
      width,
      channels,
      newWidth,
      newHeight,
      yStarts,
      yWeights,
      y.taps,
      xStarts,
      xWeights,
      x.taps,
      rows,
      strip,
      newStrip,
    )
  }

  /** The grey image in `input` as luma (BT.601, limited range: black is 16, white 235) through `window`. */
  toLuma(image: ImageShape, window: GreyWindow): Uint8Array<ArrayBuffer> {
    const { width, height, layout } = image
    const to = this.#output.pointer
    const samples = width * height
    if (window.gamma === 1) {
      const { low, range, scale, multiplier } = linearMap(window, 219)
      const map = layout.bytesPerSample === 2 ? this.#functions.lumaU16 : this.#functions.lumaU8
      map(this.#input.pointer, to, samples, low, range, scale, multiplier)
    } else {
      this.toGrey(image, window)
      this.#grey.bytes.set(lumaOfGrey)
      this.#functions.lookupU8(to, to, samples, this.#grey.pointer)
    }
    return this.#output.bytes.subarray(0, samples)
  }

  /**
   * The RGB image in `input`, of even sides, as I420 (BT.601, limited range) through `window`: the planes Y, U and V.
   * They lie in `input`.
   */
  toI420(image: ImageShape, window: GreyWindow): Uint8Array<ArrayBuffer> {
    const { width, height } = image
    this.toGrey(image, window)
    this.#functions.rgbToI420(this.#output.pointer, this.#input.pointer, width, height)
    return this.#input.bytes.subarray(0, width * height * 1.5)
  }

  /** The first `bytes` of `input`: the pixels as they are. */
  pixels(bytes: number): Uint8Array<ArrayBuffer> {
    return this.#input.bytes.subarray(0, bytes)
  }
}

/** Longest row that frame packets allow: 65535 pixels of three samples. */
const maxRowSamples = 3 * 65_535

const lumaOfGrey = Uint8Array.from({ length: 256 }, (_, grey) => 16 + Math.round((grey * 219) / 255))
