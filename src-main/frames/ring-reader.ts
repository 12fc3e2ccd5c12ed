import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from './frame-ring.ts'
import { RingViews } from './ring-views.ts'

/** Called with a slot's pixels, which must be copied out before it returns, and what is known of the frame. */
export type CopyFrame = (pixels: Uint8Array<SharedArrayBuffer>, info: FrameInfo) => void

/** What all readers share: waiting, and copying a slot under its sequence lock. */
export class RingReader {
  protected readonly views: RingViews
  #interrupted = false

  constructor(memory: FrameRingMemory) {
    this.views = new RingViews(memory)
  }

  /**
   * Resolves when frame number `index` (or a later one) has been published: at once when it already is.
   * Resolves, too, after `interrupt`; never rejects. A pending wait does not keep a process alive.
   */
  protected async waitFor(index: number): Promise<void> {
    for (;;) {
      if (this.#interrupted) {
        this.#interrupted = false
        return
      }
      const count = Atomics.load(this.views.published, 0)
      if (count > index) return
      const { async: pending, value } = Atomics.waitAsync(this.views.published, 0, count)
      if (pending) await value
    }
  }

  /**
   * Ends the pending wait, or the next one when none is pending: it resolves without a frame.
   * Other readers of the ring wake too and go back to sleep.
   */
  interrupt(): void {
    this.#interrupted = true
    Atomics.notify(this.views.published, 0)
  }

  /** Copies frame `index`; undefined when the writer has taken its slot meanwhile. */
  protected copySlot(index: number, copy: CopyFrame): FrameInfo | undefined {
    // The header is verified first: `copy` must never be called with a width of one frame and a height of another.
    const header = this.views.header(index)
    if (header === undefined) return undefined
    const { generation, pixels } = this.views.slot(index)
    copy(pixels, header.info)
    return this.views.isStill(generation, this.views.generationOf(index)) ? header.info : undefined
  }
}
