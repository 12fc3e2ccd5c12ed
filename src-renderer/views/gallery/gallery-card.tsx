import { Checkbox } from '@mantine/core'
import { type MouseEvent, useEffect, useRef } from 'react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { toggleMarked } from '../../actions/delete-actions.ts'
import { openItem } from '../../actions/gallery-actions.ts'
import { useEngine, useGallery, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import styles from './gallery-card.module.css'
import { itemFacts, itemState, kindWords, madeWords, runningIds, stateWords } from './gallery-words.ts'
import { ItemMenu } from './item-menu.tsx'
import { Thumbnail } from './thumbnail.tsx'
import { useItemDrag } from './use-item-drag.ts'

/** One item: what it looks like, what it is, and how it ended. */
export function GalleryCard({ item }: { readonly item: GalleryItem }) {
  const services = useServices()
  const chosen = useGallery((state) => state.chosen === item.id)
  const marked = useGallery((state) => state.marked.includes(item.id))
  const marking = useGallery((state) => state.marked.length > 0)
  const sort = useGallery((state) => state.sort)
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const running = useEngine(runningIds)
  const drag = useItemDrag(item)
  const state = itemState(item, running.split(','))
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Back from the viewer: the list, which has the focus, gives it to the item that was open.
    const { chosen: last } = services.gallery.getState()
    if (last === item.id && document.activeElement?.contains(button.current) === true) button.current?.focus()
  }, [services, item.id])
  const choose = () => services.gallery.setState({ chosen: item.id })
  const mark = (range: boolean) => toggleMarked(services.gallery, item.id, { range })
  // As in file managers: with Ctrl or Shift a click marks.
  const onClick = ({ ctrlKey, metaKey, shiftKey }: MouseEvent) => {
    if (!watching && (ctrlKey || metaKey || shiftKey)) mark(shiftKey)
    else openItem(services, item.id)
  }
  return (
    <article
      className={styles['card']}
      data-chosen={chosen || undefined}
      data-marked={marked || undefined}
      data-marking={marking || undefined}
      onFocus={choose}
    >
      <button
        ref={button}
        type="button"
        className={styles['open']}
        data-item={item.id}
        aria-label={`Open ${item.name}`}
        onClick={onClick}
        {...drag}
      >
        <Thumbnail item={item} />
        <span className={styles['text']}>
          <span className={styles['name']} title={item.name}>
            {item.name}
          </span>
          <span className={styles['facts']}>
            {madeWords(item.startedAt, sort)} · {kindWords[item.kind]}
          </span>
          <span className={styles['facts']}>{itemFacts(item)}</span>
          {item.found !== undefined && (
            <span className={styles['found']} title={item.found}>
              {item.found}
            </span>
          )}
        </span>
        {state !== undefined && (
          <span className={styles['state']} data-state={state} title={item.damaged}>
            {stateWords[state]}
          </span>
        )}
      </button>
      {!watching && (
        <div className={styles['mark']}>
          <Checkbox
            size="sm"
            aria-label={`Mark ${item.name}`}
            checked={marked}
            onChange={() => {}}
            onClick={({ shiftKey }) => mark(shiftKey)}
          />
        </div>
      )}
      <div className={styles['menu']}>
        <ItemMenu item={item} />
      </div>
    </article>
  )
}
