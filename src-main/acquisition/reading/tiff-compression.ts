/**
 * Decompresses strips and tiles of TIFF files. The room that they may take is known before, and none is taken beyond it:
 * geotiff's decoders have no such bound, and a small file can claim gigabytes.
 */
import { promisify } from 'node:util'
import { inflate, zstdDecompress } from 'node:zlib'

const inflated = promisify(inflate)
const zstdDecompressed = promisify(zstdDecompress)

/** Of TIFF Technical Note 2: see `tiff-jpeg.ts`. */
export const jpegCompression = 7

/** Schemes that can be undone, by the value of tag 259. */
export const tiffCompressions: ReadonlySet<number> = new Set([1, 5, jpegCompression, 8, 32773, 32946, 50000])

/** Names of the others, for people. */
export const compressionNames: Readonly<Record<number, string>> = {
  2: 'CCITT',
  3: 'CCITT',
  4: 'CCITT',
  6: 'JPEG of TIFF 6.0',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
}

/**
 * `bytes` decompressed into exactly `length` bytes.
 * @param compression one of `tiffCompressions`, but not JPEG.
 * @throws Error when they are damaged or hold less than that.
 */
export async function decompressBlock(
  bytes: Uint8Array,
  { compression, length }: { readonly compression: number; readonly length: number },
): Promise<Uint8Array> {
  const whole = await decompressed(bytes, compression, length)
  if (whole.length < length) throw new Error(`${length} bytes were expected, it holds ${whole.length}`)
  return whole.subarray(0, length)
}

async function decompressed(bytes: Uint8Array, compression: number, length: number): Promise<Uint8Array> {
  switch (compression) {
    case 1:
      return bytes
    case 5:
      return lzwDecoded(bytes, length)
    case 8:
    case 32946:
      return bounded(inflated, bytes, length)
    case 50000:
      return bounded(zstdDecompressed, bytes, length)
    case 32773:
      return packBitsDecoded(bytes, length)
    default:
      throw new Error(`compression ${compression} is not known`)
  }
}

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>

/** Some writers pad the last strip to a whole one: a little more than is needed is no fault. */
const paddingRoom = 2

function bounded(decompress: Decompress, bytes: Uint8Array, length: number): Promise<Buffer> {
  return decompress(bytes, { maxOutputLength: Math.max(1024, paddingRoom * length) })
}

/** PackBits (TIFF 6.0, section 9). */
function packBitsDecoded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  let [from, to] = [0, 0]
  while (from < bytes.length && to < length) {
    const code = ((bytes[from] ?? 0) << 24) >> 24
    from += 1
    if (code >= 0) {
      const literal = bytes.subarray(from, Math.min(from + code + 1, from + length - to))
      out.set(literal, to)
      from += code + 1
      to += literal.length
    } else if (code !== -128) {
      const end = Math.min(length, to + 1 - code)
      out.fill(bytes[from] ?? 0, to, end)
      from += 1
      to = end
    }
  }
  return out.subarray(0, to)
}

const clearCode = 256
const endCode = 257
const mostCodes = 4096

/** LZW with codes of 9 to 12 bits, most significant bit first (TIFF 6.0, section 13). */
function lzwDecoded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  // A string of the table is the one before it in the output and the byte behind that: where it begins, and how long.
  const starts = new Uint32Array(mostCodes)
  const lengths = new Uint32Array(mostCodes)
  let [next, width, to] = [endCode + 1, 9, 0]
  let [bits, bitCount] = [0, 0]
  let before: { readonly start: number; readonly length: number } | undefined
  for (let from = 0; to < length; ) {
    while (bitCount < width && from < bytes.length) {
      bits = ((bits << 8) | (bytes[from] ?? 0)) & 0xffffff
      bitCount += 8
      from += 1
    }
    if (bitCount < width) break
    const code = (bits >> (bitCount - width)) & ((1 << width) - 1)
    bitCount -= width
    if (code === endCode) break
    if (code === clearCode) {
      next = endCode + 1
      width = 9
      before = undefined
      continue
    }
    if (before !== undefined && next < mostCodes) {
      starts[next] = before.start
      lengths[next] = before.length + 1
      next += 1
    }
    const start = to
    if (code < clearCode) {
      out[to] = code
      to += 1
    } else {
      if (code >= next) throw new Error('its LZW data are damaged')
      // The last string of the table may reach into itself: byte by byte.
      const stringStart = starts[code] ?? 0
      const end = Math.min(length, to + (lengths[code] ?? 0))
      for (let at = stringStart; to < end; at++) {
        out[to] = out[at] ?? 0
        to += 1
      }
    }
    before = { start, length: to - start }
    // One code early, as all writers do.
    width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9
  }
  return out.subarray(0, to)
}
