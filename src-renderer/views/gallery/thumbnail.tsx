import { IconPhotoOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { pictureKey } from '../../planes/thumbnails.ts'
import { useServices } from '../../services.ts'
import styles from './thumbnail.module.css'

type Fetched = { readonly id: string; readonly key: string; readonly url: string | undefined }

/** An item's small picture, fetched while the component is drawn. */
export function Thumbnail({ item }: { readonly item: GalleryItem }) {
  const { thumbnails } = useServices()
  const { id } = item
  const key = pictureKey(item)
  const [fetched, setFetched] = useState<Fetched>()
  // The one before stays until the new one is there.
  const url = thumbnails.kept(key) ?? (fetched?.id === id ? fetched.url : undefined)
  const failed = fetched?.key === key && fetched.url === undefined
  useEffect(() => {
    const request = new AbortController()
    thumbnails.get(id, key, request.signal).then(
      (found) => setFetched({ id, key, url: found }),
      () => {
        // Nothing to see: not there yet, or it cannot be read, which opening it tells.
        if (!request.signal.aborted) setFetched({ id, key, url: undefined })
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
