import { type BayerPattern, bayerColour, redOf } from '../frames/bayer-pattern.ts'

/** A mosaic: rows without padding. */
export type Mosaic = {
  readonly pixels: ArrayLike<number>
  readonly width: number
  readonly height: number
  readonly pattern: BayerPattern
}

/**
 * Red, green and blue of one pixel by bilinear interpolation: its own colour as it is, the others as the rounded mean
 * of the nearest pixels that have them; beyond the edges the mosaic is mirrored, which keeps its pattern. The kernel
 * `debayerU8` and the display's shader do the same with whole images.
 */
export function debayeredPixel(mosaic: Mosaic, x: number, y: number): readonly [number, number, number] {
  const { pixels, width, height, pattern } = mosaic
  const at = (dx: number, dy: number) =>
    pixels[mirrored(y + dy, height) * width + mirrored(x + dx, width)] ?? 0
  const own = at(0, 0)
  const across = at(-1, 0) + at(1, 0)
  const along = at(0, -1) + at(0, 1)
  switch (bayerColour(pattern, x, y)) {
    case 'green': {
      const [row, column] = [half(across), half(along)]
      return y % 2 === redOf[pattern].y ? [row, own, column] : [column, own, row]
    }
    case 'red':
      return [own, quarter(across + along), quarter(corners(at))]
    case 'blue':
      return [quarter(corners(at)), quarter(across + along), own]
  }
}

const half = (sum: number) => Math.floor((sum + 1) / 2)
const quarter = (sum: number) => Math.floor((sum + 2) / 4)
const corners = (at: (dx: number, dy: number) => number) => at(-1, -1) + at(1, -1) + at(-1, 1) + at(1, 1)

/** An index that lies at most one beyond, mirrored at the outermost pixel. */
function mirrored(index: number, length: number): number {
  const inside = index < 0 ? 1 : index >= length ? length - 2 : index
  return Math.max(0, Math.min(length - 1, inside))
}
