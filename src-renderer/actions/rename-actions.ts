/** Giving items of the gallery other names. */
import type { GalleryItem } from '../../src-shared/gallery.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { closeItem, openItem } from './gallery-actions.ts'

/** Has the user type another name for `item`. */
export function askForName({ gallery }: Pick<Services, 'gallery'>, item: GalleryItem): void {
  gallery.setState({ toRename: item })
}

/** The item that the user was asked about keeps its name: he has closed the question. */
export function keepName({ gallery }: Pick<Services, 'gallery'>): void {
  gallery.setState({ toRename: undefined })
}

/** Renames the item that the user was asked about. Returns why it cannot have that name, for the field. */
export async function renameAsked(services: Services, name: string): Promise<CallFailure | undefined> {
  const { backend, gallery, viewing } = services
  const { toRename } = gallery.getState()
  if (toRename === undefined) return undefined
  const renamed = await outcome(backend.client.gallery.rename({ id: toRename.id, name }))
  if (!renamed.ok) return renamed.failure
  const { id: before } = toRename
  const now = { ...toRename, ...renamed.value }
  // The list itself is on its way.
  gallery.setState(({ items, marked, chosen, toRename: asked }) => ({
    toRename: asked?.id === before ? undefined : asked,
    items: items?.map((item) => (item.id === before ? now : item)),
    marked: marked.map((id) => (id === before ? now.id : id)),
    chosen: chosen === before ? now.id : chosen,
  }))
  if (viewing.getState().viewer?.id === before && now.id !== before) {
    closeItem(services)
    openItem(services, now.id)
  }
  return undefined
}
