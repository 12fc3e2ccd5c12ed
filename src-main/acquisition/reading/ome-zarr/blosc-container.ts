/**
 * The container of Blosc 1 (c-blosc, README_CHUNK_FORMAT), all little endian:
 *
 * | offset | bytes | |
 * |---|---|---|
 * | 2 | 1 | flags: bit 1, stored as it is; bit 4, blocks are not split |
 * | 3 | 1 | bytes of a sample |
 * | 4 | 4 | bytes that it holds |
 * | 8 | 4 | bytes of a block |
 * | 12 | 4 | its own bytes |
 * | 16 | 4 each | where blocks begin; each is one part, or one for each byte of a sample: 4 bytes for its length, and its data |
 */
const headerBytes = 16
/** Blocks of larger samples are not split, whatever the flag says. */
const mostParts = 16

/**
 * Checks that `bytes` are a whole container of `size` bytes: the decoder does not, and would give what lies behind them in
 * its memory.
 * @throws Error when they are cut off or damaged
 */
export function requireWholeBlosc(bytes: Uint8Array, size: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < headerBytes) throw new Error('a chunk is not what Blosc makes')
  const [flags, sampleBytes] = [view.getUint8(2), view.getUint8(3)]
  const [holds, blockBytes, own] = [4, 8, 12].map((at) => view.getUint32(at, true))
  if (holds !== size || own !== bytes.length || blockBytes === undefined || blockBytes === 0)
    throw new Error(`a chunk is not ${size} bytes that Blosc has made, or is cut off`)
  if ((flags & 2) !== 0) {
    if (bytes.length < headerBytes + size) throw new Error('a chunk is cut off')
    return
  }
  const blocks = Math.ceil(size / blockBytes)
  const starts = headerBytes + 4 * blocks
  if (starts > bytes.length) throw new Error('a chunk is damaged: its blocks are not all there')
  const fits = (start: number, parts: number) => {
    let at = start
    for (let part = 0; part < parts; part++) {
      if (at < starts || at + 4 > bytes.length) return false
      at += 4 + view.getUint32(at, true)
    }
    return at <= bytes.length
  }
  for (let block = 0; block < blocks; block++) {
    const start = view.getUint32(headerBytes + 4 * block, true)
    const isSplit = (flags & 16) === 0 && size - block * blockBytes >= blockBytes
    if (!fits(start, 1) || (isSplit && !fits(start, sampleBytes) && sampleBytes <= mostParts))
      throw new Error('a chunk is damaged: its blocks lie outside of it')
  }
}
