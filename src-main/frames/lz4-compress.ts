import { compress, compressSync } from 'lz4-napi'
import { type Lz4Block, maxLz4BlockBytes } from '../../src-shared/frames/lz4-frame.ts'

/** lz4-napi puts the size before each block; frames do not want it, bytes. */
const sizePrefixBytes = 4

/** A block that does not shrink below this is stored as it is: decoding it is then a mere copy. */
const worthwhile = 0.9

/** Blocks from this size on are tried on samples first, as LZ4 spends more time on noise than on anything else. */
const sampledFrom = 256 * 1024
const samplePieces = 8
const pieceBytes = 8 * 1024
const sample = Buffer.alloc(samplePieces * pieceBytes)

/**
 * Compresses `bytes` to the blocks of an LZ4 frame, on the thread pool. No block reaches across a multiple of
 * `planeBytes`: byte planes differ too much to share one.
 * The blocks may be views into `bytes`, which must not change until they have been written.
 */
export function compressLz4(bytes: Uint8Array<ArrayBuffer>, planeBytes: number): Promise<Lz4Block[]> {
  const blocks: Promise<Lz4Block>[] = []
  for (let plane = 0; plane < bytes.length; plane += planeBytes) {
    const end = Math.min(plane + planeBytes, bytes.length)
    for (let at = plane; at < end; at += maxLz4BlockBytes) {
      blocks.push(compressBlock(bytes.subarray(at, Math.min(at + maxLz4BlockBytes, end))))
    }
  }
  return Promise.all(blocks)
}

async function compressBlock(bytes: Uint8Array<ArrayBuffer>): Promise<Lz4Block> {
  if (bytes.length >= sampledFrom && !samplesShrink(bytes)) return { bytes, stored: true }
  const compressed = (await compress(bytes)).subarray(sizePrefixBytes)
  return compressed.length < bytes.length * worthwhile
    ? { bytes: compressed, stored: false }
    : { bytes, stored: true }
}

function samplesShrink(bytes: Uint8Array<ArrayBuffer>): boolean {
  const distance = Math.floor((bytes.length - pieceBytes) / (samplePieces - 1))
  for (let piece = 0; piece < samplePieces; piece++) {
    sample.set(bytes.subarray(piece * distance, piece * distance + pieceBytes), piece * pieceBytes)
  }
  return compressSync(sample).length < sample.length * worthwhile
}
