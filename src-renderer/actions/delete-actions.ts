/** Deleting items of the gallery, and putting them back. */
import type { GalleryItem, RefusedItem } from '../../src-shared/gallery.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { inBatches } from '../backend/in-batches.ts'
import type { Services } from '../services.ts'
import type { GalleryState, GalleryStore } from '../stores/gallery-store.ts'
import { whyNotAct } from '../stores/permission.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { closeItem } from './gallery-actions.ts'

/** Marks an item, or no longer; `range`: with all from the one that was marked last. */
export function toggleMarked(gallery: GalleryStore, id: string, { range = false } = {}): void {
  gallery.setState(({ marked, items = [] }) => {
    const [from, to] = [
      items.findIndex((item) => item.id === marked.at(-1)),
      items.findIndex((item) => item.id === id),
    ]
    if (range && from >= 0 && to >= 0) {
      const between = items.slice(Math.min(from, to), Math.max(from, to) + 1).map((item) => item.id)
      // The one that was pressed is the last: the next range begins there.
      return { marked: [...new Set([...marked, ...between])].filter((each) => each !== id).concat(id) }
    }
    return { marked: marked.includes(id) ? marked.filter((each) => each !== id) : [...marked, id] }
  })
}

/** Marks everything that is listed so far. */
export function markAll(gallery: GalleryStore): void {
  gallery.setState(({ items = [] }) => ({ marked: items.map(({ id }) => id) }))
}

/** Takes the marks off all items. */
export function unmarkAll(gallery: GalleryStore): void {
  if (gallery.getState().marked.length > 0) gallery.setState({ marked: [] })
}

/** Asks the user whether these shall be deleted; nothing happens where this page only watches. */
export function askToDelete(
  { engine, gallery }: Pick<Services, 'engine' | 'gallery'>,
  items: readonly GalleryItem[],
): void {
  if (items.length > 0 && whyNotAct(engine.getState()) === undefined) gallery.setState({ toDelete: items })
}

/** As `askToDelete`, of all that are marked, or else of the chosen one. */
export function askToDeleteChosen(services: Pick<Services, 'engine' | 'gallery'>): void {
  const { items = [], marked, chosen } = services.gallery.getState()
  const wanted = new Set(marked.length > 0 ? marked : [chosen])
  askToDelete(
    services,
    items.filter(({ id }) => wanted.has(id)),
  )
}

/** Closes the question without deleting anything; not once it has been answered. */
export function keepAll({ gallery }: Pick<Services, 'gallery'>): void {
  if (!gallery.getState().deleting) gallery.setState({ toDelete: undefined })
}

/** Deletes what the user was asked about. */
export async function deleteAsked(services: Services): Promise<void> {
  const { backend, gallery, session, viewing } = services
  const { toDelete = [], deleting } = gallery.getState()
  if (deleting || toDelete.length === 0) return
  gallery.setState({ deleting: true })
  const ids = toDelete.map(({ id }) => id)
  const { answers, failure } = await inBatches(ids, (some) => backend.client.gallery.delete({ ids: some }))
  gallery.setState({ deleting: false, toDelete: undefined })
  const title = 'Not deleted'
  if (answers.length === 0) return noteOutcome(session, title, failure)
  const deleted = answers.flatMap((answer) => answer.deleted)
  const refused = answers.flatMap((answer) => answer.refused)
  const gone = new Set(deleted.map(({ id }) => id))
  gallery.setState(({ marked, items, total, chosen }) => ({
    lastDeleted: deleted,
    marked: marked.filter((id) => !gone.has(id)),
    chosen: chosenWithout(gone, { items, chosen }),
    // The list itself is on its way.
    items: items?.filter(({ id }) => !gone.has(id)),
    total: Math.max(0, total - gone.size),
  }))
  if (gone.has(viewing.getState().viewer?.id ?? '')) closeItem(services)
  noteOutcome(session, title, failure ?? failureOfRefused(refused))
}

/** Instead of a chosen item that has gone the next one that is left, or else the one before. */
function chosenWithout(
  gone: ReadonlySet<string>,
  { items = [], chosen }: Pick<GalleryState, 'items' | 'chosen'>,
): string | undefined {
  if (chosen === undefined || !gone.has(chosen)) return chosen
  const at = items.findIndex(({ id }) => id === chosen)
  const isLeft = ({ id }: GalleryItem) => !gone.has(id)
  return (items.slice(at + 1).find(isLeft) ?? items.slice(0, Math.max(0, at)).findLast(isLeft))?.id
}

/** Puts back what was deleted last, or those of `keys`. */
export async function restoreDeleted(services: Services, keys?: readonly string[]): Promise<void> {
  const { backend, gallery, session } = services
  const wanted = keys ?? gallery.getState().lastDeleted.map(({ key }) => key)
  if (gallery.getState().deleting || wanted.length === 0) return
  gallery.setState({ deleting: true })
  const { answers, done, failure } = await inBatches(wanted, (some) =>
    backend.client.gallery.restore({ keys: some }),
  )
  gallery.setState({ deleting: false })
  forgetDeleted(gallery, wanted.slice(0, done))
  const refused = answers.flatMap((answer) => answer.refused)
  noteOutcome(session, 'Not put back', failure ?? failureOfRefused(refused))
}

/** Removes deleted items for good. */
export async function removeDeleted(services: Services, keys: readonly string[]): Promise<void> {
  const { backend, gallery, session } = services
  if (gallery.getState().deleting) return
  gallery.setState({ deleting: true })
  const { answers, failure } = await inBatches(keys, (some) =>
    backend.client.gallery.removeDeleted({ keys: some }),
  )
  const refused = answers.flatMap((answer) => answer.refused)
  gallery.setState({ deleting: false })
  forgetDeleted(gallery, keys)
  noteOutcome(session, 'Not removed', failure ?? failureOfRefused(refused))
}

/** They are offered no more. */
export function forgetDeleted(gallery: GalleryStore, keys: readonly string[]): void {
  gallery.setState(({ lastDeleted }) => ({
    lastDeleted: lastDeleted.filter(({ key }) => !keys.includes(key)),
  }))
}

/** Why not, of the first of those that were refused; undefined: none was. */
function failureOfRefused(refused: readonly RefusedItem[]): CallFailure | undefined {
  const [first] = refused
  if (first === undefined) return undefined
  const { code, message, hint } = first.error
  const others = refused.length - 1
  const more = others === 0 ? '' : ` So ${others === 1 ? 'was another' : `were ${others} others`} refused.`
  return { code, message: `${message}.${more}`, hint, details: undefined }
}
