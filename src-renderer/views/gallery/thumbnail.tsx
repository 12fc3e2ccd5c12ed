import { IconPhotoOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { useServices } from '../../services.ts'
import styles from './thumbnail.module.css'

/** Changes with the item's picture: one that is under way may get one. */
function pictureKey({ id, frames, finish }: GalleryItem): string {
  return `${id} ${frames === undefined || frames === 0 ? 0 : 1} ${finish}`
}

/** An item's small picture, fetched while the component is drawn. */
export function Thumbnail({ item }: { readonly item: GalleryItem }) {
  const { thumbnails } = useServices()
  const { id } = item
  const key = pictureKey(item)
  const [fetched, setFetched] = useState<{ readonly key: string; readonly url: string | undefined }>()
  const url = thumbnails.kept(key) ?? (fetched?.key === key ? fetched.url : undefined)
  const failed = fetched?.key === key && fetched.url === undefined
  useEffect(() => {
    const request = new AbortController()
    thumbnails.get(id, key, request.signal).then(
      (found) => setFetched({ key, url: found }),
      () => {
        // Nothing to see: not there yet, or it cannot be read, which opening it tells.
        if (!request.signal.aborted) setFetched({ key, url: undefined })
      },
    )
    return () => request.abort()
  }, [thumbnails, id, key])
  return (
    <span className={styles['picture']}>
      {url !== undefined && <img src={url} alt="" draggable={false} />}
      {failed && <IconPhotoOff size={26} stroke={1.2} aria-label="No picture" />}
    </span>
  )
}
