import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from './frame-ring.ts'
import { type CopyFrame, RingReader } from './ring-reader.ts'
import type { SlotHeader } from './slot-header.ts'

/** What there was to read. */
export type LosslessRead =
  | { readonly kind: 'frame'; readonly info: FrameInfo }
  /** Sequence numbers `first` to `last` (inclusive) will never come: overwritten in the ring or lost in the camera. */
  | { readonly kind: 'lost'; readonly first: number; readonly last: number }
  | { readonly kind: 'empty' }

/** Reads every frame in order and is told exactly which sequence numbers it lost: recorder and acquisition. */
export class LosslessFrameReader extends RingReader {
  #next: number
  /** The sequence number due next, and its run; run undefined: no frame has been published yet. */
  #expected = 0
  #run: number | undefined

  /**
   * Starts with the first frame published after this moment; or, with `sinceNs`, with the oldest of the present run that
   * is still there and whose exposure ended no earlier (`FrameInfo.timestampNs`).
   */
  constructor(memory: FrameRingMemory, { sinceNs }: { readonly sinceNs?: bigint | undefined } = {}) {
    super(memory)
    for (;;) {
      this.#next = this.views.count()
      if (this.#next === 0) return
      const newest = this.views.header(this.#next - 1)
      if (newest === undefined) continue
      this.#run = newest.run
      this.#expected = newest.info.sequence + 1
      if (sinceNs !== undefined) this.#goBack(newest.run, sinceNs)
      return
    }
  }

  #goBack(run: number, sinceNs: bigint): void {
    const oldest = Math.max(0, this.#next - this.views.slots)
    while (this.#next > oldest) {
      const header = this.views.header(this.#next - 1)
      if (header === undefined || header.run !== run || header.info.timestampNs < sinceNs) return
      this.#next -= 1
      this.#expected = header.info.sequence
    }
  }

  /** Frames published and not yet read: how full the ring is for this reader. */
  get backlog(): number {
    return this.views.count() - this.#next
  }

  /** Resolves when another frame can be read, or after `interrupt`. */
  wait(): Promise<void> {
    return this.waitFor(this.#next)
  }

  /**
   * The next frame, or the range of sequence numbers lost before it (then call again for the frame itself).
   * When the acquisition has been started again meanwhile, the end of the former run and the beginning of the new one
   * are reported one after the other; runs of which no frame at all was seen are not reported.
   * `copy` may run more than once when the writer laps the reader while it copies.
   */
  read(copy: CopyFrame): LosslessRead {
    for (;;) {
      const count = this.views.count()
      if (this.#next >= count) return { kind: 'empty' }
      this.#next = Math.max(this.#next, count - this.views.slots)
      const header = this.views.header(this.#next)
      if (header === undefined) {
        // The writer is filling this slot: it is past `count`, the frame is lost.
        this.#next += 1
        continue
      }
      const lost = this.#lostBefore(header)
      if (lost !== undefined) return lost
      const info = this.copySlot(this.#next, copy)
      if (info === undefined) continue
      this.#expected = info.sequence + 1
      this.#next += 1
      return { kind: 'frame', info }
    }
  }

  #lostBefore({ info, run, previousRunLast }: SlotHeader): LosslessRead | undefined {
    if (this.#run !== run) {
      const first = this.#expected
      const seenNone = this.#run === undefined
      this.#run = run
      this.#expected = 0
      if (!seenNone && first <= previousRunLast) return { kind: 'lost', first, last: previousRunLast }
    }
    const first = this.#expected
    if (info.sequence <= first) return undefined
    this.#expected = info.sequence
    return { kind: 'lost', first, last: info.sequence - 1 }
  }
}
