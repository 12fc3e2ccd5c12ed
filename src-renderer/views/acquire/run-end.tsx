import { Button } from '@mantine/core'
import { IconPhoto, IconRepeat } from '@tabler/icons-react'
import { useState } from 'react'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { openItem, repeatItem } from '../../actions/gallery-actions.ts'
import { useServices } from '../../services.ts'
import styles from './run-panel.module.css'
import { endText, isWhole } from './run-words.ts'

/** Why it ended, and what one does with it now. */
export function RunEnd({ status }: { readonly status: PlanStatus }) {
  const { id, name, finish, frames } = status
  const services = useServices()
  const [repeating, setRepeating] = useState(false)
  async function repeat() {
    setRepeating(true)
    await repeatItem(services, { id, name })
    setRepeating(false)
  }
  return (
    <>
      <p className={styles['result']} data-whole={isWhole(status) || undefined}>
        {endText(status)}
      </p>
      {finish?.message !== undefined && (
        <p className={styles['reason']}>
          {[finish.message.replace(/\.$/, ''), finish.hint].filter((part) => part !== undefined).join('. ')}
        </p>
      )}
      <div className={styles['buttons']}>
        {frames.written > 0 && (
          <Button
            variant="default"
            leftSection={<IconPhoto size={14} />}
            onClick={() => openItem(services, id)}
          >
            Open
          </Button>
        )}
        <Button
          variant="default"
          loading={repeating}
          leftSection={<IconRepeat size={14} />}
          title="Put its plan into the editor, with name, cameras and format, ready to be started"
          onClick={() => void repeat()}
        >
          Repeat
        </Button>
      </div>
    </>
  )
}
