/** What the gallery shows. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GalleryItem } from '../../src-shared/gallery.ts'
import type { CallFailure } from '../backend/call-failure.ts'

export type GalleryState = {
  readonly search: string
  /** From the newest on, as far as they were asked for; undefined before the first answer. */
  readonly items: readonly GalleryItem[] | undefined
  /** Of all that fit the search. */
  readonly total: number
  /** Where they are, on the computer at the microscope. */
  readonly folder: string
  /** Why the list could not be had; what it was before stays. */
  readonly failure: CallFailure | undefined
  readonly asking: boolean
  /** The item that keys and actions are about. */
  readonly chosen: string | undefined
  /** How far the list was scrolled when it was left, CSS px. */
  readonly scrolledPx: number
}

export type GalleryStore = StoreApi<GalleryState>

export function createGalleryStore(): GalleryStore {
  return createStore<GalleryState>(() => ({
    search: '',
    items: undefined,
    total: 0,
    folder: '',
    failure: undefined,
    asking: false,
    chosen: undefined,
    scrolledPx: 0,
  }))
}
