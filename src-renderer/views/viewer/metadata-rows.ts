/** Metadata of any shape as lines of a table. */

/** A line of the table. */
export type MetadataRow = {
  readonly name: string
  readonly value: string
  /** The names that lead to it: `devices[0].settings`; empty at the top. */
  readonly group?: string
}

/** More lines than anybody reads. */
const mostRows = 20_000
/** Lists of numbers and words up to this length are one line. */
const shortList = 12
/** Unix times in ms of this century. */
const times = { from: 946_684_800_000, to: 4_102_444_800_000 } as const

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown) => typeof value !== 'object' || value === null

/** A value in words; `startedAt` and the like are times. */
function valueText(name: string, value: unknown): string {
  if (typeof value === 'number' && /(At|Time|time)$/.test(name) && value > times.from && value < times.to)
    return new Date(value).toISOString().replace('T', ' ').replace('Z', ' UTC')
  return String(value)
}

/** Each value below the names that lead to it; what lies at the top comes first. */
export function metadataRows(metadata: unknown): readonly MetadataRow[] {
  const rows: MetadataRow[] = []
  const add = (group: string, name: string, value: unknown): void => {
    if (rows.length >= mostRows || value === undefined) return
    const path = group === '' || name.startsWith('[') ? `${group}${name}` : `${group}.${name}`
    if (Array.isArray(value)) {
      if (value.length <= shortList && value.every(isPlain))
        rows.push({ group, name, value: value.map(String).join(', ') })
      else for (const [index, item] of value.entries()) add(path, `[${index}]`, item)
    } else if (isRecord(value)) addAll(path, value)
    else rows.push({ group, name, value: valueText(name, value) })
  }
  const addAll = (group: string, record: Readonly<Record<string, unknown>>): void => {
    const entries = Object.entries(record)
    for (const [name, value] of entries) if (isPlain(value)) add(group, name, value)
    for (const [name, value] of entries) if (!isPlain(value)) add(group, name, value)
  }
  if (isRecord(metadata)) addAll('', metadata)
  return rows
}

/** The rows that have all words of `search` in their names or value. */
export function matchingRows(rows: readonly MetadataRow[], search: string): readonly MetadataRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(({ group = '', name, value }) => {
    const text = `${group}.${name} ${value}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
