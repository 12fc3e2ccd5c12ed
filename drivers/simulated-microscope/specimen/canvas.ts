/** Drawing on a square of floats, in specimen coordinates, with anti-aliasing matched to the pixel size. */

import { gaussian } from './gaussian.ts'

export class Canvas {
  readonly size: number
  /** Specimen coordinates of the centre of pixel (0, 0), µm. */
  readonly leftUm: number
  readonly topUm: number
  readonly pixelUm: number
  /** `size` x `size`, row by row. */
  readonly values: Float32Array
  readonly #columnWeights = new Float32Array(64)

  constructor(options: {
    size: number
    leftUm: number
    topUm: number
    pixelUm: number
    values?: Float32Array
  }) {
    this.size = options.size
    this.leftUm = options.leftUm
    this.topUm = options.topUm
    this.pixelUm = options.pixelUm
    this.values = options.values ?? new Float32Array(options.size * options.size)
  }

  /**
   * Adds a Gaussian spot. What is finer than the pixel grid can show is drawn as wide as a pixel and fainter, so
   * that the light it gives stays the same at every magnification.
   */
  spot(xUm: number, yUm: number, sigmaUm: number, peak: number): void {
    const wanted = sigmaUm / this.pixelUm
    const sigma = Math.max(0.55, wanted)
    const height = wanted < sigma ? peak * (wanted / sigma) ** 2 : peak
    this.#splat((xUm - this.leftUm) / this.pixelUm, (yUm - this.topUm) / this.pixelUm, sigma, height)
  }

  /** Adds a line of Gaussian profile along a chain of points. */
  line(points: Float32Array, sigmaUm: number, peak: number): void {
    const wanted = sigmaUm / this.pixelUm
    const sigma = Math.max(0.5, wanted)
    const stride = sigma * 0.9
    // Spots of this height, one every `stride`, add up to a line of height 1.
    const height = peak * Math.min(1, wanted / sigma) * (stride / (sigma * Math.sqrt(2 * Math.PI)))
    const margin = 4 * sigma
    for (let index = 0; index + 3 < points.length; index += 2) {
      const x0 = ((points[index] ?? 0) - this.leftUm) / this.pixelUm
      const y0 = ((points[index + 1] ?? 0) - this.topUm) / this.pixelUm
      const x1 = ((points[index + 2] ?? 0) - this.leftUm) / this.pixelUm
      const y1 = ((points[index + 3] ?? 0) - this.topUm) / this.pixelUm
      if (Math.max(x0, x1) < -margin || Math.min(x0, x1) > this.size + margin) continue
      if (Math.max(y0, y1) < -margin || Math.min(y0, y1) > this.size + margin) continue
      const length = Math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
      const steps = Math.max(1, Math.round(length / stride))
      const scaled = height * (length / (steps * stride))
      for (let step = 0; step < steps; step += 1) {
        const t = (step + 0.5) / steps
        this.#splat(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, sigma, scaled)
      }
    }
  }

  /** Adds `other`, a coarser canvas that covers this one, enlarged bilinearly. */
  addEnlarged(other: Canvas): void {
    const ratio = this.pixelUm / other.pixelUm
    const left = (this.leftUm - other.leftUm) / other.pixelUm
    const top = (this.topUm - other.topUm) / other.pixelUm
    for (let row = 0; row < this.size; row += 1) {
      const y = top + row * ratio
      const upper = Math.floor(y)
      const v = y - upper
      for (let column = 0; column < this.size; column += 1) {
        const x = left + column * ratio
        const near = Math.floor(x)
        const u = x - near
        const source = upper * other.size + near
        const a = other.values[source] ?? 0
        const b = other.values[source + 1] ?? 0
        const c = other.values[source + other.size] ?? 0
        const d = other.values[source + other.size + 1] ?? 0
        const first = a + (b - a) * u
        const index = row * this.size + column
        this.values[index] = (this.values[index] ?? 0) + first + (c + (d - c) * u - first) * v
      }
    }
  }

  #splat(x: number, y: number, sigma: number, height: number): void {
    const radius = sigma * 2.6
    const left = Math.max(0, Math.ceil(x - radius))
    const right = Math.min(this.size - 1, Math.floor(x + radius))
    const top = Math.max(0, Math.ceil(y - radius))
    const bottom = Math.min(this.size - 1, Math.floor(y + radius))
    if (left > right || top > bottom || right - left >= 64) return
    for (let column = left; column <= right; column += 1) {
      this.#columnWeights[column - left] = gaussian((column - x) / sigma)
    }
    for (let row = top; row <= bottom; row += 1) {
      const rowWeight = height * gaussian((row - y) / sigma)
      const start = row * this.size
      for (let column = left; column <= right; column += 1) {
        const index = start + column
        this.values[index] = (this.values[index] ?? 0) + rowWeight * (this.#columnWeights[column - left] ?? 0)
      }
    }
  }
}
