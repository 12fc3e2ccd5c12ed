/** In which order the tiles of a grid are visited (`useq/_grid.py`, OrderMode). */
import { z } from 'zod'

/** The orders, as plans name them. */
export const gridOrderSchema = z.enum([
  'row_wise',
  'column_wise',
  'row_wise_snake',
  'column_wise_snake',
  'spiral',
])
export type GridOrder = z.infer<typeof gridOrderSchema>

/** Row 0 is at the top, column 0 at the left. */
export type GridCell = { readonly row: number; readonly column: number }

/** All cells of a grid in the order of `order`, one after the other. */
export function* cellsInOrder(order: GridOrder, rows: number, columns: number): Generator<GridCell> {
  if (order === 'spiral') return yield* spiral(rows, columns)
  const byRow = order === 'row_wise' || order === 'row_wise_snake'
  const snake = order === 'row_wise_snake' || order === 'column_wise_snake'
  const [lines, perLine] = byRow ? [rows, columns] : [columns, rows]
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < perLine; i++) {
      const place = snake && line % 2 === 1 ? perLine - 1 - i : i
      yield byRow ? { row: line, column: place } : { row: place, column: line }
    }
  }
}

/**
 * From the middle outwards: to the right first, then down, left, up, in sides that grow longer. What of a side lies
 * beside the grid is not gone through: of a long row that is nearly everything.
 */
function* spiral(rows: number, columns: number): Generator<GridCell> {
  let [row, column] = [Math.floor((rows - 1) / 2), Math.floor((columns - 1) / 2)]
  let [down, right] = [0, 1]
  let left = rows * columns
  for (let side = 1; left > 0; side++) {
    // Two sides of each length.
    for (let turn = 0; turn < 2; turn++) {
      const [byRow, byColumn] = [stepsInside(row, down, rows), stepsInside(column, right, columns)]
      const end = Math.min(side, byRow.end, byColumn.end)
      for (let step = Math.max(0, byRow.begin, byColumn.begin); step < end; step++) {
        left -= 1
        yield { row: row + step * down, column: column + step * right }
      }
      row += side * down
      column += side * right
      ;[down, right] = [right, -down]
    }
  }
}

/** Which steps of `by` (1, 0 or -1) from `from` on are at 0 to `length - 1`. */
function stepsInside(from: number, by: number, length: number) {
  if (by > 0) return { begin: -from, end: length - from }
  if (by < 0) return { begin: from - length + 1, end: from + 1 }
  return { begin: 0, end: from >= 0 && from < length ? Infinity : 0 }
}
