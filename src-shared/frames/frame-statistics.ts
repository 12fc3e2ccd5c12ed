import { z } from 'zod'

/** What is measured on each frame, in pixel values (ADU); over the samples of all channels where there are three. */
export const frameStatisticsSchema = z.object({
  /** Smallest and largest of all samples. */
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  /** 0.1 % and 99.9 % of the samples are at or below these. */
  p001: z.number(),
  p999: z.number(),
  /** Fraction (0..1) of the samples at the largest value that the significant bits allow. */
  saturated: z.number().min(0).max(1),
})
export type FrameStatistics = z.infer<typeof frameStatisticsSchema>

/** Number of bins of a frame's histogram; they divide 0 .. 2^histogramBits - 1 evenly, the last also counts all above. */
export const histogramBins = 256

/**
 * Bits of the values that a histogram resolves: twice the range that the image uses, as a dim image of a 16-bit camera
 * would otherwise lie in its first bin.
 */
export function histogramBits(p999: number, significantBits: number): number {
  const used = Math.ceil(Math.log2(2 * (p999 + 1)))
  return Math.min(significantBits, Math.max(Math.log2(histogramBins), used))
}
