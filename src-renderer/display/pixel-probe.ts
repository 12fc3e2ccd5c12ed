/** Reads pixel values back from the frame on screen. */
import { bayerColour } from '../../src-shared/frames/bayer-pattern.ts'
import { debayeredPixel } from '../../src-shared/kernels/debayer.ts'
import { readBitmap } from './bitmap-pixels.ts'
import type { FramePixels, GreyWindow, Probe, ShownFrame } from './display-types.ts'
import type { ImagePixels } from './image-textures.ts'
import type { Point } from './view-transform.ts'

/** The pixel of `image` at image coordinates `at`; undefined outside the image. */
export function probePixel(frame: ShownFrame, image: ImagePixels, at: Point): Probe | undefined {
  const column = Math.floor(at.x)
  const row = Math.floor(at.y)
  if (column < 0 || row < 0 || column >= image.width || row >= image.height) return undefined
  return {
    // Video is scaled by any factor, everything else by whole ones; a last block may stand for fewer pixels.
    x: Math.min(frame.originalWidth - 1, frame.offsetX + Math.floor(column * frame.subsampling)),
    y: Math.min(frame.originalHeight - 1, frame.offsetY + Math.floor(row * frame.subsampling)),
    value: valueAt(frame, image, column, row),
    ...precisionOf(frame, image, row * image.width + column),
    ...mosaicAt(image, column, row),
    ...stagePosition(frame, column, row),
  }
}

/** Pixel value (ADU) that the stream's window turned into `grey` (0–255): right to within half a grey step. */
export function aduOfGrey(grey: number, window: GreyWindow): number {
  return window.low + (window.high - window.low) * (grey / 255) ** window.gamma
}

/** Stage coordinates (µm) of a delivered pixel's centre: the stage's position is that of the camera frame's centre. */
export function stagePosition(frame: ShownFrame, column: number, row: number) {
  const { stage, pixelSizeUm, subsampling } = frame
  if (pixelSizeUm === undefined) return { xUm: undefined, yUm: undefined }
  const cameraPixelUm = pixelSizeUm / subsampling
  const dx = frame.offsetX + (column + 0.5) * subsampling - frame.originalWidth / 2
  const dy = frame.offsetY + (row + 0.5) * subsampling - frame.originalHeight / 2
  return {
    xUm: stage?.x === undefined ? undefined : stage.x + dx * cameraPixelUm,
    yUm: stage?.y === undefined ? undefined : stage.y + dy * cameraPixelUm,
  }
}

/** Real numbers have 24 bits: larger whole numbers of a file are not told to the last digit. */
function precisionOf(frame: ShownFrame, image: ImagePixels, at: number): Pick<Probe, 'approximate' | 'real'> {
  if (image.kind !== 'real') return { approximate: frame.windowed !== undefined }
  return { real: true, approximate: Math.abs(image.pixels[at] ?? 0) > 2 ** 24 }
}

function mosaicAt(image: ImagePixels, column: number, row: number): Pick<Probe, 'mosaic'> {
  if (image.kind !== 'bayer') return {}
  const colour = bayerColour(image.pattern, column, row)
  return { mosaic: { colour, rgb: debayeredPixel(image, column, row) } }
}

function valueAt(frame: ShownFrame, image: ImagePixels, column: number, row: number): Probe['value'] {
  if (image.kind === 'mono' || image.kind === 'bayer' || image.kind === 'real')
    return image.pixels[row * image.width + column] ?? 0
  if (image.kind === 'rgb') return triple(image.pixels, 3 * (row * image.width + column))
  const [first, second, third] =
    'bitmap' in image
      ? triple(readBitmap(image.bitmap, { x: column, y: row, width: 1, height: 1 }), 0)
      : triple(image.pixels, 4 * (row * image.width + column))
  const toAdu = (grey: number) =>
    frame.windowed === undefined ? grey : Math.round(aduOfGrey(grey, frame.windowed))
  if (image.kind === 'grey32') return toAdu(first)
  const [r, g, b] = image.kind === 'bgr32' ? [third, second, first] : [first, second, third]
  return [toAdu(r), toAdu(g), toAdu(b)]
}

function triple(samples: Uint8Array | Uint8ClampedArray, at: number): readonly [number, number, number] {
  return [samples[at] ?? 0, samples[at + 1] ?? 0, samples[at + 2] ?? 0]
}

/** A copy of all pixels, as delivered: grey or RGB bytes for JPEG and video frames. */
export function copyPixels(frame: ShownFrame, image: ImagePixels): FramePixels {
  if (image.kind === 'mono' || image.kind === 'bayer' || image.kind === 'rgb' || image.kind === 'real')
    return { frame, pixels: image.pixels.slice() }
  const order = image.kind === 'grey32' ? [0] : image.kind === 'bgr32' ? [2, 1, 0] : [0, 1, 2]
  const { width, height } = image
  const count = width * height
  const source = 'bitmap' in image ? readBitmap(image.bitmap, { x: 0, y: 0, width, height }) : image.pixels
  const pixels = new Uint8Array(count * order.length)
  for (const [c, byte] of order.entries()) {
    for (let i = 0; i < count; i++) pixels[i * order.length + c] = source[i * 4 + byte] ?? 0
  }
  return { frame, pixels }
}
