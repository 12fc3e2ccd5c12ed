import { maxLz4BlockBytes } from '../frames/lz4-frame.ts'
import { unfilterDeltaShuffle } from './delta-shuffle.ts'
import { type KernelBuffer, KernelMemory, roundedUp } from './kernel-memory.ts'
import { lz4DecodeBlock } from './lz4-block.ts'

/**
 * The decoder's buffers for images of up to `capacity` bytes, and the two steps that work on them.
 * Two implementations with the same results: WebAssembly and plain JavaScript.
 */
export interface DecodeKernels {
  readonly capacity: number
  /** The decoded image. */
  readonly pixels: Uint8Array<ArrayBuffer>
  /** The filtered image, when there is a filter to undo. */
  readonly planes: Uint8Array<ArrayBuffer>
  /**
   * Decodes an LZ4 block into `pixels` or `planes` from byte `at` on, up to byte `end`.
   * @returns the bytes written, or -1 when the block is malformed or does not fit.
   */
  decodeBlock(block: Uint8Array, target: 'pixels' | 'planes', at: number, end: number): number
  /** Undoes delta-shuffle on `count` 16-bit pixels: `planes` to `pixels`. */
  unfilter(count: number, lag: number): void
}

/** The WebAssembly implementation. Throws WebAssembly.CompileError where a Content-Security-Policy forbids it. */
export class WasmDecodeKernels implements DecodeKernels {
  readonly capacity: number
  readonly #memory: KernelMemory
  readonly #pixels: KernelBuffer
  readonly #planes: KernelBuffer
  readonly #block: KernelBuffer

  constructor(capacity: number) {
    this.capacity = capacity
    // A block cannot be larger than what the largest image compresses to.
    const blockBytes = Math.min(maxLz4BlockBytes, capacity + (capacity >> 7) + 64)
    this.#memory = new KernelMemory(2 * roundedUp(capacity) + roundedUp(blockBytes))
    this.#pixels = this.#memory.allocate(capacity)
    this.#planes = this.#memory.allocate(capacity)
    this.#block = this.#memory.allocate(blockBytes)
  }

  get pixels(): Uint8Array<ArrayBuffer> {
    return this.#pixels.bytes
  }

  get planes(): Uint8Array<ArrayBuffer> {
    return this.#planes.bytes
  }

  decodeBlock(block: Uint8Array, target: 'pixels' | 'planes', at: number, end: number): number {
    if (block.length > this.#block.bytes.length) return -1
    this.#block.bytes.set(block)
    const { pointer } = target === 'pixels' ? this.#pixels : this.#planes
    return this.#memory.functions.lz4DecodeBlock(this.#block.pointer, block.length, pointer + at, end - at)
  }

  unfilter(count: number, lag: number): void {
    this.#memory.functions.unfilterDeltaShuffle(this.#planes.pointer, this.#pixels.pointer, count, lag)
  }
}

/** The implementation without WebAssembly. */
export class PlainDecodeKernels implements DecodeKernels {
  readonly capacity: number
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly planes: Uint8Array<ArrayBuffer>

  constructor(capacity: number) {
    this.capacity = capacity
    this.pixels = new Uint8Array(capacity)
    this.planes = new Uint8Array(capacity)
  }

  decodeBlock(block: Uint8Array, target: 'pixels' | 'planes', at: number, end: number): number {
    return lz4DecodeBlock(block, this[target].subarray(at, end))
  }

  unfilter(count: number, lag: number): void {
    unfilterDeltaShuffle(this.planes, new Uint16Array(this.pixels.buffer, 0, count), lag)
  }
}
