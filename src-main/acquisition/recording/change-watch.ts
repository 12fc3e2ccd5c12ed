/** Sees when the image changes, by some 4000 of its pixels, spread evenly, whatever its size. */
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'

/** Columns and rows of the grid of pixels that are looked at. */
const most = 64
/** How much of each frame goes into the mean: it follows the last eight or so. */
const share = 1 / 8
/** Frames before the mean is good for anything. */
const settlingFrames = 8

type ImageKind = Pick<FrameInfo, 'pixelFormat' | 'width' | 'height'>

export class ChangeWatch {
  readonly #threshold: number
  #image: ImageKind | undefined
  /** Of the pixels that are looked at: where they begin in the image, bytes. */
  #places = new Uint32Array(0)
  #means = new Float32Array(0)
  #seen = 0
  #level = 0

  /** @param threshold mean absolute difference from the running mean, share of the format's range. */
  constructor(threshold: number) {
    this.#threshold = threshold
  }

  /** How much the last frame differed from those before it, as `threshold`. */
  get level(): number {
    return this.#level
  }

  /** Whether `pixels` (as in the ring) differ from what came before by more than the threshold. */
  changed(pixels: Uint8Array, { pixelFormat, width, height, significantBits }: FrameInfo): boolean {
    const before = this.#image
    if (pixelFormat !== before?.pixelFormat || width !== before.width || height !== before.height) {
      this.#image = { pixelFormat, width, height }
      this.#places = gridOf(this.#image)
      this.#means = new Float32Array(this.#places.length)
      this.#seen = 0
    }
    const difference = this.#compare(pixels, pixelLayout(pixelFormat).bytesPerSample)
    this.#seen += 1
    this.#level = this.#seen === 1 ? 0 : difference / (2 ** significantBits - 1)
    return this.#seen > settlingFrames && this.#level > this.#threshold
  }

  /** Mean absolute difference from the means, which then follow. */
  #compare(pixels: Uint8Array, bytesPerSample: 1 | 2): number {
    const pace = this.#seen === 0 ? 1 : share
    let sum = 0
    for (const [i, at] of this.#places.entries()) {
      const low = pixels[at] ?? 0
      const value = bytesPerSample === 1 ? low : low | ((pixels[at + 1] ?? 0) << 8)
      const mean = this.#means[i] ?? 0
      const difference = value - mean
      this.#means[i] = mean + pace * difference
      sum += Math.abs(difference)
    }
    return sum / this.#places.length
  }
}

function gridOf({ pixelFormat, width, height }: ImageKind): Uint32Array<ArrayBuffer> {
  const [columns, rows] = [Math.min(most, width), Math.min(most, height)]
  const { bytesPerPixel } = pixelLayout(pixelFormat)
  return Uint32Array.from({ length: columns * rows }, (_, i) => {
    const x = Math.floor((((i % columns) + 0.5) * width) / columns)
    const y = Math.floor(((Math.floor(i / columns) + 0.5) * height) / rows)
    return (y * width + x) * bytesPerPixel
  })
}
