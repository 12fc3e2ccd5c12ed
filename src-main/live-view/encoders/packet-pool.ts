/** Sizes are rounded up to this, so that buffers fit again although packets differ a little, bytes. */
const granularity = 64 * 1024

/**
 * Memory for packets, used again and again: buffers leave by `take`, travel to other threads by transfer, and come
 * back by `recycle`. When none is back a new one is made, so nobody ever waits.
 */
export class PacketPool {
  readonly #limit: number
  readonly #buffers: ArrayBuffer[] = []

  /** Keeps at most `limit` unused buffers. */
  constructor(options: { readonly limit?: number } = {}) {
    this.#limit = options.limit ?? 8
  }

  /** A buffer of at least `bytes` bytes with anything in it. */
  take(bytes: number): ArrayBuffer {
    // One far too large would be kept alive by small packets after the image size has changed.
    const index = this.#buffers.findIndex(
      (buffer) => buffer.byteLength >= bytes && buffer.byteLength <= 4 * bytes + granularity,
    )
    const [found] = index === -1 ? [] : this.#buffers.splice(index, 1)
    // An eighth more than asked for: the next packets will be about as large.
    return found ?? new ArrayBuffer(Math.ceil((bytes * 1.125) / granularity) * granularity)
  }

  /** Takes a buffer back. One that was transferred elsewhere (detached) is ignored. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0) return
    this.#buffers.push(buffer)
    if (this.#buffers.length > this.#limit) this.#buffers.shift()
  }
}
