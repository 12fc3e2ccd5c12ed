import type { ReactNode } from 'react'
import styles from './plan-rows.module.css'

export type FieldProps = {
  readonly title: string
  /** Of the plan's field that it edits. */
  readonly path?: string
  /** Small, at the right of the title: a suggestion. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A control under its title. */
export function Field({ title, path, aside, children }: FieldProps) {
  return (
    <div className={styles['field']} data-path={path}>
      <span className={styles['label']}>
        {title}
        {aside}
      </span>
      {children}
    </div>
  )
}
