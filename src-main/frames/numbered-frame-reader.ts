import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { type CopyFrame, RingReader } from './ring-reader.ts'

/** Reads single frames by their sequence numbers: the images of a plan. */
export class NumberedFrameReader extends RingReader {
  /** What is known of frame `sequence`, newest run first; undefined: it is not in the ring, or not any more. */
  look(sequence: number): FrameInfo | undefined {
    return this.#find(sequence)?.info
  }

  /** Copies frame `sequence` out; undefined: it is not in the ring, or not any more. */
  take(sequence: number, copy: CopyFrame): FrameInfo | undefined {
    const found = this.#find(sequence)
    return found === undefined ? undefined : this.copySlot(found.index, copy)
  }

  #find(sequence: number): { readonly index: number; readonly info: FrameInfo } | undefined {
    const newest = this.views.count() - 1
    for (let index = newest; index >= 0 && index > newest - this.views.slots; index--) {
      const info = this.views.header(index)?.info
      if (info?.sequence === sequence) return { index, info }
    }
    return undefined
  }
}
