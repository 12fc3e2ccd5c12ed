import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Backend } from './backend/backend.ts'
import { callFailure } from './backend/call-failure.ts'
import { PlaneDisplay } from './display/plane-display.ts'
import type { SectionCut } from '../src-shared/gallery.ts'
import { PlaneFeed } from './planes/plane-feed.ts'
import { Section } from './section.ts'
import { createShownStore, type ImageOnShow } from './stores/shown-store.ts'
import { createViewerStore, type ViewerStore, withOpened } from './stores/viewer-store.ts'

/** The item of the gallery that is open, if one is. */
export type ViewingStore = StoreApi<{ readonly viewer: Viewer | undefined }>

/** Which item, and where it comes from. */
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
  readonly #document: Document
  readonly #sections = new Map<SectionCut, Section>()
  #looking: Promise<void> | undefined
  /** Something has changed since the look that is under way began. */
  #again = false

  constructor({ client, id, document }: ViewerOptions) {
    this.#client = client
    this.#document = document
    this.id = id
    const canvas = document.createElement('canvas')
    const shown = createShownStore()
    this.display = new PlaneDisplay(canvas)
    this.image = { canvas, shown, display: this.display }
    const { store, display } = this
    this.#feed = new PlaneFeed({ id, gallery: client.gallery, store, shown, display })
    void this.refresh()
  }

  /**
   * Opens the item, or looks again at one that has grown or gone meanwhile; resolves when what is known now is shown. One
   * look at a time, as answers may overtake each other.
   */
  refresh(): Promise<void> {
    this.#again = this.#looking !== undefined
    this.#looking ??= this.#lookUntilCurrent().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookUntilCurrent(): Promise<void> {
    do {
      this.#again = false
      await this.#look()
    } while (this.#again && !this.#end.signal.aborted)
  }

  async #look(): Promise<void> {
    const { signal } = this.#end
    try {
      const opened = await this.#client.gallery.open({ id: this.id }, { signal })
      if (signal.aborted) return
      const before = this.store.getState().opened
      this.#feed.forgetUnfinished()
      this.store.setState((state) => withOpened(state, opened))
      // A file of the same name was put in its place.
      if (before !== undefined && before.item.startedAt !== opened.item.startedAt)
        for (const feed of [this.#feed, ...this.#sections.values()]) feed.forgetAll()
    } catch (error) {
      if (!signal.aborted) this.store.setState({ failure: callFailure(error) })
    }
  }

  /** The cut through the stack, made when it is first asked for. */
  section(cut: SectionCut): Section {
    const { id, store, image } = this
    const section =
      this.#sections.get(cut) ??
      new Section({
        id,
        cut,
        gallery: this.#client.gallery,
        viewer: store,
        plane: image.shown,
        document: this.#document,
      })
    this.#sections.set(cut, section)
    return section
  }

  close(): void {
    this.#end.abort()
    for (const section of this.#sections.values()) section.close()
    this.#feed.close()
    this.display.dispose()
  }
}

/** Where the page keeps the item that is open. */
export function createViewingStore(): ViewingStore {
  return createStore(() => ({ viewer: undefined }))
}
