/**
 * How cameras pack pixels of 10 and 12 bits. `source` holds one pixel per 16-bit sample, right-aligned; what follows the
 * last pixel in its group is zero.
 */

/** Bytes of `pixels` pixels of `bitsPerPixel`, as the formats of `packGroups` and `packBits` take them. */
export function packedBytes(pixels: number, bitsPerPixel: number): number {
  return Math.ceil((pixels * bitsPerPixel) / 8)
}

/**
 * GigE Vision's own packing (`Mono10Packed`, `Mono12Packed`, GigE Vision 2.2, "Pixel layouts"): two pixels in three
 * bytes. The outer bytes hold their upper 8 bits, the middle one the rest: of the first in its low nibble, of the
 * second in its high nibble.
 */
export function packGroups(source: Uint16Array, target: Uint8Array, pixels: number, bits: 10 | 12): void {
  const shift = bits - 8
  const rest = (1 << shift) - 1
  let at = 0
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const first = source[pixel] ?? 0
    const second = pixel + 1 < pixels ? (source[pixel + 1] ?? 0) : 0
    target[at] = first >> shift
    target[at + 1] = (first & rest) | ((second & rest) << 4)
    if (pixel + 1 < pixels) target[at + 2] = second >> shift
    at += 3
  }
}

/** PFNC's packing (`Mono10p`, `Mono12p`): one stream of bits, lowest bit first, with no gaps between pixels. */
export function packBits(source: Uint16Array, target: Uint8Array, pixels: number, bits: 10 | 12): void {
  let held = 0
  let heldBits = 0
  let at = 0
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    held |= (source[pixel] ?? 0) << heldBits
    heldBits += bits
    while (heldBits >= 8) {
      target[at] = held & 0xff
      at += 1
      held >>>= 8
      heldBits -= 8
    }
  }
  if (heldBits > 0) target[at] = held
}
