import { LiveDisplay } from './display/live-display.ts'
import type { PageServices, PaneServices, Services } from './services.ts'
import { visiblePanes } from './stores/layout.ts'
import { linkDisplay } from './stores/link-display.ts'
import type { PaneId } from './stores/panes.ts'
import { createShownStore } from './stores/shown-store.ts'
import { videoSignalling } from './stores/video-signalling.ts'

type OpenPane = { readonly services: Services; close(): void }

/**
 * The panes of the page. Each has a canvas, and a display with a worker and a connection of its own, so that none
 * waits for another; one that goes out of view ends with all that, and costs nothing.
 */
export class Panes implements PaneServices {
  readonly view: PageServices['view']
  readonly #page: PageServices
  readonly #document: Document
  readonly #open = new Map<PaneId, OpenPane>()

  constructor(page: PageServices, document: Document) {
    this.#page = page
    this.#document = document
    this.view = page.view
    // Before any component hears of it: what it renders then is open.
    page.view.subscribe(() => this.#follow())
    this.#follow()
  }

  /** The services of a pane that is shown. */
  of(pane: PaneId): Services {
    const open = this.#open.get(pane) ?? this.#openPane(pane)
    this.#open.set(pane, open)
    return open.services
  }

  get active(): Services {
    return this.of(this.view.getState().activePane)
  }

  #follow(): void {
    const visible = visiblePanes(this.view.getState())
    for (const pane of visible) this.of(pane)
    for (const [pane, open] of this.#open) {
      if (visible.includes(pane)) continue
      this.#open.delete(pane)
      open.close()
    }
  }

  #openPane(pane: PaneId): OpenPane {
    const { backend, engine } = this.#page
    const canvas = this.#document.createElement('canvas')
    const display = new LiveDisplay(canvas, backend.openFrames(), videoSignalling(backend.client, engine))
    const services = { ...this.#page, pane, shown: createShownStore(), display, canvas }
    const unlink = linkDisplay(services)
    return {
      services,
      close: () => {
        unlink()
        display.dispose()
      },
    }
  }
}
