import { LazyRows } from '../../components/lazy-rows.tsx'
import type { MetadataRow } from './metadata-rows.ts'
import styles from './metadata-table.module.css'

/** Height of a row before it is drawn, CSS px. */
const rowPx = 22

type Line = { readonly row: MetadataRow; readonly heading: string | undefined }

/** Names and values below what they belong to, to be read and copied. */
export function MetadataTable({ rows }: { readonly rows: readonly MetadataRow[] }) {
  const lines = rows.map((row, place): Line => {
    const group = row.group ?? ''
    return { row, heading: group === '' || group === rows[place - 1]?.group ? undefined : group }
  })
  return (
    <LazyRows items={lines} rowHeight={rowPx}>
      {({ row: { group, name, value }, heading }) => (
        <div key={`${group} ${name}`}>
          {heading !== undefined && <h4 className={styles['group']}>{heading}</h4>}
          <dl className={styles['row']}>
            <dt title={name}>{name}</dt>
            <dd>{value}</dd>
          </dl>
        </div>
      )}
    </LazyRows>
  )
}
