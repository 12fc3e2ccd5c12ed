import { pixelLayout, type PixelFormat } from '../frames/pixel-format.ts'

/** A rectangle of pixels; `x`, `y` is its upper left corner. */
export type Region = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * The centred square of `cropSize` pixels, cut where the image is smaller; the whole image when `cropSize` is 0.
 * On Bayer images it begins at even coordinates, so that the colour pattern stays what the format says.
 */
export function centredCrop(image: {
  readonly width: number
  readonly height: number
  readonly pixelFormat: PixelFormat
  readonly cropSize: number
}): Region {
  const width = image.cropSize === 0 ? image.width : Math.min(image.cropSize, image.width)
  const height = image.cropSize === 0 ? image.height : Math.min(image.cropSize, image.height)
  const grid = pixelLayout(image.pixelFormat).kind === 'bayer' ? 2 : 1
  const centre = (room: number) => Math.floor(room / 2 / grid) * grid
  return { x: centre(image.width - width), y: centre(image.height - height), width, height }
}
