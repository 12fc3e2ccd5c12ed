import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './labelled-row.module.css'

/** Where the control stands: beside its label, beside it and wide, or below it. */
export type RowLayout = 'line' | 'wide' | 'stack'

type LabelledRowProps = {
  readonly title: string
  /** Help that appears on hovering the title. */
  readonly help?: string | undefined
  /** `wide`: the control gets most of the line; `stack`: a line of its own. */
  readonly layout?: RowLayout
  readonly children: ReactNode
}

/** A title and its control. */
export function LabelledRow({ title, help, layout = 'line', children }: LabelledRowProps) {
  const label = <span className={styles['title']}>{title}</span>
  return (
    <div className={styles['row']} data-layout={layout}>
      {help === undefined ? label : <Tooltip label={help}>{label}</Tooltip>}
      <div className={styles['control']}>{children}</div>
    </div>
  )
}
