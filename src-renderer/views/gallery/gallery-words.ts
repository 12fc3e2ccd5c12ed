/** What the gallery says about an item. */
import type { GalleryItem, GalleryKind, GallerySort } from '../../../src-shared/gallery.ts'
import { byteSize, count } from '../../components/format.ts'
import type { EngineState } from '../../stores/engine-state.ts'
import type { GalleryState } from '../../stores/gallery-store.ts'

/** Kinds of items, as the user reads them. */
export const kindWords: Record<GalleryKind, string> = {
  recording: 'Recording',
  plan: 'Acquisition',
  image: 'Image',
  foreign: 'Other program',
}

/** `OME-TIFF · 200 frames · 105 MB`, as far as it is known: of a damaged one, its size. */
export function itemFacts({ format, frames: counted, bytes, damaged }: GalleryItem): string {
  const frames = damaged === undefined ? counted : undefined
  const parts = [
    damaged === undefined ? format : undefined,
    frames === undefined ? undefined : frames === 1 ? '1 frame' : `${count(frames)} frames`,
    bytes === undefined ? undefined : byteSize(bytes),
  ]
  return parts.filter((part) => part !== undefined).join(' · ')
}

/** `15:57`, of the day that its heading names. */
export function timeOfDay(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}

/** `28 Nov 2026`. */
export function dateWords(timeMs: number): string {
  return new Date(timeMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** When an item was made; below the heading of its day without the date. */
export function madeWords(timeMs: number, sort: GallerySort): string {
  const time = timeOfDay(timeMs)
  return isByDay(sort) ? time : `${dateWords(timeMs)}, ${time}`
}

/** Whether items in this order have days as headings. */
export const isByDay = (sort: GallerySort): boolean => sort === 'newest' || sort === 'oldest'

/** `Today`, `Yesterday`, or the date. */
export function dayTitle(timeMs: number, nowMs: number): string {
  const dayOf = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  // Noon of the day before, whatever the clock was put forward or back by.
  const yesterday = dayOf(dayOf(nowMs) - 12 * 3_600_000)
  if (dayOf(timeMs) === dayOf(nowMs)) return 'Today'
  if (dayOf(timeMs) === yesterday) return 'Yesterday'
  return new Date(timeMs).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
}

/** How many items there are, of a search perhaps so far. */
export function foundWords({
  search,
  total,
  complete,
}: Pick<GalleryState, 'search' | 'total' | 'complete'>): string {
  const words = `${count(total)} ${search === '' ? 'kept' : 'found'}`
  if (complete) return words
  return search === '' ? `${words}, sizes are being counted` : `${words} so far, more is being read`
}

/** Undefined: it is complete, or nothing is known of how it ended. */
export type ItemState = 'running' | 'cancelled' | 'failed' | 'damaged' | undefined

/** How an item ended, if not as it should, or that it is under way. */
export function itemState({ id, finish, damaged }: GalleryItem, running: readonly string[]): ItemState {
  if (running.includes(id)) return 'running'
  if (damaged !== undefined) return 'damaged'
  return finish === 'completed' ? undefined : finish
}

/** How an item ended, as the user reads it. */
export const stateWords: Record<NonNullable<ItemState>, string> = {
  running: 'under way',
  cancelled: 'stopped early',
  failed: 'failed',
  damaged: 'damaged',
}

/** Ids of what is being acquired now, with commas between. */
export function runningIds({ recording, acquisition }: EngineState): string {
  return [recording, acquisition]
    .filter((status) => status !== undefined && status.state !== 'finished')
    .map((status) => status?.id)
    .join()
}
