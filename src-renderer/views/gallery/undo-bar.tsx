import { Button, CloseButton } from '@mantine/core'
import { forgetDeleted, restoreDeleted } from '../../actions/delete-actions.ts'
import { useGallery, useServices } from '../../services.ts'
import { totalWords } from './delete-words.ts'
import styles from './undo-bar.module.css'

/** What this page has just deleted, and the way back. */
export function UndoBar() {
  const services = useServices()
  const items = useGallery((state) => state.lastDeleted)
  const busy = useGallery((state) => state.deleting)
  const [first] = items
  if (first === undefined) return null
  return (
    <div className={styles['bar']} role="status">
      <span className={styles['words']}>
        {items.length === 1 ? `${first.name} is deleted` : `${totalWords(items)}, are deleted`}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        loading={busy}
        onClick={() => void restoreDeleted(services)}
      >
        Undo
      </Button>
      <CloseButton
        size="sm"
        aria-label="Dismiss: deleted"
        onClick={() =>
          forgetDeleted(
            services.gallery,
            items.map(({ key }) => key),
          )
        }
      />
    </div>
  )
}
