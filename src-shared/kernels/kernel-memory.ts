import { kernelsWasmBase64 } from './kernels-wasm.generated.ts'

/** The functions of the WebAssembly module (sources in `assembly/`); pointers are byte offsets into its memory. */
export type KernelFunctions = {
  readonly debayerU8: (
    src: number,
    dst: number,
    width: number,
    height: number,
    redX: number,
    redY: number,
  ) => void
  readonly filterDeltaShuffle: (src: number, dst: number, count: number, lag: number) => void
  readonly unfilterDeltaShuffle: (src: number, dst: number, count: number, lag: number) => void
  readonly histogramU8: (src: number, count: number, step: number, tableA: number, tableB: number) => number
  readonly histogramU16: (src: number, count: number, step: number, tableA: number, tableB: number) => number
  readonly lz4DecodeBlock: (src: number, length: number, dst: number, capacity: number) => number
  readonly minMaxU8: (src: number, count: number) => number
  readonly minMaxU16: (src: number, count: number) => number
  readonly sampleColumnsU8: (src: number, dst: number, width: number, rows: number, step: number) => void
  readonly sampleColumnsU16: (src: number, dst: number, width: number, rows: number, step: number) => void
  readonly sampleColumnsRgb8: (src: number, dst: number, width: number, rows: number, step: number) => void
  readonly sampleMosaicU8: (src: number, dst: number, width: number, rows: number, step: number) => void
  readonly sampleMosaicU16: (src: number, dst: number, width: number, rows: number, step: number) => void
  readonly averageMosaicU8: AverageMosaicFunction
  readonly averageMosaicU16: AverageMosaicFunction
  readonly averageU8: AverageFunction
  readonly averageU16: AverageFunction
  readonly lookupU8: (src: number, dst: number, count: number, table: number) => void
  readonly lookupU16: (src: number, dst: number, count: number, table: number) => void
  readonly windowU8: WindowFunction
  readonly windowU16: WindowFunction
  readonly lumaU8: WindowFunction
  readonly lumaU16: WindowFunction
  readonly rgbToI420: (src: number, dst: number, width: number, height: number) => void
  readonly reduceAreaU8: AreaFunction
  readonly reduceAreaU16: AreaFunction
  readonly exposeLight: (
    light: number,
    shades: number,
    responses: number,
    means: number,
    spreads: number,
    count: number,
    flat: number,
    base: number,
    factor: number,
    offset: number,
    zero: number,
    perCount: number,
    floor: number,
    scale: number,
  ) => void
  readonly resampleTile: (
    tile: number,
    size: number,
    dst: number,
    stride: number,
    left: number,
    right: number,
    top: number,
    bottom: number,
    x0: number,
    y0: number,
    ratio: number,
    scale: number,
  ) => void
  readonly halveImage: (src: number, width: number, height: number, dst: number) => void
  readonly blurImage: (src: number, width: number, height: number, dst: number, line: number) => void
  readonly enlargeRow: (
    src: number,
    width: number,
    height: number,
    factor: number,
    y: number,
    dst: number,
    count: number,
  ) => void
  readonly mixRows: (a: number, b: number, dst: number, count: number, share: number) => void
  readonly addNoiseU8: NoiseFunction
  readonly addNoiseU16: NoiseFunction
}

type NoiseFunction = (
  means: number,
  spreads: number,
  deviates: number,
  dst: number,
  count: number,
  shift: number,
) => void

type AverageFunction = (
  src: number,
  dst: number,
  width: number,
  height: number,
  channels: number,
  step: number,
  sums: number,
) => void

type AverageMosaicFunction = (
  src: number,
  dst: number,
  width: number,
  height: number,
  step: number,
  sums: number,
) => void

type AreaFunction = (
  src: number,
  dst: number,
  width: number,
  channels: number,
  newWidth: number,
  newHeight: number,
  yStarts: number,
  yWeights: number,
  yTaps: number,
  xStarts: number,
  xWeights: number,
  xTaps: number,
  rows: number,
  strip: number,
  newStrip: number,
) => void

type WindowFunction = (
  src: number,
  dst: number,
  count: number,
  low: number,
  range: number,
  scale: number,
  multiplier: number,
) => void

/** A piece of the kernels' memory. */
export type KernelBuffer = {
  readonly pointer: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

const pageBytes = 65536

let compiled: WebAssembly.Module | undefined
function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelsWasmBase64), (char) => char.charCodeAt(0)))
  return compiled
}

/**
 * One instance of the kernels with a memory of fixed size: views into it stay valid for its lifetime.
 * Compiles synchronously (5 kB), so it can be made in workers of Node and browsers alike.
 */
export class KernelMemory {
  readonly functions: KernelFunctions
  readonly #buffer: ArrayBuffer
  // The first page holds the module's constants.
  #next = pageBytes

  /**
   * @param bytes sum of what will be allocated, each allocation rounded up to 64 bytes.
   * @throws WebAssembly.CompileError where a Content-Security-Policy forbids WebAssembly; RangeError without memory.
   */
  constructor(bytes: number) {
    const pages = 1 + Math.ceil(bytes / pageBytes)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(compile(), { env: { memory } })
    this.functions = exports as KernelFunctions
    this.#buffer = memory.buffer
  }

  /**
   * The next `bytes` bytes, aligned to 64.
   * @throws RangeError when more is asked for than the constructor was told.
   */
  allocate(bytes: number): KernelBuffer {
    const pointer = this.#next
    const view = new Uint8Array(this.#buffer, pointer, bytes)
    this.#next += roundedUp(bytes)
    return { pointer, bytes: view }
  }
}

/** Size that an allocation of `bytes` takes. */
export function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
