/** What of a call's input may be written down. */

const secretName = /^(secret|bearerToken|credential|credentials|password|passphrase|token)$/i
/** User and password in an address. */
const userInfo = /(\w:\/{0,2})[^/@\s]*@/g

const mostText = 500
const mostItems = 50
const mostDepth = 6
/** Characters of JSON. */
const mostJson = 4000

/** `input` as plain data without secrets, and small: at most 4000 characters of JSON. */
export function auditInput(input: unknown): unknown {
  const copy = plain(input, 0)
  const json = JSON.stringify(copy)
  if (json === undefined || json.length <= mostJson) return copy
  return `${json.slice(0, mostJson - 1)}…`
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shortText(value.replaceAll(userInfo, '$1…@'))
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return undefined
  if (depth === mostDepth) return '…'
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (Array.isArray(value)) {
    const items = value.slice(0, mostItems).map((item) => plain(item, depth + 1))
    return value.length > mostItems ? [...items, `… ${value.length} in all`] : items
  }
  const entries = Object.entries(value).slice(0, mostItems)
  return Object.fromEntries(
    entries.map(([name, field]) => [
      shortText(name),
      secretName.test(name) && field !== undefined ? '(secret)' : plain(field, depth + 1),
    ]),
  )
}

/** `text`, cut where it is long. */
export function shortText(text: string): string {
  return text.length > mostText ? `${text.slice(0, mostText - 1)}…` : text
}
