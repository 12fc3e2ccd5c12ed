/**
 * FrameRing: camera frames in shared memory, one writer (the driver's thread), any number of readers in other threads.
 *
 * Layout: `control` holds 32 bytes (Int64 number of frames published; Int32 number of the present run; rest zero) and
 * then one 256-byte header per slot; `pixels` holds the slots one after the other, each aligned to 64 bytes.
 *
 * Frames are counted from 0 since the ring was made; frame `index` lies in slot `index % slots`. Each slot is a sequence
 * lock (Lameter, "Effective Synchronization on Linux/NUMA Systems", 2005): its generation is odd while the writer fills
 * it and has grown by 2 with every frame published in it. So a reader knows which generation the frame it wants has,
 * compares before and after copying, and never sees a torn frame or another frame than it asked for.
 * The writer never waits. Readers sleep in `Atomics.waitAsync` on the word that counts published frames:
 * no polling, and nothing runs while nothing streams.
 */
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { decodeSlotHeader, encodeSlotHeader, type SlotHeader, slotHeaderBytes } from './slot-header.ts'

const controlBytes = 32

/** The shared memory of a ring: plain data, passes through `postMessage` without being copied. */
export type FrameRingMemory = {
  readonly slots: number
  /** Size of a slot: the largest frame that fits, bytes. */
  readonly slotBytes: number
  readonly control: SharedArrayBuffer
  readonly pixels: SharedArrayBuffer
}

/**
 * Allocates a ring of `slots` frames of at most `maxFrameBytes` each.
 * @throws RangeError when fewer than 2 slots are asked for.
 */
export function createFrameRing(options: { slots: number; maxFrameBytes: number }): FrameRingMemory {
  const { slots, maxFrameBytes } = options
  if (!Number.isInteger(slots) || slots < 2)
    throw new RangeError(`A frame ring needs at least 2 slots, not ${slots}`)
  if (!(maxFrameBytes > 0)) throw new RangeError(`maxFrameBytes must be positive, not ${maxFrameBytes}`)
  const slotBytes = Math.ceil(maxFrameBytes / 64) * 64
  return {
    slots,
    slotBytes,
    control: new SharedArrayBuffer(controlBytes + slots * slotHeaderBytes),
    pixels: new SharedArrayBuffer(slots * slotBytes),
  }
}

/** Number of frames published since the ring was made, which is also the index of the next frame. */
export function framesPublished({ control }: FrameRingMemory): number {
  return Number(Atomics.load(new BigInt64Array(control, 0, 1), 0))
}

class RingViews {
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
    const { generation, pixels } = this.#views.slot(this.#views.count())
    if ((Atomics.load(generation, 0) & 1) === 0) Atomics.add(generation, 0, 1)
    return pixels
  }

  /**
   * Publishes the slot that `slot` handed out and wakes all readers. A sequence number that is not greater than the
   * last one begins a new run (the acquisition has been started again).
   * @throws RangeError when the image does not fit into the slot, Error when no slot was taken.
   */
  commit(info: FrameInfo): void {
    const { header, generation } = this.#views.slot(this.#views.count())
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
    Atomics.add(generation, 0, 1)
    Atomics.add(this.#views.published, 0, 1n)
    Atomics.notify(this.#views.published, 0)
  }
}

/** Called with a slot's pixels, which must be copied out before it returns, and what is known of the frame. */
export type CopyFrame = (pixels: Uint8Array<SharedArrayBuffer>, info: FrameInfo) => void

/** What all readers share: waiting, and copying a slot under its sequence lock. */
class RingReader {
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
