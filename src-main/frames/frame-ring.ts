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
import { slotHeaderBytes } from './slot-header.ts'

/** What comes before the slots' headers in `control`. */
export const controlBytes = 32

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
