/**
 * Memory for frames, cut into buffers of a frame each when they come: only then is known how large they are. A computer
 * finds memory only when it is first used, which takes some tenths of a second for each GB, in virtual machines seconds:
 * `find` has that done before it matters.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { pageAlignedMemory, pageBytes } from '../../../src-shared/kernels/page-aligned-memory.ts'
import { dataSize } from '../data-size.ts'

/** Of one piece of memory there cannot be more. */
const mostPerPiece = 2 ** 31
/** Frames of this size begin at a page, so that they can be written from where they are. */
const largeFrameBytes = 64 * pageBytes

export class FrameBuffers {
  readonly #pieces: readonly Uint8Array<ArrayBuffer>[]
  readonly #pieceBytes: number
  /** Bytes that have been found, from the beginning of the first piece on. */
  #found = 0
  #frameBytes = 0
  /** Where the next buffer is cut off when none is free; as `#found`. */
  #cutAt = 0
  /** The one used last is used again first: memory that was never used is left alone as long as the disk keeps up. */
  readonly #free: Uint8Array<ArrayBuffer>[] = []
  #inUse = 0
  #freed: (() => void) | undefined

  /** @throws CoverslipError INVALID_INPUT when there is not so much memory */
  constructor(bytes: number) {
    const count = Math.max(1, Math.ceil(bytes / mostPerPiece))
    this.#pieceBytes = Math.ceil(bytes / count / pageBytes) * pageBytes
    try {
      this.#pieces = Array.from({ length: count }, () => pageAlignedMemory(this.#pieceBytes))
    } catch (error) {
      const message = `The computer does not give ${dataSize(bytes)} of memory for frames`
      throw new CoverslipError('INVALID_INPUT', message, {
        hint: 'Keep fewer seconds of before the beginning, choose a smaller ROI, or close other programs.',
        cause: error,
      })
    }
  }

  get bytes(): number {
    return this.#pieces.length * this.#pieceBytes
  }

  /** That were used, or found. */
  get foundBytes(): number {
    return this.#found
  }

  get bytesInUse(): number {
    return this.#inUse * this.#frameBytes
  }

  /** Whether no frame like the one before can be taken in now. */
  get full(): boolean {
    return this.#frameBytes > 0 && this.#free.length === 0 && this.#placeOfNext() === undefined
  }

  /**
   * Has the next `bytes` found that were not used yet, if more than 0; what is not found before it is needed is found then.
   * @returns whether there is more to find
   */
  find(bytes: number): boolean {
    this.#findTo(Math.min(this.#found + bytes, this.bytes))
    return this.#found < this.bytes
  }

  /** A buffer for a frame of so many bytes; undefined when none is free, or those in use are of another size. */
  take(frameBytes: number): Uint8Array<ArrayBuffer> | undefined {
    if (frameBytes !== this.#frameBytes) {
      if (this.#inUse > 0) return undefined
      this.#frameBytes = frameBytes
      this.#free.length = 0
      this.#cutAt = 0
    }
    const buffer = this.#free.pop() ?? this.#cut()
    if (buffer !== undefined) this.#inUse += 1
    return buffer
  }

  /** @param buffer of `take`; anything of another size is none of these. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length !== this.#frameBytes) return
    this.#inUse -= 1
    this.#free.push(buffer)
    this.#freed?.()
  }

  /** Resolves when a buffer is given back, or after `interrupt`. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#freed = resolve
    })
  }

  /** Ends the pending wait. */
  interrupt(): void {
    this.#freed?.()
  }

  #cut(): Uint8Array<ArrayBuffer> | undefined {
    const at = this.#placeOfNext()
    if (at === undefined) return undefined
    const end = at + this.#frameBytes
    this.#findTo(end)
    const step = this.#frameBytes < largeFrameBytes ? 1 : pageBytes
    this.#cutAt = Math.ceil(end / step) * step
    const start = at % this.#pieceBytes
    return this.#pieces[Math.floor(at / this.#pieceBytes)]?.subarray(start, start + this.#frameBytes)
  }

  /** Where another buffer fits, whole within a piece. */
  #placeOfNext(): number | undefined {
    const left = this.#pieceBytes - (this.#cutAt % this.#pieceBytes)
    const at = this.#frameBytes <= left ? this.#cutAt : this.#cutAt + left
    return this.#frameBytes <= this.#pieceBytes && at + this.#frameBytes <= this.bytes ? at : undefined
  }

  #findTo(end: number): void {
    for (; this.#found < end; this.#found += pageBytes) {
      const piece = this.#pieces[Math.floor(this.#found / this.#pieceBytes)]
      if (piece !== undefined) piece[this.#found % this.#pieceBytes] = 1
    }
  }
}
