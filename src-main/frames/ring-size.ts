/** How large a camera's ring is: what readers of its frames, a recording above all, may be late by. */
import { totalmem } from 'node:os'

/** A 64th of the computer's memory: 96 MB with up to 6 GB of it, 128 MB with 8, 256 MB with 16, 384 MB from 24 on. */
const shareOfMemory = 1 / 64
const ringBytes = { least: 96 * 2 ** 20, most: 384 * 2 ** 20 }
/** Of small images, the most are half a second of a thousand frames per second. */
const ringSlots = { least: 4, most: 512 }

/**
 * Frames that the ring of a camera holds whose largest take `maxFrameBytes`.
 * @param memoryBytes of the computer
 */
export function ringSlotsFor(maxFrameBytes: number, memoryBytes = installedMemory()): number {
  const bytes = Math.min(ringBytes.most, Math.max(ringBytes.least, memoryBytes * shareOfMemory))
  return Math.min(ringSlots.most, Math.max(ringSlots.least, Math.floor(bytes / maxFrameBytes)))
}

/** Of this computer, or of the container that the process runs in. */
export function installedMemory(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()
}
