/** Reads pixel values back from the frame on screen. */
import type { FramePixels, GreyWindow, Probe, ShownFrame } from './display-types.ts'
import type { ImagePixels } from './image-renderer.ts'
import type { Point } from './view-transform.ts'

/** The pixel of `image` at image coordinates `at`; undefined outside the image. */
export function probePixel(frame: ShownFrame, image: ImagePixels, at: Point): Probe | undefined {
  const column = Math.floor(at.x)
  const row = Math.floor(at.y)
  if (column < 0 || row < 0 || column >= image.width || row >= image.height) return undefined
  return {
    x: frame.offsetX + column * frame.subsampling,
    y: frame.offsetY + row * frame.subsampling,
    value: valueAt(frame, image, column, row),
    approximate: frame.windowed !== undefined,
    ...stagePosition(frame, column, row),
  }
}

/** Pixel value (ADU) that the stream's window turned into `grey` (0–255): right to within half a grey step. */
export function aduOfGrey(grey: number, window: GreyWindow): number {
  return window.low + (window.high - window.low) * (grey / 255) ** window.gamma
}

/** Stage coordinates of a delivered pixel's centre: the stage's position is that of the camera frame's centre. */
function stagePosition(frame: ShownFrame, column: number, row: number) {
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

function valueAt(frame: ShownFrame, image: ImagePixels, column: number, row: number): Probe['value'] {
  if (image.kind === 'mono') return image.pixels[row * image.width + column] ?? 0
  if (image.kind === 'rgb') return triple(image.pixels, 3 * (row * image.width + column))
  const rgba = readBitmap(image.pixels, { x: column, y: row, width: 1, height: 1 })
  const toAdu = (grey: number) =>
    frame.windowed === undefined ? grey : Math.round(aduOfGrey(grey, frame.windowed))
  if (image.kind === 'grey-bitmap') return toAdu(rgba[0] ?? 0)
  const [r, g, b] = triple(rgba, 0)
  return [toAdu(r), toAdu(g), toAdu(b)]
}

function triple(samples: Uint8Array | Uint8ClampedArray, at: number): readonly [number, number, number] {
  return [samples[at] ?? 0, samples[at + 1] ?? 0, samples[at + 2] ?? 0]
}

/** A copy of all pixels, as delivered: grey or RGB bytes for JPEG frames. */
export function copyPixels(frame: ShownFrame, image: ImagePixels): FramePixels {
  if (image.kind === 'mono' || image.kind === 'rgb') return { frame, pixels: image.pixels.slice() }
  const rgba = readBitmap(image.pixels, { x: 0, y: 0, width: image.width, height: image.height })
  const channels = image.kind === 'grey-bitmap' ? 1 : 3
  const pixels = new Uint8Array(image.width * image.height * channels)
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    for (let c = 0; c < channels; c++) pixels[pixel * channels + c] = rgba[pixel * 4 + c] ?? 0
  }
  return { frame, pixels }
}

type Area = Point & { readonly width: number; readonly height: number }

/** RGBA bytes of a part of a bitmap. */
function readBitmap(bitmap: ImageBitmap, { x, y, width, height }: Area): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser has no 2D canvas in workers')
  context.drawImage(bitmap, x, y, width, height, 0, 0, width, height)
  return context.getImageData(0, 0, width, height).data
}
