/**
 * Memory for frames, reserved before the first one comes, and divided into buffers of a frame each when it does: only
 * then is known how large they are.
 */
export class FrameBuffers {
  readonly #memory: Uint8Array<ArrayBuffer>
  #frameBytes = 0
  #count = 0
  readonly #free: Uint8Array<ArrayBuffer>[] = []
  #freed: (() => void) | undefined

  /** @throws RangeError when there is not so much memory */
  constructor(bytes: number) {
    // Filled, so that the memory is really there before the first frame is.
    this.#memory = new Uint8Array(bytes).fill(1)
  }

  /** Whether no frame can be taken in now. */
  get full(): boolean {
    return this.#count > 0 && this.#free.length === 0
  }

  get bytesInUse(): number {
    return (this.#count - this.#free.length) * this.#frameBytes
  }

  get bytes(): number {
    return this.#memory.length
  }

  /** How many buffers of `frameBytes` there are. */
  countOf(frameBytes: number): number {
    return Math.floor(this.#memory.length / frameBytes)
  }

  /** A buffer for a frame of so many bytes; undefined when none is free, or those in use are of another size. */
  take(frameBytes: number): Uint8Array<ArrayBuffer> | undefined {
    if (frameBytes !== this.#frameBytes) {
      if (this.bytesInUse > 0) return undefined
      this.#divide(frameBytes)
    }
    return this.#free.pop()
  }

  /** @param buffer of `take`; anything of another size is none of these. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length !== this.#frameBytes) return
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

  #divide(frameBytes: number): void {
    this.#frameBytes = frameBytes
    this.#count = this.countOf(frameBytes)
    this.#free.length = 0
    for (let i = 0; i < this.#count; i++)
      this.#free.push(this.#memory.subarray(i * frameBytes, (i + 1) * frameBytes))
  }
}
