/** The gallery's items in rows. */
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { dayTitle } from './gallery-words.ts'

/** A line of the list: a day, or items side by side. `key`: unique, and the same while the row is. */
export type GalleryRow =
  | { readonly kind: 'day'; readonly title: string; readonly key: string }
  | { readonly kind: 'items'; readonly items: readonly GalleryItem[]; readonly key: string }

type RowOptions = {
  readonly columns: number
  readonly nowMs: number
  /** Below the days on which they were made, in whose order they are. */
  readonly byDay: boolean
}

export function galleryRows(
  items: readonly GalleryItem[],
  { columns, nowMs, byDay }: RowOptions,
): readonly GalleryRow[] {
  const rows: GalleryRow[] = []
  let day: string | undefined
  let row: GalleryItem[] = []
  const endRow = () => {
    const [first] = row
    if (first !== undefined) rows.push({ kind: 'items', items: row, key: first.id })
    row = []
  }
  for (const item of items) {
    const title = dayTitle(item.startedAt, nowMs)
    if (byDay && title !== day) {
      endRow()
      rows.push({ kind: 'day', title, key: `${title} ${item.id}` })
      day = title
    }
    row.push(item)
    if (row.length >= columns) endRow()
  }
  endRow()
  return rows
}

/** The item that an arrow key leads to from `id`; the first where nothing is chosen; undefined: none lies there. */
export function neighbourOf(
  rows: readonly GalleryRow[],
  id: string | undefined,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
): string | undefined {
  const lines = rows.flatMap((row) => (row.kind === 'items' ? [row.items] : []))
  const line = lines.findIndex((items) => items.some((item) => item.id === id))
  const items = lines[line]
  if (items === undefined) return lines[0]?.[0]?.id
  const column = items.findIndex((item) => item.id === id)
  switch (key) {
    case 'ArrowLeft':
      return (items[column - 1] ?? lines[line - 1]?.at(-1))?.id
    case 'ArrowRight':
      return (items[column + 1] ?? lines[line + 1]?.[0])?.id
    case 'ArrowUp':
    case 'ArrowDown': {
      const other = lines[line + (key === 'ArrowUp' ? -1 : 1)]
      return (other?.[column] ?? other?.at(-1))?.id
    }
  }
}
