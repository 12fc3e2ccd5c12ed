/** Metadata of any shape as lines of a table. */

export type MetadataRow = { readonly name: string; readonly value: string }

/** More lines than anybody reads. */
const mostRows = 20_000
/** Lists of numbers and words up to this length are one line. */
const shortList = 12

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown) => typeof value !== 'object' || value === null

/** Each value with the names that lead to it: `devices[0].settings.exposureMs`. */
export function metadataRows(metadata: unknown): readonly MetadataRow[] {
  const rows: MetadataRow[] = []
  const add = (name: string, value: unknown): void => {
    if (rows.length >= mostRows || value === undefined) return
    if (Array.isArray(value)) {
      if (value.length <= shortList && value.every(isPlain))
        rows.push({ name, value: value.map(String).join(', ') })
      else for (const [index, item] of value.entries()) add(`${name}[${index}]`, item)
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, item)
    } else rows.push({ name, value: String(value) })
  }
  add('', metadata)
  return rows
}

/** The rows that have all words of `search` in their name or value. */
export function matchingRows(rows: readonly MetadataRow[], search: string): readonly MetadataRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(({ name, value }) => {
    const text = `${name} ${value}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
