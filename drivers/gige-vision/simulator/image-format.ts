/** The pixel formats that the simulated cameras send. */
import { bitsPerPixel, pixelCodes, type WirePixelFormat } from '../protocol/pixel-codes.ts'
import { packedBytes } from './pixel-packing.ts'

/** A Bayer pattern, as pixel formats name it. */
export type BayerOrder = 'RG' | 'GR' | 'GB' | 'BG'

/** How the pixels of an image are sent. */
export type ImageFormat = {
  readonly name: WirePixelFormat
  readonly code: number
  /** What a pixel is made of. */
  readonly colour: 'mono' | 'rgb' | 'bgr' | 'uyvy' | 'yuyv' | BayerOrder
  /** Bits of a sample. */
  readonly bits: 8 | 10 | 12 | 16
  /** How samples follow each other: one byte or one little-endian word each, or packed (`pixel-packing.ts`). */
  readonly packing: 'bytes' | 'words' | 'groups' | 'bits'
}

function format(
  name: WirePixelFormat,
  colour: ImageFormat['colour'],
  bits: ImageFormat['bits'],
  packing: ImageFormat['packing'] = bits === 8 ? 'bytes' : 'words',
): ImageFormat {
  return { name, code: pixelCodes[name], colour, bits, packing }
}

/** Of the monochrome camera; the first is the default. */
export const monoFormats: readonly ImageFormat[] = [
  format('Mono8', 'mono', 8),
  format('Mono10', 'mono', 10),
  format('Mono10Packed', 'mono', 10, 'groups'),
  format('Mono10p', 'mono', 10, 'bits'),
  format('Mono12', 'mono', 12),
  format('Mono12Packed', 'mono', 12, 'groups'),
  format('Mono12p', 'mono', 12, 'bits'),
  format('Mono16', 'mono', 16),
]

/** Of the colour camera; the first is the default. */
export const colourFormats: readonly ImageFormat[] = [
  format('BayerRG8', 'RG', 8),
  format('BayerGR8', 'GR', 8),
  format('BayerGB8', 'GB', 8),
  format('BayerBG8', 'BG', 8),
  format('BayerRG10', 'RG', 10),
  format('BayerRG10Packed', 'RG', 10, 'groups'),
  format('BayerRG10p', 'RG', 10, 'bits'),
  format('BayerRG12', 'RG', 12),
  format('BayerRG12Packed', 'RG', 12, 'groups'),
  format('BayerRG12p', 'RG', 12, 'bits'),
  format('BayerRG16', 'RG', 16),
  format('RGB8', 'rgb', 8),
  format('BGR8', 'bgr', 8),
  format('YUV422_8_UYVY', 'uyvy', 8),
  format('YUV422_8', 'yuyv', 8),
  format('Mono8', 'mono', 8),
]

/** Bytes of an image as it is sent, without padding. */
export function imageDataBytes({ code }: ImageFormat, width: number, height: number): number {
  return packedBytes(width * height, bitsPerPixel(code))
}
