/**
 * An image at a ladder of blurs, each made when first needed: a Gaussian pyramid (Burt & Adelson, IEEE Trans. Commun.
 * 31, 1983). Blurs in between are mixed from two rungs.
 */
type Rung = { readonly width: number; readonly height: number; readonly values: Float32Array }

/** Standard deviation of each rung's blur, pixels of the full image. Rung 0 is the image itself. */
const rungSigmas: readonly number[] = [0, 1, 2.08, 4.65, 9.5, 19.2, 38.5, 77, 154]
export const lastRung = rungSigmas.length - 1

/** Position on the ladder of a blur of `sigma` pixels: rung number plus share of the next rung (by variance). */
export function ladderPosition(sigma: number): number {
  for (let rung = 0; rung < lastRung; rung += 1) {
    const low = (rungSigmas[rung] ?? 0) ** 2
    const high = (rungSigmas[rung + 1] ?? 0) ** 2
    if (sigma * sigma < high) return rung + (sigma * sigma - low) / (high - low)
  }
  return lastRung
}

export class BlurLadder {
  #image: Rung
  readonly #rungs: (Rung | undefined)[] = []
  /** Memory of rungs that were dropped, to be filled again. */
  readonly #spare: (Float32Array | undefined)[] = []

  constructor(image: Float32Array, width: number, height: number) {
    this.#image = { values: image, width, height }
  }

  /** To be called when the image has changed. */
  invalidate(): void {
    for (const [index, rung] of this.#rungs.entries()) {
      if (rung !== undefined) this.#spare[index] = rung.values
    }
    this.#rungs.length = 0
  }

  /** Writes row `y` of the image, blurred as by rung `rung`, into `row`. */
  row(rung: number, y: number, row: Float32Array): void {
    if (rung === 0) {
      const start = y * this.#image.width
      row.set(this.#image.values.subarray(start, start + this.#image.width))
      return
    }
    enlargeRow(this.#rung(rung), rung - 1, y, row)
  }

  #rung(index: number): Rung {
    const known = this.#rungs[index]
    if (known !== undefined) return known
    const source = index <= 2 ? this.#image : this.#rung(index - 1)
    const made =
      index === 1
        ? blurred(source, this.#memory(1, source.width * source.height))
        : this.#halvedAndBlurred(source, index)
    this.#rungs[index] = made
    return made
  }

  #halvedAndBlurred(source: Rung, index: number): Rung {
    const width = Math.ceil(source.width / 2)
    const height = Math.ceil(source.height / 2)
    const halves = new Float32Array(width * height)
    for (let y = 0; y < height; y += 1) {
      const upper = 2 * y * source.width
      const lower = Math.min(2 * y + 1, source.height - 1) * source.width
      for (let x = 0; x < width; x += 1) {
        const left = 2 * x
        const right = Math.min(left + 1, source.width - 1)
        const { values } = source
        halves[y * width + x] =
          0.25 *
          ((values[upper + left] ?? 0) +
            (values[upper + right] ?? 0) +
            (values[lower + left] ?? 0) +
            (values[lower + right] ?? 0))
      }
    }
    return blurred({ width, height, values: halves }, this.#memory(index, width * height))
  }

  #memory(index: number, length: number): Float32Array {
    const spare = this.#spare[index]
    return spare !== undefined && spare.length === length ? spare : new Float32Array(length)
  }
}

/** Binomial blur of width 5 in both directions: a Gaussian of standard deviation 1. Edges are repeated. */
function blurred({ width, height, values }: Rung, result: Float32Array): Rung {
  // Two more samples on each side, so that the inner loop needs no edges.
  const line = new Float32Array(width + 4)
  for (let y = 0; y < height; y += 1) {
    const a = Math.max(0, y - 2) * width
    const b = Math.max(0, y - 1) * width
    const c = y * width
    const d = Math.min(height - 1, y + 1) * width
    const e = Math.min(height - 1, y + 2) * width
    for (let x = 0; x < width; x += 1) {
      line[x + 2] =
        (values[a + x] ?? 0) +
        (values[e + x] ?? 0) +
        4 * ((values[b + x] ?? 0) + (values[d + x] ?? 0)) +
        6 * (values[c + x] ?? 0)
    }
    line.fill(line[2] ?? 0, 0, 2)
    line.fill(line[width + 1] ?? 0, width + 2)
    for (let x = 0; x < width; x += 1) {
      result[c + x] =
        ((line[x] ?? 0) +
          (line[x + 4] ?? 0) +
          4 * ((line[x + 1] ?? 0) + (line[x + 3] ?? 0)) +
          6 * (line[x + 2] ?? 0)) *
        (1 / 256)
    }
  }
  return { width, height, values: result }
}

/** Writes row `y` of an image `2^doublings` times as large as `rung`, interpolated bilinearly, into `row`. */
function enlargeRow({ width, height, values }: Rung, doublings: number, y: number, row: Float32Array): void {
  if (doublings === 0) {
    row.set(values.subarray(y * width, (y + 1) * width))
    return
  }
  const factor = 2 ** doublings
  const position = Math.min(height - 1, Math.max(0, (y + 0.5) / factor - 0.5))
  const line = Math.floor(position)
  const v = position - line
  const upper = line * width
  const lower = Math.min(line + 1, height - 1) * width
  // Between the centres of two samples lie `factor` pixels; half as many before the first and after the last.
  for (let sample = -1; sample < width; sample += 1) {
    const near = Math.max(0, sample)
    const far = Math.min(width - 1, sample + 1)
    const left = (values[upper + near] ?? 0) * (1 - v) + (values[lower + near] ?? 0) * v
    const right = (values[upper + far] ?? 0) * (1 - v) + (values[lower + far] ?? 0) * v
    const slope = (right - left) / factor
    const start = sample * factor + factor / 2
    const first = Math.max(0, start)
    const end = Math.min(row.length, start + factor)
    for (let x = first; x < end; x += 1) row[x] = left + slope * (x - start + 0.5)
  }
}
