import { Button, Loader, Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { removeDeleted, restoreDeleted } from '../../actions/delete-actions.ts'
import type { DeletedItem } from '../../../src-shared/gallery.ts'
import { outcome } from '../../backend/outcome.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useEngine, useGallery, useServices } from '../../services.ts'
import { isOwner, whyNotOperate } from '../../stores/permission.ts'
import styles from './delete-dialog.module.css'
import { sizeWords, totalWords } from './delete-words.ts'
import { dateWords } from './gallery-words.ts'

/** What was deleted: to be put back, or to make room. */
export function DeletedDialog() {
  const { gallery } = useServices()
  const shown = useGallery((state) => state.deletedShown)
  if (!shown) return null
  return (
    <Modal
      opened
      onClose={() => gallery.setState({ deletedShown: false })}
      title="Deleted"
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <DeletedList />
    </Modal>
  )
}

function DeletedList() {
  const services = useServices()
  const { items, failure } = useDeleted()
  const busy = useGallery((state) => state.deleting)
  const refusal = useEngine(whyNotOperate)
  const owner = useEngine(isOwner)
  const [sure, setSure] = useState(false)
  if (failure !== undefined) return <FailureLine failure={failure} />
  if (items === undefined) return <Loader size={18} color="gray" aria-label="Looking" />
  if (items.length === 0) return <p className={styles['note']}>Nothing that was deleted can be put back.</p>
  return (
    <>
      <ul className={styles['items']}>
        {items.map((item) => (
          <li key={item.key}>
            <span className={styles['name']} title={item.id}>
              {item.name}
            </span>
            <span className={styles['size']}>
              {sizeWords(item)}, until {dateWords(item.keptUntil)}
            </span>
            <Button
              variant="default"
              size="compact-xs"
              disabled={busy || refusal !== undefined}
              title={refusal?.reason}
              aria-label={`Put back ${item.name}`}
              onClick={() => void restoreDeleted(services, [item.key])}
            >
              Put back
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles['note']}>
        {totalWords(items)}.{' '}
        {owner
          ? 'What is removed for good makes room on the disk, and cannot be put back.'
          : 'Whoever sits at the microscope can remove them for good before that.'}
      </p>
      {owner && (
        <div className={styles['buttons']}>
          {sure ? (
            <>
              <Button variant="default" onClick={() => setSure(false)} disabled={busy}>
                Cancel
              </Button>
              <Button
                color="red"
                loading={busy}
                onClick={() =>
                  void removeDeleted(
                    services,
                    items.map(({ key }) => key),
                  ).then(() => setSure(false))
                }
              >
                Remove all for good
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setSure(true)} disabled={busy}>
              Remove for good …
            </Button>
          )}
        </div>
      )}
    </>
  )
}

/** Asked for again whenever the gallery has changed. */
function useDeleted() {
  const { backend } = useServices()
  const changes = useEngine((state) => state.galleryChanges)
  const [items, setItems] = useState<readonly DeletedItem[]>()
  const [failure, setFailure] = useState<CallFailure>()
  useEffect(() => {
    let current = true
    void outcome(backend.client.gallery.deleted()).then((result) => {
      if (!current) return
      if (result.ok) setItems(result.value)
      setFailure(result.ok ? undefined : result.failure)
    })
    return () => {
      current = false
    }
  }, [backend, changes])
  return { items, failure }
}
