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

/** From the middle outwards: to the right first, then down, left, up, in sides that grow longer. */
function* spiral(rows: number, columns: number): Generator<GridCell> {
  const [middleRow, middleColumn] = [Math.floor((rows - 1) / 2), Math.floor((columns - 1) / 2)]
  let [row, column] = [middleRow, middleColumn]
  let [down, right] = [0, 1]
  let left = rows * columns
  for (let side = 1; left > 0; side++) {
    // Two sides of each length.
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < side && left > 0; i++) {
        if (row >= 0 && row < rows && column >= 0 && column < columns) {
          left -= 1
          yield { row, column }
        }
        row += down
        column += right
      }
      ;[down, right] = [right, -down]
    }
  }
}
