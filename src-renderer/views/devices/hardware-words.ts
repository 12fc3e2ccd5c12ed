/** Words and small decisions about connections and drivers. */
import { z } from 'zod'
import type {
  DriverInfo,
  DriverPermission,
  DriverSearch,
  FoundConnection,
} from '../../../src-shared/hardware.ts'

/** What a driver declares to reach, as a user understands it. */
const permissionWords: Readonly<Record<DriverPermission, string>> = {
  network: 'uses the network',
  serial: 'opens serial ports',
  files: 'reads your files',
  programs: 'starts programs',
}

/** What a driver declares to need, as a sentence. */
export function permissionsText(permissions: readonly DriverPermission[]): string {
  if (permissions.length === 0)
    return 'It says that it needs nothing but its own thread; nothing keeps it from doing more.'
  const words = permissions.map((permission) => permissionWords[permission])
  return `It says that it ${new Intl.ListFormat('en-GB').format(words)}; nothing keeps it from doing more.`
}

/** Drivers of the user's folder that wait for the owner. */
export function waitingDrivers(drivers: readonly DriverInfo[]): readonly DriverInfo[] {
  return drivers.filter(({ state }) => state === 'not-allowed' || state === 'changed')
}

type SearchResult = {
  readonly driver: string
  readonly search: DriverSearch | undefined
  readonly found: readonly FoundConnection[]
}

/**
 * What each driver found, in the order in which they searched; drivers that ended without a find and without an error
 * are left out.
 */
export function searchResults(
  searches: readonly DriverSearch[],
  found: readonly FoundConnection[],
): readonly SearchResult[] {
  const drivers = new Set([...searches, ...found].map(({ driver }) => driver))
  return [...drivers]
    .map((driver) => ({
      driver,
      search: searches.find((search) => search.driver === driver),
      found: found.filter((connection) => connection.driver === driver),
    }))
    .filter(({ search, found: own }) => own.length > 0 || (search !== undefined && search.state !== 'done'))
}

const jsonValue = z.json()

/** A value as JSON if it is that, else the text itself: `30`, `true`, `"30"` (a text), `low latency`. */
function parseValue(text: string): z.infer<typeof jsonValue> {
  try {
    return jsonValue.parse(JSON.parse(text))
  } catch {
    // Not JSON: the words themselves are meant.
    return text
  }
}

type ParsedOptions =
  | { readonly ok: true; readonly options: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly message: string }

/** Options of a connection from lines of `name = value`. */
export function parseOptions(text: string): ParsedOptions {
  const options = new Map<string, unknown>()
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '') continue
    const equals = line.indexOf('=')
    const name = line.slice(0, Math.max(0, equals)).trim()
    if (name === '') return { ok: false, message: `“${line}” is not of the form name = value.` }
    if (options.has(name)) return { ok: false, message: `“${name}” is given twice.` }
    options.set(name, parseValue(line.slice(equals + 1).trim()))
  }
  return { ok: true, options: Object.fromEntries(options) }
}

/** The lines that `parseOptions` reads. */
export function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${valueText(value)}`)
    .join('\n')
}

function valueText(value: unknown): string {
  const plain = typeof value === 'string' && parseValue(value) === value && value.trim() === value
  return plain && !value.includes('\n') ? value : JSON.stringify(value)
}
