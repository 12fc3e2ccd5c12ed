/** What is on show of one cut through a stack. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Size, ViewTransform } from '../display/view-transform.ts'

type SectionProgress =
  /** `done` of `total` parts have come; what there is of them is on show. */
  | { readonly state: 'reading'; readonly done: number; readonly total: number }
  | { readonly state: 'shown' }
  | { readonly state: 'failed'; readonly message: string }

type SectionState = {
  readonly progress: SectionProgress
  readonly view: ViewTransform
  /** CSS px. */
  readonly canvas: Size
}

export type SectionStore = StoreApi<SectionState>

/** Of a cut of which nothing has come yet. */
export function createSectionStore(): SectionStore {
  return createStore<SectionState>(() => ({
    progress: { state: 'reading', done: 0, total: 1 },
    view: { zoom: 1, centerX: 0, centerY: 0 },
    canvas: { width: 0, height: 0 },
  }))
}
