import { pixelLayout, type PixelFormat } from '../frames/pixel-format.ts'

/** How n x n pixels become one: the upper left pixel, or the rounded mean. */
export type Reduction = 'sample' | 'average'

/** Number of pixels along a side of `length` after subsampling by `step`; a last, incomplete block counts. */
export function reducedLength(length: number, step: number): number {
  return Math.ceil(length / step)
}

/**
 * The format of a subsampled image. Bayer stays Bayer only when every odd-numbered pixel is sampled (the pattern then
 * repeats); otherwise what remains has no colour pattern and is called mono.
 */
export function reducedPixelFormat(
  format: PixelFormat,
  options: { step: number; reduction: Reduction },
): PixelFormat {
  const { kind, significantBits } = pixelLayout(format)
  const patternStays = options.step === 1 || (options.reduction === 'sample' && options.step % 2 === 1)
  if (kind !== 'bayer' || patternStays) return format
  return monoOf(significantBits)
}

function monoOf(bits: number): PixelFormat {
  if (bits === 8) return 'Mono8'
  if (bits === 10) return 'Mono10'
  if (bits === 12) return 'Mono12'
  return 'Mono16'
}
