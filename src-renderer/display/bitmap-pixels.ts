/** Reads pixels back from an ImageBitmap. */

/** A part of an image, in its pixels. */
export type Area = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

let canvas: OffscreenCanvas | undefined

/**
 * The pixels of an area: R, G, B, A bytes, rows from top to bottom.
 * @throws Error where workers have no 2D canvas.
 */
export function readBitmap(bitmap: ImageBitmap, { x, y, width, height }: Area): Uint8ClampedArray {
  const context = contextOf(width, height)
  context.drawImage(bitmap, -x, -y)
  return context.getImageData(0, 0, width, height).data
}

/**
 * `size` × `size` pixels taken evenly from all of the image: R, G, B, A bytes.
 * @throws Error where workers have no 2D canvas.
 */
export function sampleBitmap(bitmap: ImageBitmap, size: number): Uint8ClampedArray {
  const context = contextOf(size, size)
  context.imageSmoothingEnabled = false
  context.drawImage(bitmap, 0, 0, size, size)
  return context.getImageData(0, 0, size, size).data
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  canvas ??= new OffscreenCanvas(1, 1)
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser has no 2D canvas in workers')
  return context
}
