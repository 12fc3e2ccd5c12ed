import { Anchor, Loader, Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { type CallFailure, callFailure } from '../../backend/call-failure.ts'
import { fileAddress, type ItemFiles, listFiles } from '../../backend/item-files.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { byteSize, count } from '../../components/format.ts'
import styles from './item-files-dialog.module.css'

/** So many are shown; an OME-Zarr may have thousands. */
const mostShown = 200

export type ItemFilesDialogProps = { readonly item: GalleryItem; onClose(): void }

/** The files that an item consists of, to be downloaded one by one. */
export function ItemFilesDialog({ item, onClose }: ItemFilesDialogProps) {
  const { id, name } = item
  const [files, setFiles] = useState<ItemFiles>()
  const [failure, setFailure] = useState<CallFailure>()
  useEffect(() => {
    const request = new AbortController()
    listFiles(id, request.signal).then(setFiles, (error: unknown) => {
      if (!request.signal.aborted) setFailure(callFailure(error))
    })
    return () => request.abort()
  }, [id])
  const largest = files?.files.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostShown)
  const left = (files?.files.length ?? 0) - (largest?.length ?? 0)
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Files of ${name}`}
      size={520}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <FailureLine failure={failure} />
      {files === undefined && failure === undefined && <Loader size={18} color="gray" />}
      <ul className={styles['files']}>
        {largest?.map(({ path, bytes }) => (
          <li key={path}>
            <Anchor href={`${fileAddress(id, path)}?download`} download size="sm">
              {path}
            </Anchor>
            <span>{byteSize(bytes)}</span>
          </li>
        ))}
      </ul>
      {left > 0 && (
        <p className={styles['more']}>And {count(left)} more: download all of them as one ZIP file.</p>
      )}
    </Modal>
  )
}
