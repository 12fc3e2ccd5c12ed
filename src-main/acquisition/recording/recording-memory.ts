/** Memory that a recording sets apart before it starts. */
import type { RecordingRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { frameBytesOf, frameRateOf, type RecordedCamera } from './recording-room.ts'
import { dataSize } from '../data-size.ts'

/**
 * For frames that wait for the disk, all cameras of a recording together: what they make in two seconds, as disks pause
 * for one now and then. Where little is free, a share of that has to do.
 */
const bufferSeconds = 2
const leastBufferBytes = 256 * 2 ** 20
const mostBufferBytes = 2 ** 31
const bufferShareOfFree = 1 / 4
/** Fewer could not keep disk and camera busy at the same time. */
const fewestFrames = 3
/** Cameras may be a little faster than they are set to. */
const headroom = 1.1
/** Of the memory that is free: the rest is for everything else. */
const mostOfFree = 0.75

/** Bytes for one camera: for frames that wait for the disk, and for those of before the beginning. */
export type RecordingMemory = { readonly bufferBytes: number; readonly heldBytes: number }

export function recordingMemory(
  { begin, preRecordS }: Pick<RecordingRequest, 'begin' | 'preRecordS'>,
  cameras: readonly RecordedCamera[],
  freeBytes = process.availableMemory(),
): readonly RecordingMemory[] {
  const bytesPerSecond = cameras.reduce((sum, one) => sum + frameRateOf(one.camera) * frameBytesOf(one), 0)
  const bufferBytes = Math.max(
    leastBufferBytes,
    Math.min(mostBufferBytes, Math.ceil(bytesPerSecond * bufferSeconds), freeBytes * bufferShareOfFree),
  )
  return cameras.map(({ camera, ring }) => {
    const wanted = Math.ceil(preRecordS * frameRateOf(camera) * headroom)
    // Of before the start, there is no more than the ring holds.
    const frames = begin.kind === 'now' ? Math.min(wanted, ring.slots) : wanted
    return {
      bufferBytes: Math.max(bufferBytes / cameras.length, fewestFrames * ring.slotBytes),
      heldBytes: frames * frameBytesOf({ camera, ring }),
    }
  })
}

/** Of a plan's cameras: it waits for the disk where a recording would lose frames. */
export function planMemory(cameras: readonly RecordedCamera[]): readonly RecordingMemory[] {
  return recordingMemory({ begin: { kind: 'now' }, preRecordS: 0 }, cameras)
}

/** Of all cameras. */
export function totalMemory(memory: readonly RecordingMemory[]) {
  const sum = (of: (one: RecordingMemory) => number) => memory.reduce((all, one) => all + of(one), 0)
  const heldBytes = sum((one) => one.heldBytes)
  return { heldBytes, memoryBytes: heldBytes + sum((one) => one.bufferBytes) }
}

/** Bytes that a recording will need for each of its cameras; none where it would be refused: others need what is left. */
export function memoryToPrepare(memory: readonly RecordingMemory[], freeBytes: number): readonly number[] {
  return isRefused(memory, freeBytes) ? [] : memory.map(sizeOf)
}

/** @throws CoverslipError INVALID_INPUT when less is free */
export function requireMemory(
  memory: readonly RecordingMemory[],
  freeBytes = process.availableMemory(),
): void {
  if (!isRefused(memory, freeBytes)) return
  const { memoryBytes: bytes } = totalMemory(memory)
  throw new CoverslipError(
    'INVALID_INPUT',
    `The recording needs ${dataSize(bytes)} of memory before it starts, and ${dataSize(mostOfFree * freeBytes)} can be had`,
    {
      hint: 'Keep fewer seconds of before its beginning, lower the frame rate, or choose a smaller ROI.',
      data: { bytes, freeBytes },
    },
  )
}

function isRefused(memory: readonly RecordingMemory[], freeBytes: number): boolean {
  return totalMemory(memory).memoryBytes > mostOfFree * freeBytes
}

/** Of one camera, both together. */
const sizeOf = ({ bufferBytes, heldBytes }: RecordingMemory): number => bufferBytes + heldBytes
