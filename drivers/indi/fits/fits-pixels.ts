import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import type { BayerPattern, FitsImage } from './fits-header.ts'

const bayerFormats = {
  RGGB: { 8: 'BayerRG8', 16: 'BayerRG16' },
  GRBG: { 8: 'BayerGR8', 16: 'BayerGR16' },
  GBRG: { 8: 'BayerGB8', 16: 'BayerGB16' },
  BGGR: { 8: 'BayerBG8', 16: 'BayerBG16' },
} as const satisfies Record<BayerPattern, Record<8 | 16, PixelFormat>>

/** The format in which `copyFitsPixels` delivers an image: colour has 8 bits, all else that is deeper than 8 has 16. */
export function fitsPixelFormat({ bits, planes, bayer }: FitsImage): PixelFormat {
  if (planes === 3) return 'RGB8'
  const depth = bits === 8 ? 8 : 16
  if (bayer !== undefined) return bayerFormats[bayer][depth]
  return depth === 8 ? 'Mono8' : 'Mono16'
}

/**
 * Copies the pixels of `image`, which lie in `file`, to `slot`, as `fitsPixelFormat` says; rows in the order in which
 * the camera sent them. Values are BZERO + BSCALE · stored, limited to what the format holds (negative ones become 0).
 *
 * Samples of 32 bits are divided by 2^(`bits32` - 16), so that with 32 the whole range fits; 20 suits a camera that
 * counts to a million. Colour of 16 or 32 bits is divided further, to 8. Values are rounded.
 */
export function copyFitsPixels(
  file: Uint8Array,
  image: FitsImage,
  slot: Uint8Array,
  { bits32 }: { readonly bits32: number },
): void {
  const { bits, bscale, bzero, planes, dataOffset, dataBytes } = image
  if (planes === 1 && bits === 8 && bscale === 1 && bzero === 0) {
    slot.set(file.subarray(dataOffset, dataOffset + dataBytes))
    return
  }
  const start = file.byteOffset + dataOffset
  if (planes === 1 && bits === 16 && bscale === 1 && bzero === 32_768 && start % 4 === 0) {
    copyUnsigned16(file.buffer, start, dataBytes, slot)
    return
  }
  const divisor = bits === 32 ? 2 ** (bits32 - 16) : 1
  if (planes === 3) copyColour(file, image, slot, bits === 8 ? 1 : divisor * 256)
  else copyScaled(file, image, slot, divisor)
}

/** The usual case: 16 bits without sign, as they are stored in FITS; two pixels at a time. */
function copyUnsigned16(source: ArrayBufferLike, start: number, bytes: number, slot: Uint8Array): void {
  const words = Math.floor(bytes / 4)
  const from = new Uint32Array(source, start, words)
  const to = new Uint32Array(slot.buffer, slot.byteOffset, words)
  for (let i = 0; i < words; i++) {
    const word = from[i] ?? 0
    to[i] = (((word & 0x00ff00ff) << 8) | ((word >>> 8) & 0x00ff00ff)) ^ 0x80008000
  }
  if (bytes % 4 === 0) return
  const last = new Uint8Array(source, start + bytes - 2, 2)
  slot[bytes - 2] = last[1] ?? 0
  slot[bytes - 1] = (last[0] ?? 0) ^ 0x80
}

function copyScaled(file: Uint8Array, image: FitsImage, slot: Uint8Array, divisor: number): void {
  const { width, height, bits } = image
  const count = width * height
  const sample = sampleReader(file, image)
  if (bits === 8) {
    for (let i = 0; i < count; i++) slot[i] = limited(sample(i), 255)
    return
  }
  const pixels = new Uint16Array(slot.buffer, slot.byteOffset, count)
  for (let i = 0; i < count; i++) pixels[i] = limited(sample(i) / divisor, 65_535)
}

/** Three planes to pixels of red, green and blue. */
function copyColour(file: Uint8Array, image: FitsImage, slot: Uint8Array, divisor: number): void {
  const count = image.width * image.height
  const sample = sampleReader(file, image)
  for (let plane = 0; plane < 3; plane++) {
    for (let i = 0; i < count; i++) slot[3 * i + plane] = limited(sample(plane * count + i) / divisor, 255)
  }
}

function limited(value: number, most: number): number {
  return Math.round(Math.min(most, Math.max(0, value)))
}

/** Reads the sample of an index as what it means. */
function sampleReader(file: Uint8Array, { bits, bscale, bzero, dataOffset, dataBytes }: FitsImage) {
  const view = new DataView(file.buffer, file.byteOffset + dataOffset, dataBytes)
  switch (bits) {
    case 8:
      return (index: number) => bzero + bscale * view.getUint8(index)
    case 16:
      return (index: number) => bzero + bscale * view.getInt16(2 * index)
    case 32:
      return (index: number) => bzero + bscale * view.getInt32(4 * index)
  }
}
