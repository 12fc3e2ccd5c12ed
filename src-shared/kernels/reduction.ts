/** How n x n pixels become one: the upper left pixel, or the rounded mean. */
export type Reduction = 'sample' | 'average'

/** Number of pixels along a side of `length` after subsampling by `step`; a last, incomplete block counts. */
export function reducedLength(length: number, step: number): number {
  return Math.ceil(length / step)
}

/**
 * The same for a Bayer mosaic. So that what remains is a mosaic of the same pattern, it is reduced by blocks of
 * 2 x 2 `step` pixels, each of which becomes 2 x 2 pixels: of every colour the first pixel of the block, or the mean.
 */
export function reducedMosaicLength(length: number, step: number): number {
  const block = 2 * step
  return 2 * Math.floor(length / block) + Math.min(2, length % block)
}
