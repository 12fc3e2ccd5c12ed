import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from './frame-ring.ts'
import { type CopyFrame, RingReader } from './ring-reader.ts'

/** How often `take` tries again when the writer laps it while it copies. */
const takeAttempts = 8

/** Reads the newest frame, skipping what it was too slow for: the live view. */
export class LiveFrameReader extends RingReader {
  /** Running number of the first frame not yet taken, and of the first not yet looked at. */
  #untaken: number
  #unseen: number

  /** Starts with frame `firstFrame` (of `framesPublished`); absent: with the first published after this moment. */
  constructor(memory: FrameRingMemory, { firstFrame }: { readonly firstFrame?: number } = {}) {
    super(memory)
    this.#untaken = firstFrame ?? this.views.count()
    this.#unseen = this.#untaken
  }

  /** Resolves when a frame is there that was not looked at (whether taken or not), or after `interrupt`. */
  wait(): Promise<void> {
    return this.waitFor(this.#unseen)
  }

  /**
   * What is known of the newest frame, without copying it, how many frames have arrived since the last look, and
   * whether it was taken already; undefined when none has arrived. The frame can still be taken.
   */
  look(): { readonly info: FrameInfo; readonly arrived: number; readonly taken: boolean } | undefined {
    const newest = this.#newestFrom(this.#unseen, () => undefined)
    if (newest === undefined) return undefined
    const arrived = newest.index + 1 - this.#unseen
    this.#unseen = newest.index + 1
    return { info: newest.info, arrived, taken: newest.index < this.#untaken }
  }

  /**
   * Copies the newest frame out; undefined when none is newer than the last one taken, or when the writer has lapped
   * the reader several times over while it copied. `copy` may run more than once for that reason.
   */
  take(copy: CopyFrame): FrameInfo | undefined {
    const newest = this.#newestFrom(this.#untaken, copy)
    if (newest === undefined) return undefined
    this.#untaken = newest.index + 1
    return newest.info
  }

  #newestFrom(oldest: number, copy: CopyFrame): { index: number; info: FrameInfo } | undefined {
    // Fails only when the writer has gone once round the ring during the copy: then there is a newer frame.
    for (let attempt = 0; attempt < takeAttempts; attempt++) {
      const index = this.views.count() - 1
      if (index < oldest) return undefined
      const info = this.copySlot(index, copy)
      if (info !== undefined) return { index, info }
    }
    return undefined
  }
}
