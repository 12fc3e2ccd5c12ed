import { edgesOf, type Point } from './polygon.ts'

/** Equal boxes in rows and columns; they may overlap, or leave gaps. Lengths in µm. */
export type TileGrid = {
  readonly rows: number
  readonly columns: number
  /** Centre of the tile in row 0, column 0. Rows go down, columns to the right. */
  readonly x0: number
  readonly y0: number
  readonly dx: number
  readonly dy: number
  readonly width: number
  readonly height: number
}

/**
 * Which tiles have a point in common with a polygon (sides that cross: what an odd number of them is left of is inside);
 * touching counts. Each side is followed through the rows, so that many corners and many tiles are no matter.
 * @returns 1 or 0 for each tile, row by row.
 */
export function tilesMeeting(grid: TileGrid, polygon: readonly Point[]): Uint8Array {
  const { rows, columns, y0, dy, height } = grid
  const met = new Uint8Array(rows * columns)
  /** Where sides cross the middle of each row. */
  const crossings = Array.from({ length: rows }, (): number[] => [])
  for (const [a, b] of edgesOf(polygon)) {
    const [top, bottom] = [Math.max(a[1], b[1]), Math.min(a[1], b[1])]
    const first = Math.max(0, Math.ceil((y0 - top - height / 2) / dy) - 1)
    const last = Math.min(rows - 1, Math.floor((y0 - bottom + height / 2) / dy) + 1)
    for (let row = first; row <= last; row++) {
      const y = y0 - row * dy
      const [low, high] = [Math.max(bottom, y - height / 2), Math.min(top, y + height / 2)]
      if (low <= high) markBetween(grid, met, row, [xAt(a, b, low), xAt(a, b, high), ...level(a, b)])
      if (a[1] > y !== b[1] > y) crossings[row]?.push(xAt(a, b, y))
    }
  }
  for (const [row, xs] of crossings.entries())
    markInside(
      grid,
      met,
      row,
      xs.toSorted((a, b) => a - b),
    )
  return met
}

/** Where the side from `a` to `b` is at the height `y`. */
function xAt(a: Point, b: Point, y: number): number {
  if (y === a[1]) return a[0]
  if (y === b[1]) return b[0]
  return a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1])
}

/** Both ends of a level side, which is at all its places at one height. */
function level(a: Point, b: Point): readonly number[] {
  return a[1] === b[1] ? [a[0], b[0]] : []
}

/** Marks the tiles of a row that reach the span of `xs`. */
function markBetween(
  { columns, x0, dx, width }: TileGrid,
  met: Uint8Array,
  row: number,
  xs: readonly number[],
): void {
  const [from, to] = [Math.min(...xs), Math.max(...xs)]
  const first = Math.max(0, Math.ceil((from - x0 - width / 2) / dx) - 1)
  const last = Math.min(columns - 1, Math.floor((to - x0 + width / 2) / dx) + 1)
  for (let column = first; column <= last; column++) {
    const x = x0 + column * dx
    if (x - width / 2 <= to && x + width / 2 >= from) met[row * columns + column] = 1
  }
}

/** Marks the tiles of a row whose centre lies inside, by the sides left of it: those that no side meets are wholly so. */
function markInside(
  { columns, x0, dx }: TileGrid,
  met: Uint8Array,
  row: number,
  crossings: readonly number[],
): void {
  let passed = 0
  for (let column = 0; column < columns; column++) {
    const x = x0 + column * dx
    while (passed < crossings.length && (crossings[passed] ?? 0) <= x) passed += 1
    if (passed % 2 === 1) met[row * columns + column] = 1
  }
}
