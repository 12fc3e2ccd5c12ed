import type { ReactNode } from 'react'
import styles from './facts.module.css'

/** One row. */
export type Fact = { readonly name: string; readonly value: ReactNode }

/** Names with their values, in a line as far as there is room; what has no value is left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles['facts']}>
      {facts
        .filter(({ value }) => value !== undefined && value !== '')
        .map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
