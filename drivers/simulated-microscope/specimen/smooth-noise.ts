import { RandomStream } from './random.ts'

const period = 256

/** Smooth random field: value noise on a lattice of unit spacing, repeating only after 256 units. */
export class SmoothNoise {
  readonly #lattice = new Float32Array(period * period)

  constructor(seed: number) {
    const random = new RandomStream(seed)
    for (let index = 0; index < this.#lattice.length; index += 1) this.#lattice[index] = random.next() * 2 - 1
  }

  /** Value in [-1, 1] at (x, y), in lattice units. */
  at(x: number, y: number): number {
    const column = Math.floor(x)
    const row = Math.floor(y)
    const fx = x - column
    const fy = y - row
    const wx = fx * fx * (3 - 2 * fx)
    const wy = fy * fy * (3 - 2 * fy)
    const left = column & (period - 1)
    const right = (column + 1) & (period - 1)
    const upper = (row & (period - 1)) * period
    const lower = ((row + 1) & (period - 1)) * period
    const lattice = this.#lattice
    const a = lattice[upper + left] ?? 0
    const b = lattice[upper + right] ?? 0
    const c = lattice[lower + left] ?? 0
    const d = lattice[lower + right] ?? 0
    const top = a + (b - a) * wx
    return top + (c + (d - c) * wx - top) * wy
  }
}

const textureSize = 1024
const texelsPerUnit = 16
/** Keeps coordinates positive, where truncation is the same as rounding down. */
const bias = textureSize * 1024

/** The same kind of noise from a table: quick enough for several look-ups per pixel; repeats after 64 units. */
export class NoiseTexture {
  readonly #texels = new Int8Array(textureSize * textureSize)

  constructor(seed: number) {
    const units = textureSize / texelsPerUnit
    const random = new RandomStream(seed)
    const lattice = Float32Array.from({ length: units * units }, () => random.next() * 254 - 127)
    for (let row = 0; row < textureSize; row += 1) {
      const upper = Math.floor(row / texelsPerUnit)
      const lower = (upper + 1) % units
      const v = smoothStep(0, 1, (row % texelsPerUnit) / texelsPerUnit)
      for (let column = 0; column < textureSize; column += 1) {
        const left = Math.floor(column / texelsPerUnit)
        const right = (left + 1) % units
        const u = smoothStep(0, 1, (column % texelsPerUnit) / texelsPerUnit)
        const top = mix(lattice[upper * units + left] ?? 0, lattice[upper * units + right] ?? 0, u)
        const bottom = mix(lattice[lower * units + left] ?? 0, lattice[lower * units + right] ?? 0, u)
        this.#texels[row * textureSize + column] = mix(top, bottom, v)
      }
    }
  }

  /** Value in [-1, 1] at (x, y), in lattice units. */
  at(x: number, y: number): number {
    const column = (x * texelsPerUnit + bias) & (textureSize - 1)
    const row = (y * texelsPerUnit + bias) & (textureSize - 1)
    return (this.#texels[row * textureSize + column] ?? 0) * (1 / 127)
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share
}

/** Rises smoothly from 0 at `from` to 1 at `to`. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}
