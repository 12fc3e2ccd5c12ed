import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef } from 'react'
import { askToDeleteChosen, markAll, toggleMarked, unmarkAll } from '../../actions/delete-actions.ts'
import { loadMore, refreshGallery } from '../../actions/gallery-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { LazyRows } from '../../components/lazy-rows.tsx'
import { useNow } from '../../components/use-now.ts'
import { type Services, useEngine, useGallery, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { GalleryCard } from './gallery-card.tsx'
import { GalleryEmpty } from './gallery-empty.tsx'
import styles from './gallery-list.module.css'
import { galleryRows, neighbourOf } from './gallery-rows.ts'
import { GalleryToolbar } from './gallery-toolbar.tsx'
import { isByDay } from './gallery-words.ts'
import { MarkedBar } from './marked-bar.tsx'
import { useColumns } from './use-columns.ts'

/** Least width of a card, and the room between cards, as the style has them; CSS px. */
const cardPx = 184
const gapPx = 10
/** Height of a row before it is drawn, CSS px. */
const rowPx = 224
/** Minutes: the day that is called today changes. */
const nowEveryMs = 60_000
/** A search that is not complete is repeated so long after its answer, ms. */
const searchAgainMs = 3000

/** Everything that was kept, as small pictures. */
export function GalleryList() {
  const services = useServices()
  const list = useRef<HTMLElement>(null)
  const items = useGallery((state) => state.items)
  const failure = useGallery((state) => state.failure)
  const columns = useColumns(list, { cardPx, gapPx })
  const nowMs = useNow(nowEveryMs)
  const byDay = useGallery((state) => isByDay(state.sort))
  const rows = useMemo(
    () => galleryRows(items ?? [], { columns, nowMs, byDay }),
    [items, columns, nowMs, byDay],
  )
  useFreshList()
  useReturn(list)
  useKeysAgain(list)

  function onKeyDown(event: KeyboardEvent) {
    const { key } = event
    // Menus and dialogs of the cards have keys of their own.
    if (!(event.target instanceof Node && event.currentTarget.contains(event.target))) return
    const handled = onMarkingKey(services, event)
    if (handled) return event.preventDefault()
    if (key !== 'ArrowLeft' && key !== 'ArrowRight' && key !== 'ArrowUp' && key !== 'ArrowDown') return
    const next = neighbourOf(rows, services.gallery.getState().chosen, key)
    event.preventDefault()
    if (next === undefined) return
    services.gallery.setState({ chosen: next })
    focusItem(list, next)
  }
  return (
    <>
      <GalleryToolbar />
      <MarkedBar />
      <main
        ref={list}
        data-days={byDay || undefined}
        className={styles['list']}
        aria-label="Gallery"
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <FailureLine failure={failure} />
        {items?.length === 0 && <GalleryEmpty />}
        <LazyRows items={rows} rowHeight={rowPx}>
          {(row) =>
            row.kind === 'day' ? (
              <h2 key={row.key} className={styles['day']}>
                {row.title}
              </h2>
            ) : (
              <div
                key={row.key}
                className={styles['row']}
                style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
              >
                {row.items.map((item) => (
                  <GalleryCard key={item.id} item={item} />
                ))}
              </div>
            )
          }
        </LazyRows>
        <More />
      </main>
    </>
  )
}

/** Asks for the list when it comes into view, whenever something was kept or removed, and while a search goes on. */
function useFreshList() {
  const services = useServices()
  const changes = useEngine((state) => state.galleryChanges)
  const items = useGallery((state) => state.items)
  const failure = useGallery((state) => state.failure)
  const complete = useGallery((state) => state.complete)
  useEffect(() => void refreshGallery(services), [services, changes])
  useEffect(() => {
    if (complete) return
    const timer = setTimeout(() => void refreshGallery(services), searchAgainMs)
    return () => clearTimeout(timer)
    // Each answer is a new list or a new failure.
  }, [services, complete, items, failure])
}

/** Deleting and marking by keys. @returns whether it was such a key */
function onMarkingKey(services: Services, { key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  const { gallery, engine } = services
  if (whyNotAct(engine.getState()) !== undefined) return false
  const { chosen, marked } = gallery.getState()
  if (key === 'Delete' || (key === 'Backspace' && metaKey)) askToDeleteChosen(services)
  else if (key === 'a' && (ctrlKey || metaKey)) markAll(gallery)
  else if (key.toLowerCase() === 'x' && chosen !== undefined && !ctrlKey && !metaKey)
    toggleMarked(gallery, chosen, { range: shiftKey })
  else if (key === 'Escape' && marked.length > 0) unmarkAll(gallery)
  else return false
  return true
}

function focusItem(list: RefObject<HTMLElement | null>, id: string, options?: FocusOptions): void {
  list.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`)?.focus(options)
}

/** The list is where it was left, and keys work at once; the item that was open takes them when it is drawn. */
function useReturn(list: RefObject<HTMLElement | null>) {
  const { gallery } = useServices()
  useEffect(() => {
    const element = list.current
    if (element === null) return
    element.scrollTo({ top: gallery.getState().scrolledPx })
    element.focus({ preventScroll: true })
    return () => gallery.setState({ scrolledPx: element.scrollTop })
  }, [gallery, list])
}

/** When a dialog over the list has closed, keys are for the list again, at the item that is chosen now. */
function useKeysAgain(list: RefObject<HTMLElement | null>) {
  const { gallery } = useServices()
  const open = useGallery((state) => state.toDelete !== undefined || state.deletedShown)
  const wasOpen = useRef(open)
  useEffect(() => {
    if (wasOpen.current && !open) {
      const { chosen } = gallery.getState()
      list.current?.focus({ preventScroll: true })
      // Where the list is scrolled to it stays.
      if (chosen !== undefined) focusItem(list, chosen, { preventScroll: true })
    }
    wasOpen.current = open
  }, [gallery, list, open])
}

/** At the end of the list: more is asked for when it comes into sight. */
function More() {
  const services = useServices()
  const element = useRef<HTMLParagraphElement>(null)
  const shown = useGallery((state) => state.items?.length ?? 0)
  const total = useGallery((state) => state.total)
  useEffect(() => {
    const end = element.current
    if (end === null) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void loadMore(services)
      },
      { rootMargin: '900px 0px' },
    )
    observer.observe(end)
    return () => observer.disconnect()
    // Anew for each part of the list: what stays in sight is not told of twice.
  }, [services, shown])
  return shown < total ? (
    <p ref={element} className={styles['older']}>
      More…
    </p>
  ) : null
}
