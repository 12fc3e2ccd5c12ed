/**
 * LZ4 frames (github.com/lz4/lz4, doc/lz4_Frame_format.md) put together from blocks that were compressed one by one,
 * and taken apart again. Always the same header: independent blocks of at most 4 MB, no checksums, no content size.
 * Block checksums must stay off: lz4js 0.2.0 decodes such frames to wrong pixels.
 */
import { CoverslipError } from '../errors.ts'

/** Most bytes that a block may hold, before and after compression. */
export const maxLz4BlockBytes = 4 * 2 ** 20

/** Magic 0x184D2204, FLG 0x60 (version 1, independent blocks), BD 0x70 (4 MB), xxh32 of these two >> 8. */
const frameHeader = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73)
const sizeBytes = 4
const storedFlag = 0x80000000

/** One block of a frame: compressed, or `stored` as it is. */
export type Lz4Block = { readonly bytes: Uint8Array; readonly stored: boolean }

/** Bytes of the frame that `writeLz4Frame` makes of `blocks`. */
export function lz4FrameBytes(blocks: readonly Lz4Block[]): number {
  return blocks.reduce((sum, block) => sum + sizeBytes + block.bytes.length, frameHeader.length + sizeBytes)
}

/** Writes `blocks` as a frame to the beginning of `target`, which has room for `lz4FrameBytes(blocks)`. */
export function writeLz4Frame(target: Uint8Array, blocks: readonly Lz4Block[]): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  target.set(frameHeader)
  let at = frameHeader.length
  for (const { bytes, stored } of blocks) {
    view.setUint32(at, bytes.length + (stored ? storedFlag : 0), true)
    target.set(bytes, at + sizeBytes)
    at += sizeBytes + bytes.length
  }
  view.setUint32(at, 0, true)
}

/**
 * The blocks of a frame as views into it, for one decoding each.
 * @throws CoverslipError INVALID_INPUT when it is not a frame as written by `writeLz4Frame`, or is cut off.
 */
export function parseLz4Frame(frame: Uint8Array): Lz4Block[] {
  if (frameHeader.some((byte, i) => frame[i] !== byte)) invalid('it does not begin with the expected header')
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const blocks: Lz4Block[] = []
  let at = frameHeader.length
  for (;;) {
    if (at + sizeBytes > frame.length) invalid('it ends before its end mark')
    const word = view.getUint32(at, true)
    at += sizeBytes
    if (word === 0) break
    const stored = (word & storedFlag) !== 0
    const length = stored ? word - storedFlag : word
    if (length === 0 || length > maxLz4BlockBytes) invalid(`block ${blocks.length} has ${length} bytes`)
    if (at + length > frame.length) invalid(`block ${blocks.length} is cut off`)
    blocks.push({ bytes: frame.subarray(at, at + length), stored })
    at += length
  }
  if (at !== frame.length) invalid(`${frame.length - at} bytes follow its end mark`)
  return blocks
}

function invalid(problem: string): never {
  throw new CoverslipError('INVALID_INPUT', `Not a valid LZ4 frame: ${problem}`, {
    hint: 'The packet was damaged on its way, or its metadata name another compression.',
  })
}
