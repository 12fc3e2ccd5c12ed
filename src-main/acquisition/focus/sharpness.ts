/**
 * How sharp an image is, whatever its brightness and noise.
 *
 * The measure is the energy of the gradient (Tenengrad: J. M. Tenenbaum, Accommodation in Computer Vision, 1970), of which
 * every part can only shrink when the image gets blurred, so that it has one peak. Three things differ from the textbook:
 * - The even rows of pixels make one image and the odd rows another. Both see the same specimen, and each has its own
 *   noise: the product of their gradients has the specimen's energy in it, and on average nothing of the noise's. An
 *   empty field has a sharpness of about 0 at any brightness.
 * - It is the sum over images at several scales (pixels taken together by 2 × 2, 4 × 4 … 32 × 32): the coarse ones tell
 *   which of two images far out of focus is the better one, the fine ones where exactly the focus lies.
 * - It is divided by the square of the mean, so that a lamp that flickers or a dye that bleaches makes no peak.
 */
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'

export type Sharpness = {
  /** Sum over the scales of the mean square of the gradient, per square of the mean, × 10⁶; about 0 where nothing is seen. */
  readonly score: number
  /** Its standard error by the noise of the image, in the same unit. */
  readonly error: number
  /** Share of pixels at the end of the camera's range. */
  readonly saturated: number
}

/** A part of an image, in its pixels. */
export type ImageRegion = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** An image as it lies in a slot of a ring. */
export type FocusImage = {
  readonly pixels: Uint8Array
  readonly pixelFormat: PixelFormat
  readonly width: number
  readonly height: number
}

const scales = 5
const unit = 1e6
/** Smallest image or region that tells anything, pixels on a side. */
const leastSide = 16
/** About so many pixels are looked at: of larger images some of the bands, spread over all of it. */
const mostPixels = 1024 * 1024
/** Rows of a band: two of the coarsest scale. */
const bandRows = 64
/** Saturated pixels are counted in one of so many pairs of rows. */
const saturationEvery = 8
/** Differences that share a pixel vary together: each with two others in its own direction and four across. */
const dependence = 2.5

/** Reads the sharpness of images one after the other, in memory of its own that it keeps. */
export class SharpnessMeter {
  #chain: ScaleRows[] = []
  #width = 0
  #evenRow = new Float32Array(0)
  #oddRow = new Float32Array(0)

  /**
   * The sharpness of `image`, or of the `region` of it.
   * @throws CoverslipError OUT_OF_RANGE when the region is not within the image, or too small.
   */
  measure({ pixels, pixelFormat, width, height }: FocusImage, region?: ImageRegion): Sharpness {
    const { x, y, width: columns, height: rows } = checkRegion({ width, height }, region)
    const { bytesPerSample, channels, significantBits } = pixelLayout(pixelFormat)
    const samples =
      bytesPerSample === 1 ? pixels : new Uint16Array(pixels.buffer, pixels.byteOffset, width * height)
    // Of colours, green is what eyes and lenses are made for.
    const first = channels === 3 ? 1 : 0
    this.#begin(columns / 2)
    const [top] = this.#chain
    const [even, odd] = [this.#evenRow, this.#oddRow]
    const full = 2 ** significantBits - 1
    let [total, pairs, saturated, looked] = [0, 0, 0, 0]
    for (const [begin, end] of bandsOf(rows, columns)) {
      top?.beginBand()
      for (let row = begin; row < end; row += 2) {
        const at = ((y + row) * width + x) * channels + first
        total +=
          sumPairs(samples, at, channels, even) + sumPairs(samples, at + width * channels, channels, odd)
        top?.add(even, odd)
        if (pairs++ % saturationEvery !== 0) continue
        saturated += countFull(samples, { at, stride: channels, columns, full })
        looked += columns
      }
    }
    const mean = total / (2 * pairs * columns)
    return { ...this.#sharpness(mean), saturated: saturated / looked }
  }

  #begin(width: number): void {
    if (width !== this.#width) {
      this.#width = width
      this.#evenRow = new Float32Array(width)
      this.#oddRow = new Float32Array(width)
      this.#chain = []
      let next: ScaleRows | undefined
      for (let scale = scales - 1; scale >= 0; scale--) {
        const columns = Math.floor(width / 2 ** scale)
        if (columns < 2) continue
        // Of 2 × 2 pixels, 4 × 4 …, half of the rows are in each image.
        next = new ScaleRows(columns, 2 * 4 ** scale, next)
        this.#chain.unshift(next)
      }
    }
    for (const scale of this.#chain) scale.begin()
  }

  #sharpness(mean: number): Pick<Sharpness, 'score' | 'error'> {
    if (mean === 0) return { score: 0, error: 0 }
    const parts = this.#chain.map((scale) => scale.energy())
    const score = parts.reduce((sum, { energy }) => sum + energy, 0)
    const variance = parts.reduce((sum, part) => sum + part.variance, 0)
    return { score: (score / mean ** 2) * unit, error: (Math.sqrt(variance) / mean ** 2) * unit }
  }
}

/** The two images at one scale, as their rows come. */
class ScaleRows {
  readonly #columns: number
  /** Camera pixels in a pixel of either image. */
  readonly #pixels: number
  readonly #next: ScaleRows | undefined
  readonly #lastEven: Float32Array
  readonly #lastOdd: Float32Array
  readonly #halfEven: Float32Array
  readonly #halfOdd: Float32Array
  /** Rows of the present band. */
  #rows = 0
  #gradients = 0
  /** Sums over all gradients: of the product of both images', and of the square of their difference. */
  readonly #sums = new Float64Array(2)

  constructor(columns: number, pixels: number, next: ScaleRows | undefined) {
    this.#columns = columns
    this.#pixels = pixels
    this.#next = next
    this.#lastEven = new Float32Array(columns)
    this.#lastOdd = new Float32Array(columns)
    this.#halfEven = new Float32Array(columns >> 1)
    this.#halfOdd = new Float32Array(columns >> 1)
  }

  begin(): void {
    this.#gradients = 0
    this.#sums.fill(0)
  }

  /** The next row does not follow the last one. */
  beginBand(): void {
    this.#rows = 0
    this.#next?.beginBand()
  }

  /** The next row of both images. */
  add(even: Float32Array, odd: Float32Array): void {
    const columns = this.#columns
    gradients({ even, odd, beforeEven: even, beforeOdd: odd, shift: 1, columns }, this.#sums)
    this.#gradients += columns - 1
    if (this.#rows > 0) {
      const [beforeEven, beforeOdd] = [this.#lastEven, this.#lastOdd]
      gradients({ even, odd, beforeEven, beforeOdd, shift: 0, columns }, this.#sums)
      this.#gradients += columns
    }
    if (this.#next !== undefined && this.#rows % 2 === 1) {
      halve(even, this.#lastEven, this.#halfEven)
      halve(odd, this.#lastOdd, this.#halfOdd)
      this.#next.add(this.#halfEven, this.#halfOdd)
    }
    this.#lastEven.set(even)
    this.#lastOdd.set(odd)
    this.#rows += 1
  }

  /** Mean square of the gradient, and the variance that it has by noise. */
  energy(): { readonly energy: number; readonly variance: number } {
    const count = this.#gradients
    if (count === 0) return { energy: 0, variance: 0 }
    const perPixel = this.#pixels ** 2
    const energy = (this.#sums[0] ?? 0) / count / perPixel
    const noise = (this.#sums[1] ?? 0) / (2 * count) / perPixel
    return { energy, variance: (dependence * (noise ** 2 + 2 * noise * Math.max(0, energy))) / count }
  }
}

/** First and last row of each band to look at. */
function bandsOf(rows: number, columns: number): readonly (readonly [begin: number, end: number])[] {
  const bands = Math.ceil(rows / bandRows)
  const every = Math.max(1, Math.round((rows * columns) / mostPixels))
  const first = Math.min(bands - 1, Math.floor(every / 2))
  return Array.from({ length: bands }, (_, i) => i)
    .filter((band) => band % every === first)
    .map((band) => [band * bandRows, Math.min(rows, (band + 1) * bandRows)])
}

/** Adds up the pairs of neighbours in a row of camera pixels, into `into`. @returns the sum of all */
function sumPairs(samples: Uint8Array | Uint16Array, at: number, stride: number, into: Float32Array): number {
  const columns = into.length
  let total = 0
  for (let column = 0, i = at; column < columns; column++, i += 2 * stride) {
    const pair = (samples[i] ?? 0) + (samples[i + stride] ?? 0)
    into[column] = pair
    total += pair
  }
  return total
}

type Gradients = {
  readonly even: Float32Array
  readonly odd: Float32Array
  /** What is subtracted, `shift` further to the left. */
  readonly beforeEven: Float32Array
  readonly beforeOdd: Float32Array
  readonly shift: 0 | 1
  readonly columns: number
}

function gradients(
  { even, odd, beforeEven, beforeOdd, shift, columns }: Gradients,
  sums: Float64Array,
): void {
  let product = 0
  let difference = 0
  for (let i = shift; i < columns; i++) {
    const a = (even[i] ?? 0) - (beforeEven[i - shift] ?? 0)
    const b = (odd[i] ?? 0) - (beforeOdd[i - shift] ?? 0)
    product += a * b
    difference += (a - b) * (a - b)
  }
  sums[0] = (sums[0] ?? 0) + product
  sums[1] = (sums[1] ?? 0) + difference
}

/** Takes 2 × 2 pixels of two rows together. */
function halve(row: Float32Array, above: Float32Array, into: Float32Array): void {
  for (let i = 0; i < into.length; i++) {
    into[i] = (row[2 * i] ?? 0) + (row[2 * i + 1] ?? 0) + (above[2 * i] ?? 0) + (above[2 * i + 1] ?? 0)
  }
}

type Row = {
  readonly at: number
  readonly stride: number
  readonly columns: number
  readonly full: number
}

function countFull(samples: Uint8Array | Uint16Array, { at, stride, columns, full }: Row): number {
  let count = 0
  for (let column = 0, i = at; column < columns; column++, i += stride) {
    if ((samples[i] ?? 0) >= full) count++
  }
  return count
}

/** The part to look at: it begins and ends at even pixels, so that the pattern of a colour camera stays what it is. */
function checkRegion(
  { width, height }: Pick<FocusImage, 'width' | 'height'>,
  region: ImageRegion | undefined,
): ImageRegion {
  const wanted = region ?? { x: 0, y: 0, width, height }
  const even = (pixel: number) => 2 * Math.floor(pixel / 2)
  const part = {
    x: even(wanted.x),
    y: even(wanted.y),
    width: even(wanted.width),
    height: even(wanted.height),
  }
  if (part.width < leastSide || part.height < leastSide) {
    throw new CoverslipError('OUT_OF_RANGE', 'The region to focus in is too small', {
      hint: `Choose at least ${leastSide} × ${leastSide} pixels.`,
      data: { ...part },
    })
  }
  if (wanted.x + wanted.width > width || wanted.y + wanted.height > height) {
    throw new CoverslipError('OUT_OF_RANGE', 'The region to focus in is not within the image', {
      hint: `The image has ${width} × ${height} pixels.`,
      data: { ...part },
    })
  }
  return part
}
