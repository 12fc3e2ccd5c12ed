/** Camera frames as the pictures of a video with 8 bits per colour. */
import { pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import { type GreyWindow, wholeWindow } from '../../../../src-shared/kernels/grey-map.ts'
import { type ImageShape, Kernels } from '../../../../src-shared/kernels/kernels.ts'
import type { DatasetLayout } from '../dataset-writer.ts'

/** I420 (BT.601, limited range) of even sides: the planes Y, U and V. Valid until the next picture is made. */
export type VideoPicture = {
  readonly width: number
  readonly height: number
  readonly luma: Uint8Array<ArrayBuffer>
  /** U and V of colour pictures; undefined: grey. */
  readonly chroma: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] | undefined
}

/** The window is at least this part of the full range wide, so that a dark image does not become glaring noise. */
const narrowest = 1 / 256
const rgbLayout = pixelLayout('RGB8')
/** The window of values that have been through one. */
const asItIs: GreyWindow = { low: 0, high: 255, gamma: 1 }

/**
 * Makes pictures of the frames of one dataset, which are at least 2 × 2 pixels. A last odd row or column is left out:
 * video has even sides.
 */
export class PictureMaker {
  readonly #kernels: Kernels
  readonly #image: DatasetLayout['image']
  readonly #shape: ImageShape

  constructor(image: DatasetLayout['image']) {
    this.#image = image
    const layout = pixelLayout(image.pixelFormat)
    this.#shape = { width: evenLength(image.width), height: evenLength(image.height), layout }
    const bytesPerPixel = layout.kind === 'bayer' ? rgbLayout.bytesPerPixel : layout.bytesPerPixel
    this.#kernels = new Kernels(this.#shape.width * this.#shape.height * bytesPerPixel)
  }

  get width(): number {
    return this.#shape.width
  }

  get height(): number {
    return this.#shape.height
  }

  /** Takes the pixels of a frame; `windowOf` and `make` are about it, and `make` may be called once. */
  load(pixels: Uint8Array): void {
    const { bytesPerPixel } = this.#shape.layout
    const rowBytes = this.#image.width * bytesPerPixel
    const keptBytes = this.width * bytesPerPixel
    if (rowBytes === keptBytes) return this.#kernels.input.set(pixels.subarray(0, keptBytes * this.height))
    for (let y = 0; y < this.height; y++) {
      const from = y * rowBytes
      this.#kernels.input.set(pixels.subarray(from, from + keptBytes), y * keptBytes)
    }
  }

  /** The window that shows 0.1 to 99.9 % of the frame's pixels, as the live view does by itself. */
  windowOf(): GreyWindow {
    const { significantBits } = this.#image
    const { statistics } = this.#kernels.measure(this.#shape, { significantBits })
    const high = Math.max(statistics.p999, statistics.p001 + 2 ** significantBits * narrowest)
    const { low, range } = wholeWindow({ low: statistics.p001, high, gamma: 1 })
    return { low, high: low + range, gamma: 1 }
  }

  make(window: GreyWindow): VideoPicture {
    const { width, height, layout } = this.#shape
    const size = { width, height }
    switch (layout.kind) {
      case 'mono':
        return { ...size, luma: this.#kernels.toLuma(this.#shape, window), chroma: undefined }
      case 'rgb':
        return { ...size, ...planesOf(this.#kernels.toI420(this.#shape, window), size) }
      case 'bayer': {
        this.#kernels.toRgb(this.#shape, window)
        const colour = this.#kernels.toI420({ ...size, layout: rgbLayout }, asItIs)
        return { ...size, ...planesOf(colour, size) }
      }
    }
  }
}

function planesOf(
  i420: Uint8Array<ArrayBuffer>,
  { width, height }: { readonly width: number; readonly height: number },
): Pick<VideoPicture, 'luma' | 'chroma'> {
  const pixels = width * height
  return {
    luma: i420.subarray(0, pixels),
    chroma: [i420.subarray(pixels, pixels * 1.25), i420.subarray(pixels * 1.25, pixels * 1.5)],
  }
}

const evenLength = (length: number): number => length - (length % 2)
