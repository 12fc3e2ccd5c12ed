/** Images of a colour sensor, made from the RGB image that the overview camera sees. */
import type { BayerOrder, ImageFormat } from './image-format.ts'

/** Part of an RGB8 image. */
export type ColourRegion = {
  readonly rgb: Uint8Array
  /** Width of the whole image, pixels. */
  readonly rowPixels: number
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Colour (0 red, 1 green, 2 blue) of the four pixels at the top left, row by row. */
const mosaics: Readonly<Record<BayerOrder, readonly [number, number, number, number]>> = {
  RG: [0, 1, 1, 2],
  GR: [1, 0, 2, 1],
  GB: [1, 2, 0, 1],
  BG: [2, 1, 1, 0],
}

/** What a sensor with a colour filter array sees: one colour per pixel, 8 bits spread over `bits`. */
export function mosaic(
  region: ColourRegion,
  order: BayerOrder,
  bits: number,
  samples: Uint8Array | Uint16Array,
): void {
  const { rgb, rowPixels, left, top, width, height } = region
  const pattern = mosaics[order]
  const up = bits - 8
  for (let y = 0; y < height; y += 1) {
    const even = pattern[y % 2 === 0 ? 0 : 2] ?? 0
    const odd = pattern[y % 2 === 0 ? 1 : 3] ?? 0
    let from = 3 * ((top + y) * rowPixels + left)
    let to = y * width
    for (let x = 0; x < width; x += 1) {
      const value = rgb[from + (x % 2 === 0 ? even : odd)] ?? 0
      // The upper bits again at the bottom, so that full scale stays full scale.
      samples[to] = (value << up) | (value >> (8 - up))
      from += 3
      to += 1
    }
  }
}

/** Pixels with all of their colours, or none: RGB8, BGR8, Mono8 (luminance), YUV422_8_UYVY and YUV422_8 (ITU-R BT.601). */
export function interleave(
  region: ColourRegion,
  colour: Exclude<ImageFormat['colour'], BayerOrder>,
  target: Uint8Array,
): void {
  const { rgb, rowPixels, left, top, width, height } = region
  for (let y = 0; y < height; y += 1) {
    const start = 3 * ((top + y) * rowPixels + left)
    const row = rgb.subarray(start, start + 3 * width)
    switch (colour) {
      case 'rgb':
        target.set(row, 3 * y * width)
        break
      case 'bgr':
        writeReversed(row, target, 3 * y * width)
        break
      case 'mono':
        writeLuma(row, target, y * width)
        break
      case 'uyvy':
        writeYuv(row, target, 2 * y * width, { luma: 1, chroma: 0 })
        break
      case 'yuyv':
        writeYuv(row, target, 2 * y * width, { luma: 0, chroma: 1 })
    }
  }
}

function writeReversed(row: Uint8Array, target: Uint8Array, start: number): void {
  for (let at = 0; at < row.length; at += 3) {
    target[start + at] = row[at + 2] ?? 0
    target[start + at + 1] = row[at + 1] ?? 0
    target[start + at + 2] = row[at] ?? 0
  }
}

function writeLuma(row: Uint8Array, target: Uint8Array, start: number): void {
  for (let at = 0; at < row.length; at += 3) target[start + at / 3] = lumaAt(row, at)
}

/** Two pixels in four bytes: each its own luma, and the mean of both as chroma U and V. */
function writeYuv(
  row: Uint8Array,
  target: Uint8Array,
  start: number,
  offsets: { luma: number; chroma: number },
): void {
  let to = start
  for (let at = 0; at < row.length; at += 6) {
    const r = ((row[at] ?? 0) + (row[at + 3] ?? 0)) / 2
    const g = ((row[at + 1] ?? 0) + (row[at + 4] ?? 0)) / 2
    const b = ((row[at + 2] ?? 0) + (row[at + 5] ?? 0)) / 2
    target[to + offsets.luma] = lumaAt(row, at)
    target[to + offsets.luma + 2] = lumaAt(row, at + 3)
    target[to + offsets.chroma] = clampByte(128 - 0.168736 * r - 0.331264 * g + 0.5 * b)
    target[to + offsets.chroma + 2] = clampByte(128 + 0.5 * r - 0.418688 * g - 0.081312 * b)
    to += 4
  }
}

function lumaAt(row: Uint8Array, at: number): number {
  return clampByte(0.299 * (row[at] ?? 0) + 0.587 * (row[at + 1] ?? 0) + 0.114 * (row[at + 2] ?? 0))
}

function clampByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)))
}
