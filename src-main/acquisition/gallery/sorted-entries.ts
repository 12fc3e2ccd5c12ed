/** The orders in which the gallery lists what there is. */
import type { GalleryItem, GallerySort } from '../../../src-shared/gallery.ts'

type Sortable = { readonly facts: { readonly item: GalleryItem } }
type Order = (a: GalleryItem, b: GalleryItem) => number

/** `beads_2` comes before `beads_10`. */
const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const newest: Order = (a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1)

const orders: Readonly<Record<GallerySort, Order>> = {
  newest,
  oldest: (a, b) => -newest(a, b),
  name: (a, b) => compare(a.name, b.name) || newest(a, b),
  // What has too many files to be counted is large.
  size: (a, b) => bytesOf(b) - bytesOf(a) || newest(a, b),
}

function bytesOf({ bytes }: GalleryItem): number {
  return bytes ?? Number.MAX_SAFE_INTEGER
}

/** `entries` in the order `sort`, the largest first by size. */
export function sortedEntries<Entry extends Sortable>(
  entries: Iterable<Entry>,
  sort: GallerySort,
): readonly Entry[] {
  const order = orders[sort]
  return [...entries].sort((a, b) => order(a.facts.item, b.facts.item))
}
