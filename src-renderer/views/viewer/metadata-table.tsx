import { LazyRows } from '../../components/lazy-rows.tsx'
import type { MetadataRow } from './metadata-rows.ts'
import styles from './metadata-table.module.css'

/** Height of a row before it is drawn, CSS px. */
const rowPx = 22

/** Names and values, to be read and copied. */
export function MetadataTable({ rows }: { readonly rows: readonly MetadataRow[] }) {
  return (
    <div className={styles['table']}>
      <LazyRows items={rows} keyOf={({ name }) => name} rowHeight={rowPx}>
        {({ name, value }) => (
          <dl key={name} className={styles['row']}>
            <dt title={name}>{name}</dt>
            <dd>{value}</dd>
          </dl>
        )}
      </LazyRows>
    </div>
  )
}
