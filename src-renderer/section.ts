import type { SectionCut } from '../src-shared/gallery.ts'
import { PlaneDisplay } from './display/plane-display.ts'
import type { Size } from './display/view-transform.ts'
import { SectionFeed, type SectionFeedOptions } from './planes/section-feed.ts'
import { createSectionStore, type SectionStore } from './stores/section-store.ts'

/** Which cut of which open stack. */
export type SectionOptions = Pick<SectionFeedOptions, 'id' | 'gallery' | 'viewer' | 'plane'> & {
  readonly cut: SectionCut
  readonly document: Document
}

/** One cut through an open stack: a canvas with a worker of its own that draws it. */
export class Section {
  readonly canvas: HTMLCanvasElement
  readonly store: SectionStore = createSectionStore()
  readonly #display: PlaneDisplay
  readonly #feed: SectionFeed

  constructor({ document, ...options }: SectionOptions) {
    this.canvas = document.createElement('canvas')
    this.#display = new PlaneDisplay(this.canvas)
    this.#feed = new SectionFeed({ ...options, section: this.store, display: this.#display })
  }

  /** @param canvas CSS px */
  resize(canvas: Size, devicePixelRatio: number): void {
    this.#display.resize(canvas.width, canvas.height, devicePixelRatio)
    this.#feed.resized(canvas)
  }

  /** Everything is asked for again: the file is another one. */
  forgetAll(): void {
    this.#feed.forgetAll()
  }

  close(): void {
    this.#feed.close()
    this.#display.dispose()
  }
}
