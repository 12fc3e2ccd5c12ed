import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import type { FrameRingMemory } from './frame-ring.ts'
import { RingViews } from './ring-views.ts'
import { encodeSlotHeader } from './slot-header.ts'

/** The writing side; exactly one exists per ring. */
export class FrameRingWriter {
  readonly #views: RingViews
  /** Last sequence number of the present run, and of the run before it; -1: none. */
  #lastSequence = -1
  #previousRunLast: number

  /** A new writer on a used ring (a driver that was started again) begins a new run. */
  constructor(memory: FrameRingMemory) {
    this.#views = new RingViews(memory)
    const count = this.#views.count()
    this.#previousRunLast = count === 0 ? -1 : (this.#views.header(count - 1)?.info.sequence ?? -1)
    Atomics.add(this.#views.run, 0, 1)
  }

  /** The slot to fill next; its former frame becomes unreadable at once. Valid until `commit`. */
  slot(): Uint8Array<SharedArrayBuffer> {
    const index = this.#views.count()
    const { generation, pixels } = this.#views.slot(index)
    // Not counted on from what stands there: a driver that was ended in mid-frame may have left anything.
    Atomics.exchange(generation, 0, this.#views.generationOf(index) - 1)
    return pixels
  }

  /**
   * Publishes the slot that `slot` handed out and wakes all readers. A sequence number that is not greater than the
   * last one begins a new run (the acquisition has been started again).
   * @throws RangeError when the image does not fit into the slot, Error when no slot was taken.
   */
  commit(info: FrameInfo): void {
    const index = this.#views.count()
    const { header, generation } = this.#views.slot(index)
    if ((Atomics.load(generation, 0) & 1) === 0) throw new Error('commit() without slot()')
    const bytes = imageBytes(info.pixelFormat, info.width, info.height)
    if (!(bytes > 0 && bytes <= this.#views.slotBytes)) {
      throw new RangeError(
        `A ${info.width} x ${info.height} ${info.pixelFormat} image of ${bytes} bytes is not for a slot of ${this.#views.slotBytes}`,
      )
    }
    if (info.sequence <= this.#lastSequence) {
      this.#previousRunLast = this.#lastSequence
      Atomics.add(this.#views.run, 0, 1)
    }
    this.#lastSequence = info.sequence
    encodeSlotHeader(header, {
      info,
      run: Atomics.load(this.#views.run, 0),
      previousRunLast: this.#previousRunLast,
    })
    Atomics.exchange(generation, 0, this.#views.generationOf(index))
    Atomics.add(this.#views.published, 0, 1n)
    Atomics.notify(this.#views.published, 0)
  }
}
