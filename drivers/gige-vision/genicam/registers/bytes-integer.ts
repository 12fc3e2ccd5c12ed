/** Integers of 1 to 8 bytes, unsigned. */

/** The integer in the bytes of a register, up to 8 of them. */
export function bytesToInteger(bytes: Uint8Array, bigEndian: boolean): bigint {
  let high = 0
  let low = 0
  for (let place = 0; place < bytes.length; place++) {
    const byte = bytes[bigEndian ? bytes.length - 1 - place : place] ?? 0
    if (place < 4) low += byte * 2 ** (8 * place)
    else high += byte * 2 ** (8 * (place - 4))
  }
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low)
}

/** Its lowest `length` bytes. */
export function integerToBytes(value: bigint, length: number, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let place = 0; place < length; place++) {
    bytes[bigEndian ? length - 1 - place : place] = Number((value >> BigInt(8 * place)) & 0xffn)
  }
  return bytes
}
