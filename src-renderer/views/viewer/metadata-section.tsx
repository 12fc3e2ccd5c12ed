import { TextInput } from '@mantine/core'
import { useDeferredValue, useMemo, useState } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { count } from '../../components/format.ts'
import { PanelSection } from '../../components/panel-section.tsx'
import { useViewerState } from '../../services.ts'
import { matchingRows, metadataRows } from './metadata-rows.ts'
import styles from './metadata-section.module.css'
import { MetadataTable } from './metadata-table.tsx'

/** Everything known of the whole: request, plan, devices and their settings, software. */
export function MetadataSection() {
  const metadata = useViewerState((state) => state.opened?.metadata)
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search)
  const all = useMemo(() => metadataRows(metadata), [metadata])
  const rows = useMemo(() => matchingRows(all, wanted), [all, wanted])
  const text = useMemo(() => JSON.stringify(metadata, undefined, 2), [metadata])
  if (metadata === undefined || all.length === 0) return null
  return (
    <PanelSection
      id="viewer-metadata"
      title="Metadata"
      aside={<CopyButton text={text} label="Copy all metadata as JSON" />}
    >
      <TextInput
        aria-label="Search the metadata"
        placeholder={`Search ${count(all.length)} values`}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className={styles['rows']}>
        <MetadataTable rows={rows} />
        {rows.length === 0 && <p className={styles['none']}>Nothing has all of these words.</p>}
      </div>
    </PanelSection>
  )
}
