import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { askToDeleteChosen, unmarkAll } from '../../actions/delete-actions.ts'
import { useEngine, useGallery, useServices } from '../../services.ts'
import { whyNotOperate } from '../../stores/permission.ts'
import { totalWords } from './delete-words.ts'
import styles from './marked-bar.module.css'

/** What can be done with all items that are marked. */
export function MarkedBar() {
  const services = useServices()
  const marked = useGallery((state) => state.marked)
  const items = useGallery((state) => state.items)
  const refusal = useEngine(whyNotOperate)
  if (marked.length === 0) return null
  const ids = new Set(marked)
  const chosen = items?.filter(({ id }) => ids.has(id)) ?? []
  return (
    <section className={styles['bar']} aria-label="Marked items">
      <output>{totalWords(chosen)}</output>
      <Button
        variant="default"
        color="red"
        leftSection={<IconTrash size={15} stroke={1.6} />}
        disabled={refusal !== undefined}
        title={refusal?.reason}
        onClick={() => askToDeleteChosen(services)}
      >
        Delete …
      </Button>
      <Button variant="subtle" color="gray" onClick={() => unmarkAll(services.gallery)}>
        Unmark
      </Button>
    </section>
  )
}
