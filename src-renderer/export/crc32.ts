/** Bytes that are taken at once. */
const stride = 4

/**
 * Of each byte, what it does to the checksum: the polynomial of ISO 3309, bits reversed; in the tables after the first, when
 * so many bytes follow it (M. Kounavis and F. Berry, A systematic approach to building high performance software-based CRC
 * generators, 2005).
 */
const tables = Array.from({ length: stride }, () => new Uint32Array(256))
const [last = new Uint32Array(), third = last, second = last, first = last] = tables
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * 0xedb88320)
  last[byte] = value
}
for (let byte = 0; byte < 256; byte++) {
  let value = last[byte] ?? 0
  for (const table of [third, second, first]) {
    value = (value >>> 8) ^ (last[value & 255] ?? 0)
    table[byte] = value
  }
}

/** CRC-32 (ISO 3309) over `bytes`, going on from `before`, that of what was before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  const whole = bytes.length - (bytes.length % stride)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let i = 0; i < whole; i += stride) {
    crc ^= view.getUint32(i, true)
    crc =
      (first[crc & 255] ?? 0) ^
      (second[(crc >>> 8) & 255] ?? 0) ^
      (third[(crc >>> 16) & 255] ?? 0) ^
      (last[crc >>> 24] ?? 0)
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ (last[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0)
  return ~crc >>> 0
}
