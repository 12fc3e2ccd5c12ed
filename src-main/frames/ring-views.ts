import { controlBytes, type FrameRingMemory } from './frame-ring.ts'
import { decodeSlotHeader, type SlotHeader, slotHeaderBytes } from './slot-header.ts'

/** A thread's views of a ring, and the sequence lock of its slots. */
export class RingViews {
  readonly slots: number
  readonly slotBytes: number
  /** One element: the number of frames published since the ring was made; readers wait on it. */
  readonly published: BigInt64Array<SharedArrayBuffer>
  /** One element: the number of the present run; a run is what comes between two acquisition starts. */
  readonly run: Int32Array<SharedArrayBuffer>
  readonly #headers: DataView<SharedArrayBuffer>[]
  readonly #generations: Int32Array<SharedArrayBuffer>[]
  readonly #pixels: Uint8Array<SharedArrayBuffer>[]

  constructor(memory: FrameRingMemory) {
    this.slots = memory.slots
    this.slotBytes = memory.slotBytes
    this.published = new BigInt64Array(memory.control, 0, 1)
    this.run = new Int32Array(memory.control, 8, 1)
    const slotIndexes = Array.from({ length: memory.slots }, (_, slot) => slot)
    this.#headers = slotIndexes.map(
      (slot) => new DataView(memory.control, controlBytes + slot * slotHeaderBytes, slotHeaderBytes),
    )
    this.#generations = slotIndexes.map(
      (slot) => new Int32Array(memory.control, controlBytes + slot * slotHeaderBytes, 1),
    )
    this.#pixels = slotIndexes.map(
      (slot) => new Uint8Array(memory.pixels, slot * memory.slotBytes, memory.slotBytes),
    )
  }

  /** Number of frames published, which is also the index of the next frame. */
  count(): number {
    return Number(Atomics.load(this.published, 0))
  }

  /** The views of the slot of frame `index`. */
  slot(index: number) {
    const slot = index % this.slots
    const header = this.#headers[slot]
    const generation = this.#generations[slot]
    const pixels = this.#pixels[slot]
    if (header === undefined || generation === undefined || pixels === undefined) {
      throw new RangeError(`No slot ${slot} in a ring of ${this.slots}`)
    }
    return { header, generation, pixels }
  }

  /** The generation that the slot of frame `index` has while the frame is readable there (modulo 2^32). */
  generationOf(index: number): number {
    return (2 * (Math.floor(index / this.slots) + 1)) | 0
  }

  /** The header of frame `index`; undefined when it has been overwritten, or is just being written. */
  header(index: number): SlotHeader | undefined {
    const { header, generation } = this.slot(index)
    const expected = this.generationOf(index)
    if (Atomics.load(generation, 0) !== expected) return undefined
    const decoded = decodeSlotHeader(header)
    return this.isStill(generation, expected) ? decoded : undefined
  }

  /**
   * Whether the generation is unchanged after a copy. It must be a read-modify-write: a plain load, even a sequentially
   * consistent one, may overtake the copy's loads on ARM, where it is only an acquire.
   */
  isStill(generation: Int32Array<SharedArrayBuffer>, expected: number): boolean {
    return Atomics.add(generation, 0, 0) === expected
  }
}
