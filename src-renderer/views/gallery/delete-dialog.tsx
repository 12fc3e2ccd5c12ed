import { Button, Modal } from '@mantine/core'
import { deleteAsked, keepAll } from '../../actions/delete-actions.ts'
import { useGallery, useServices } from '../../services.ts'
import styles from './delete-dialog.module.css'
import { deleteTitle, sizeWords, totalWords } from './delete-words.ts'

/** So many names are shown. */
const mostShown = 8

/** Whether these items shall be deleted. */
export function DeleteDialog() {
  const services = useServices()
  const items = useGallery((state) => state.toDelete)
  const deleting = useGallery((state) => state.deleting)
  if (items === undefined) return null
  return (
    <Modal
      opened
      onClose={() => keepAll(services)}
      title={deleteTitle(items)}
      size={440}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ul className={styles['items']}>
        {items.slice(0, mostShown).map((item) => (
          <li key={item.id}>
            <span className={styles['name']}>{item.name}</span>
            <span className={styles['size']}>{sizeWords(item)}</span>
          </li>
        ))}
      </ul>
      <p className={styles['note']}>
        {items.length > mostShown && `And ${items.length - mostShown} more. `}
        {items.length > 1 && `${totalWords(items)}. `}
        Deleted items can be put back for a week; until then they take up the disk.
      </p>
      <div className={styles['buttons']}>
        <Button variant="default" onClick={() => keepAll(services)} disabled={deleting}>
          Cancel
        </Button>
        <Button color="red" loading={deleting} data-autofocus onClick={() => void deleteAsked(services)}>
          Delete
        </Button>
      </div>
    </Modal>
  )
}
