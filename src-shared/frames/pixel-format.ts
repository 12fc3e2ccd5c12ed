/**
 * Pixel formats by their names in the GenICam Pixel Format Naming Convention (PFNC 2.4), as they lie in a
 * FrameRing slot: always unpacked, 8-bit formats in one byte, deeper ones right-aligned in 16-bit little endian.
 */
import { z } from 'zod'
import { type BayerPattern, bayerPatterns } from './bayer-pattern.ts'

/** Formats of pixels in memory, called as in PFNC. */
export const pixelFormatSchema = z.enum([
  'Mono8',
  'Mono10',
  'Mono12',
  'Mono14',
  'Mono16',
  'BayerRG8',
  'BayerGR8',
  'BayerGB8',
  'BayerBG8',
  'BayerRG10',
  'BayerGR10',
  'BayerGB10',
  'BayerBG10',
  'BayerRG12',
  'BayerGR12',
  'BayerGB12',
  'BayerBG12',
  'BayerRG16',
  'BayerGR16',
  'BayerGB16',
  'BayerBG16',
  'RGB8',
])
export type PixelFormat = z.infer<typeof pixelFormatSchema>

/** All formats, in a fixed order: the index is how a FrameRing slot header stores the format. */
export const pixelFormats: readonly PixelFormat[] = pixelFormatSchema.options

/** What one needs to know to address and interpret the pixels of a format. */
export type PixelLayout = {
  readonly kind: 'mono' | 'bayer' | 'rgb'
  /** Of Bayer formats. */
  readonly pattern?: BayerPattern
  /** Samples per pixel: 1, or 3 for RGB (interleaved R, G, B). */
  readonly channels: 1 | 3
  /** Bytes of one sample: 1, or 2 (little endian). */
  readonly bytesPerSample: 1 | 2
  /** Bytes of one pixel: channels x bytesPerSample. */
  readonly bytesPerPixel: 1 | 2 | 3
  /** Bits that carry signal; the largest value is 2^significantBits - 1. */
  readonly significantBits: number
}

function layoutOf(format: PixelFormat): PixelLayout {
  if (format === 'RGB8')
    return { kind: 'rgb', channels: 3, bytesPerSample: 1, bytesPerPixel: 3, significantBits: 8 }
  const significantBits = Number(/\d+$/.exec(format)?.[0])
  const bytes = significantBits > 8 ? 2 : 1
  const pattern = bayerPatterns.find((name) => format.startsWith(`Bayer${name}`))
  return {
    kind: pattern === undefined ? 'mono' : 'bayer',
    ...(pattern === undefined ? {} : { pattern }),
    channels: 1,
    bytesPerSample: bytes,
    bytesPerPixel: bytes,
    significantBits,
  }
}

const layouts = new Map(pixelFormats.map((format) => [format, layoutOf(format)]))

/** The memory layout of `format`. */
export function pixelLayout(format: PixelFormat): PixelLayout {
  const layout = layouts.get(format)
  if (layout === undefined) throw new TypeError(`Unknown pixel format ${String(format)}`)
  return layout
}

/** Bytes of a `width` x `height` image of `format`, without row padding. */
export function imageBytes(format: PixelFormat, width: number, height: number): number {
  return width * height * pixelLayout(format).bytesPerPixel
}
