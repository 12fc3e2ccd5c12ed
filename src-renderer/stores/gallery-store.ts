/** What the gallery shows. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DeletedItem, GalleryItem, GallerySort } from '../../src-shared/gallery.ts'
import type { CallFailure } from '../backend/call-failure.ts'

/** The list of the gallery, and what the user does with it. */
export type GalleryState = {
  readonly search: string
  readonly sort: GallerySort
  /** From the first on, as far as they were asked for; undefined before the first answer. */
  readonly items: readonly GalleryItem[] | undefined
  /** Of all that fit the search. */
  readonly total: number
  /** False: the engine still reads what the search may be in, and finds more a few seconds later. */
  readonly complete: boolean
  /** Where they are; empty where this is not the computer at the microscope. */
  readonly folder: string
  /** Why the list could not be had; what it was before stays. */
  readonly failure: CallFailure | undefined
  readonly asking: boolean
  /** How many lists were asked for: only the answer to the last is shown. */
  readonly lists: number
  /** As many items are wanted, if there are so many. */
  readonly wanted: number
  /** The item that keys and actions are about. */
  readonly chosen: string | undefined
  /** Items that are marked, to do something with all of them. */
  readonly marked: readonly string[]
  /** Items that the user is asked about, whether they shall be deleted. */
  readonly toDelete: readonly GalleryItem[] | undefined
  /** Items are being deleted, put back, or removed for good. */
  readonly deleting: boolean
  /** What this page has deleted last, to be put back at once. */
  readonly lastDeleted: readonly DeletedItem[]
  /** The list of what was deleted is open. */
  readonly deletedShown: boolean
  /** How far the list was scrolled when it was left, CSS px. */
  readonly scrolledPx: number
}

/** Items asked for at a time. */
export const galleryPageItems = 200

export type GalleryStore = StoreApi<GalleryState>

/** Of a gallery that has asked for nothing yet. */
export function createGalleryStore(): GalleryStore {
  return createStore<GalleryState>(() => ({
    search: '',
    sort: 'newest',
    items: undefined,
    total: 0,
    complete: true,
    folder: '',
    failure: undefined,
    asking: false,
    lists: 0,
    wanted: galleryPageItems,
    chosen: undefined,
    marked: [],
    toDelete: undefined,
    deleting: false,
    lastDeleted: [],
    deletedShown: false,
    scrolledPx: 0,
  }))
}
