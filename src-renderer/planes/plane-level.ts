/** Which of an image's smaller copies is shown. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import type { Size } from '../display/view-transform.ts'

/** Pixels of the whole image that one of a smaller copy stands for, in x and y. */
export function scaleOf(whole: Size, level: Size): number {
  const ratio = whole.width / level.width
  // Copies by whole factors are rounded up or down at the edge.
  const factor = Math.max(1, Math.round(ratio))
  return Math.abs(factor * level.width - whole.width) < factor ? factor : ratio
}

/** How large the image is on the screen. */
export type LevelOptions = {
  /** CSS pixels per pixel of the whole image. */
  readonly zoom: number
  readonly devicePixelRatio: number
  /** Largest width and height that can be drawn. */
  readonly maxSize: number
}

/**
 * The smallest copy that still has a pixel for each of the screen's; of images that are larger than the graphics card
 * draws, the largest that it does.
 */
export function levelFor(
  { width, height, levels }: Pick<ImageDataset, 'width' | 'height' | 'levels'>,
  { zoom, devicePixelRatio, maxSize }: LevelOptions,
): number {
  const needed = 1 / (zoom * devicePixelRatio)
  let chosen = 0
  for (const [index, level] of levels.entries()) {
    const drawable = level.width <= maxSize && level.height <= maxSize
    const before = levels[chosen]
    const beforeDrawable = before !== undefined && before.width <= maxSize && before.height <= maxSize
    // A little too coarse is not seen, and saves four times the data.
    if (drawable && (!beforeDrawable || scaleOf({ width, height }, level) <= needed * 1.1)) chosen = index
  }
  return chosen
}
