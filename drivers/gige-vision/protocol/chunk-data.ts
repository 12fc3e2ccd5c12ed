/**
 * Chunk data: [data][id u32][length u32], one after the other, big endian. As each chunk says its length behind its
 * data, they are read from the end.
 */

/** One piece of the data beside an image. */
export type Chunk = { readonly id: number; readonly data: Buffer }

const tailBytes = 8
/** More chunks than any device sends. */
const maxChunks = 256

/**
 * The chunks in `data`, in order; undefined when lengths and bytes do not agree. Where `data` is only the end, the first
 * chunk (the image) begins up to `bytesBefore` earlier; its part in `data` is what is returned of it.
 */
export function decodeChunks(data: Buffer, bytesBefore = 0): readonly Chunk[] | undefined {
  const chunks: Chunk[] = []
  let end = data.length
  while (end > 0) {
    if (end < tailBytes || chunks.length === maxChunks) return undefined
    const id = data.readUInt32BE(end - 8)
    const length = data.readUInt32BE(end - 4)
    const start = end - tailBytes - length
    if (start < -bytesBefore) return undefined
    chunks.push({ id, data: data.subarray(Math.max(0, start), end - tailBytes) })
    end = start
  }
  return chunks.reverse()
}

/** `chunks` as they follow each other in the data. */
export function encodeChunks(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat(
    chunks.flatMap(({ id, data }) => {
      const tail = Buffer.alloc(tailBytes)
      tail.writeUInt32BE(id, 0)
      tail.writeUInt32BE(data.length, 4)
      return [data, tail]
    }),
  )
}
