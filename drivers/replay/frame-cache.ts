/** How many frames are decoded ahead of the one being played, unless that is more than a quarter of the cache. */
const framesAhead = 16

/**
 * Decoded frames, kept in memory up to a limit, and decoded ahead in the background. When not all of them fit, the
 * frame that will be needed last is given up: so of a loop that is larger than the limit, most stays.
 */
export class FrameCache {
  readonly #count: number
  readonly #capacity: number
  readonly #decode: (index: number) => Promise<Uint8Array>
  readonly #frames = new Map<number, Uint8Array>()
  readonly #pending = new Map<number, Promise<Uint8Array>>()
  readonly #failed = new Map<number, unknown>()
  #cursor = 0
  #filling = false

  constructor(options: {
    /** Number of frames there are. */
    readonly count: number
    /** Number of frames to keep, at least 2. */
    readonly capacity: number
    readonly decode: (index: number) => Promise<Uint8Array>
  }) {
    this.#count = options.count
    this.#capacity = Math.max(2, Math.min(options.count, Math.floor(options.capacity)))
    this.#decode = options.decode
  }

  /** The pixels of frame `index` if they are decoded. They must not be changed. */
  get(index: number): Uint8Array | undefined {
    return this.#frames.get(index)
  }

  /** The pixels of frame `index`; rejects with what `decode` threw, without trying twice. */
  load(index: number): Promise<Uint8Array> {
    const frame = this.#frames.get(index)
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#failed.has(index)) return Promise.reject(this.#failed.get(index))
    const pending = this.#pending.get(index)
    if (pending !== undefined) return pending
    const loading = this.#load(index)
    this.#pending.set(index, loading)
    return loading
  }

  /** Decodes the frames from `index` on in the background, around the end to the first one. */
  readAhead(index: number): void {
    this.#cursor = index
    if (!this.#filling) void this.#fill()
  }

  /** Forgets that frames could not be decoded: their files may have been mended. */
  retryFailed(): void {
    this.#failed.clear()
  }

  async #load(index: number): Promise<Uint8Array> {
    try {
      const frame = await this.#decode(index)
      this.#makeRoom()
      this.#frames.set(index, frame)
      return frame
    } catch (error) {
      this.#failed.set(index, error)
      throw error
    } finally {
      this.#pending.delete(index)
    }
  }

  async #fill(): Promise<void> {
    this.#filling = true
    try {
      for (;;) {
        const index = this.#missingAhead()
        if (index === undefined) return
        // Decoding takes the thread: let the camera send what is due before the next one.
        await new Promise<void>((resolve) => setImmediate(resolve))
        // A frame that cannot be decoded is reported by the camera when its turn comes.
        await this.load(index).catch(() => undefined)
      }
    } finally {
      this.#filling = false
    }
  }

  #missingAhead(): number | undefined {
    const ahead = Math.max(1, Math.min(framesAhead, Math.floor(this.#capacity / 4)))
    for (let i = 0; i <= ahead; i++) {
      const index = (this.#cursor + i) % this.#count
      if (!this.#frames.has(index) && !this.#failed.has(index)) return index
    }
    return undefined
  }

  #makeRoom(): void {
    for (let i = this.#count - 1; i > 0 && this.#frames.size >= this.#capacity; i--) {
      this.#frames.delete((this.#cursor + i) % this.#count)
    }
  }
}
