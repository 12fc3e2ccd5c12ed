/** The gallery: listing, opening, and what can be done with what was kept. */
import type { GalleryItem, GalleryPage, GallerySort } from '../../src-shared/gallery.ts'
import { callFailure } from '../backend/call-failure.ts'
import { failureOf, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { galleryPageItems } from '../stores/gallery-store.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { Viewer } from '../viewer.ts'
import { repeatAcquisition } from './plan-actions.ts'

/** The most that the engine gives at once. */
const mostItems = 500

type ListCall = (
  input: {
    readonly search: string
    readonly sort: GallerySort
    readonly offset: number
    readonly limit: number
  },
  options: { readonly signal: AbortSignal },
) => Promise<GalleryPage>

/** What listing needs of the services. */
export type GalleryServices = Pick<Services, 'gallery'> & {
  readonly backend: { readonly client: { readonly gallery: { readonly list: ListCall } } }
}

/** Shows the gallery, with nothing open. */
export function showGallery(services: Services): void {
  closeItem(services)
  services.view.setState({ place: 'gallery' })
}

/** Opens what was kept under `id` (path below the data folder) in the viewer. */
export function openItem(services: Services, id: string): void {
  const { backend, gallery, view, viewing } = services
  gallery.setState({ chosen: id })
  if (viewing.getState().viewer?.id !== id) {
    closeItem(services)
    viewing.setState({ viewer: new Viewer({ client: backend.client, id, document }) })
  }
  view.setState({ place: 'gallery' })
}

/** Closes the viewer; the list is back. */
export function closeItem({ viewing }: Services): void {
  const { viewer } = viewing.getState()
  if (viewer === undefined) return
  viewing.setState({ viewer: undefined })
  viewer.close()
}

/** Opens the item before (-1) or after (1) the open one in the list, in whatever order that is. */
export function openNeighbour(services: Services, by: 1 | -1): void {
  const { items = [], chosen } = services.gallery.getState()
  const next = items[items.findIndex(({ id }) => id === chosen) + by]
  if (next !== undefined) openItem(services, next.id)
}

/** Lists what fits `search`, from the first item on. Marks stay on what is found: the user may have set them while it was still to begin. */
export function searchGallery(services: GalleryServices, search: string): Promise<void> {
  services.gallery.setState({ search })
  return loadGallery(services, galleryPageItems)
}

/** Lists in another order, from the first item on. */
export function sortGallery(services: GalleryServices, sort: GallerySort): Promise<void> {
  services.gallery.setState({ sort, scrolledPx: 0 })
  return loadGallery(services, galleryPageItems)
}

/** Asks for the list anew, as much of it as there was or is just being asked for. */
export function refreshGallery(services: GalleryServices): Promise<void> {
  return loadGallery(services, services.gallery.getState().wanted)
}

/** What gives up the list that is being asked for: the engine need not search on for one that nobody wants any more. */
const underWay = new WeakMap<GalleryServices['gallery'], AbortController>()

async function loadGallery({ backend, gallery }: GalleryServices, wanted: number): Promise<void> {
  underWay.get(gallery)?.abort()
  const control = new AbortController()
  const { signal } = control
  underWay.set(gallery, control)
  const { search, sort, lists: before } = gallery.getState()
  const lists = before + 1
  gallery.setState({ asking: true, lists, wanted })
  const items: GalleryItem[] = []
  const seen = new Set<string>()
  try {
    for (;;) {
      const limit = Math.min(mostItems, wanted - items.length)
      const page = await backend.client.gallery.list(
        { search, sort, offset: items.length, limit },
        { signal },
      )
      // Another list was asked for meanwhile.
      if (gallery.getState().lists !== lists) return
      const fresh = page.items.filter(({ id }) => !seen.has(id))
      for (const item of fresh) seen.add(item.id)
      items.push(...fresh)
      const { total, complete = true, folder = '' } = page
      if (items.length < Math.min(wanted, total) && fresh.length > 0) continue
      gallery.setState(({ marked }) => ({
        items,
        total,
        complete,
        folder,
        failure: undefined,
        asking: false,
        marked: marked.filter((id) => seen.has(id)),
      }))
      return
    }
  } catch (error) {
    if (gallery.getState().lists === lists) gallery.setState({ failure: callFailure(error), asking: false })
  }
}

/** Asks for more of the list, if there is more. */
export async function loadMore(services: GalleryServices): Promise<void> {
  const { items, total, asking } = services.gallery.getState()
  if (asking || items === undefined || items.length >= total) return
  await loadGallery(services, items.length + galleryPageItems)
}

/** Shows an item in the file manager of this computer, which is the one at the microscope. */
export async function revealItem({ backend, session }: Services, id: string): Promise<void> {
  const failure = await failureOf(backend.client.gallery.reveal({ id }))
  noteOutcome(session, 'The folder was not opened', failure)
}

/** Puts the plan that an item was acquired by into the Acquire view. */
export async function repeatItem(
  services: Services,
  { id, name }: Pick<GalleryItem, 'id' | 'name'>,
): Promise<void> {
  const { backend, session } = services
  const title = `${name} cannot be repeated`
  const opened = await outcome(backend.client.gallery.open({ id }))
  if (!opened.ok) return noteOutcome(session, title, opened.failure)
  const { plan, run } = opened.value
  if (plan !== undefined) {
    noteOutcome(session, title, undefined)
    return repeatAcquisition(services, plan, run)
  }
  noteOutcome(session, title, {
    code: 'UNKNOWN_IMAGE',
    message: 'It holds no plan.',
    hint: 'Only acquisitions made by a plan can be repeated.',
    details: undefined,
  })
}
