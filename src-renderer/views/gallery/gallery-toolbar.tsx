import { ActionIcon, Loader, Select, TextInput, Tooltip } from '@mantine/core'
import { IconSearch, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { gallerySortSchema, type GallerySort } from '../../../src-shared/gallery.ts'
import { searchGallery, sortGallery } from '../../actions/gallery-actions.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { useEngine, useGallery, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import styles from './gallery-toolbar.module.css'
import { foundWords } from './gallery-words.ts'

const sorts: readonly { readonly value: GallerySort; readonly label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'name', label: 'By name' },
  { value: 'size', label: 'Largest first' },
]

/** Whoever types is not interrupted by answers to half words, ms. */
const searchAfterMs = 200

/** The search, how much was found, and where it is. */
export function GalleryToolbar() {
  const services = useServices()
  const search = useGallery((state) => state.search)
  const [text, setText] = useState(search)
  const total = useGallery((state) => state.total)
  const complete = useGallery((state) => state.complete)
  const folder = useGallery((state) => state.folder)
  const asking = useGallery((state) => state.asking)
  const sort = useGallery((state) => state.sort)
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const local = useEngine((state) => state.info?.transport === 'ipc')
  useEffect(() => {
    if (text === services.gallery.getState().search) return
    const timer = setTimeout(() => void searchGallery(services, text), searchAfterMs)
    return () => clearTimeout(timer)
  }, [services, text])
  return (
    <header className={styles['bar']} role="search">
      <TextInput
        className={styles['search'] ?? ''}
        aria-label="Search the gallery"
        placeholder="Name, camera, channel, position, any metadata"
        leftSection={<IconSearch size={15} stroke={1.7} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') setText('')
        }}
      />
      <Select
        className={styles['sort'] ?? ''}
        aria-label="Order of the items"
        data={sorts}
        value={sort}
        allowDeselect={false}
        onChange={(chosen) => void sortGallery(services, gallerySortSchema.parse(chosen))}
      />
      <output className={styles['found']} aria-label="Number of items">
        {(asking || !complete) && <Loader size={12} color="gray" mr={8} />}
        {!(asking && complete) && foundWords({ search, total, complete })}
      </output>
      {folder !== '' && (
        <span className={styles['folder']}>
          <span className={styles['path']} title={folder}>
            {folder}
          </span>
          {local && <CopyButton text={folder} label="Copy the folder’s path" />}
        </span>
      )}
      {!watching && (
        <Tooltip label="Deleted items">
          <ActionIcon
            className={styles['deleted'] ?? ''}
            aria-label="Deleted items"
            onClick={() => services.gallery.setState({ deletedShown: true })}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </header>
  )
}
