import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Backend } from './backend/backend.ts'
import { callFailure } from './backend/call-failure.ts'
import { PlaneDisplay } from './display/plane-display.ts'
import { PlaneFeed } from './planes/plane-feed.ts'
import { createShownStore, type ImageOnShow } from './stores/shown-store.ts'
import { createViewerStore, type ViewerStore, withOpened } from './stores/viewer-store.ts'

/** The item of the gallery that is open, if one is. */
export type ViewingStore = StoreApi<{ readonly viewer: Viewer | undefined }>

export type ViewerOptions = {
  readonly client: Backend['client']
  /** As the gallery lists it. */
  readonly id: string
  readonly document: Document
}

/** One item of the gallery, open: its state, and a canvas with a worker of its own that draws its planes. */
export class Viewer {
  readonly id: string
  readonly store: ViewerStore = createViewerStore()
  readonly image: ImageOnShow
  readonly display: PlaneDisplay
  readonly #client: Backend['client']
  readonly #feed: PlaneFeed
  readonly #end = new AbortController()

  constructor({ client, id, document }: ViewerOptions) {
    this.#client = client
    this.id = id
    const canvas = document.createElement('canvas')
    const shown = createShownStore()
    this.display = new PlaneDisplay(canvas)
    this.image = { canvas, shown, display: this.display }
    const { store, display } = this
    this.#feed = new PlaneFeed({ id, gallery: client.gallery, store, shown, display })
    void this.refresh()
  }

  /** Opens the item, or looks again at one that has grown meanwhile. */
  async refresh(): Promise<void> {
    const { signal } = this.#end
    try {
      const opened = await this.#client.gallery.open({ id: this.id }, { signal })
      if (signal.aborted) return
      this.#feed.forgetUnfinished()
      this.store.setState((state) => withOpened(state, opened))
    } catch (error) {
      if (!signal.aborted) this.store.setState({ failure: callFailure(error) })
    }
  }

  close(): void {
    this.#end.abort()
    this.#feed.close()
    this.display.dispose()
  }
}

/** Where the page keeps the item that is open. */
export function createViewingStore(): ViewingStore {
  return createStore(() => ({ viewer: undefined }))
}
