import { z } from 'zod'
import type { PlaneLayout } from './plane-format.ts'

/**
 * What is done to 16-bit pixels before compression. `delta-shuffle`: each pixel becomes
 * zigzag(pixel - pixel above it) modulo 2^16 with zigzag(d) = (d << 1) ^ (d >> 15); the rows that have none above
 * are differences to 0. Then the low bytes of the whole image come first and the high bytes after them.
 * Noise stays in the low bytes, the high bytes are almost all zero.
 */
export const pixelFilterSchema = z.enum(['none', 'delta-shuffle'])
export type PixelFilter = z.infer<typeof pixelFilterSchema>

/**
 * The distance in pixels to the pixel `above`: one row, or two in Bayer images (the next of the same colour).
 * undefined for images with 8-bit samples, real numbers or several channels: they are not filtered.
 */
export function filterLag(
  layout: Pick<PlaneLayout, 'kind' | 'channels' | 'bytesPerSample'>,
  width: number,
): number | undefined {
  if (layout.bytesPerSample !== 2 || layout.channels !== 1) return undefined
  return layout.kind === 'bayer' ? 2 * width : width
}
