/** What is said of items that are to be deleted, or were. */
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { byteSize, count } from '../../components/format.ts'

type Sized = { readonly bytes?: number | undefined }

/** The question before something is deleted. */
export function deleteTitle(items: readonly Pick<GalleryItem, 'name'>[]): string {
  const [first] = items
  return items.length === 1 && first !== undefined
    ? `Delete ${first.name}?`
    : `Delete ${count(items.length)} items?`
}

/** `1.2 GB`, as far as the item has been counted. */
export function sizeWords({ bytes }: Sized): string {
  return bytes === undefined ? 'size not counted' : byteSize(bytes)
}

/** `3 items, 1.2 GB`; `more than` where not all are counted. */
export function totalWords(items: readonly Sized[]): string {
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)
  const all = items.every((item) => item.bytes !== undefined)
  const size = all ? byteSize(bytes) : bytes === 0 ? 'size not counted' : `more than ${byteSize(bytes)}`
  return `${items.length === 1 ? '1 item' : `${count(items.length)} items`}, ${size}`
}
