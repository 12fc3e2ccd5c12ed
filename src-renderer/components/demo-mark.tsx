import { Tooltip } from '@mantine/core'
import styles from './demo-mark.module.css'

/** Marks what is simulated. */
export function DemoMark() {
  return (
    <Tooltip label="Simulated. Everything can be tried; nothing can break.">
      <span className={styles['demo']}>demo</span>
    </Tooltip>
  )
}
