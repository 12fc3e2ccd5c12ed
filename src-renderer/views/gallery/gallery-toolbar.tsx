import { Loader, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { searchGallery } from '../../actions/gallery-actions.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { useEngine, useGallery, useServices } from '../../services.ts'
import styles from './gallery-toolbar.module.css'
import { foundWords } from './gallery-words.ts'

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
    </header>
  )
}
