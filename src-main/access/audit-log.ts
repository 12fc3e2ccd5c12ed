/** Who changed what: `audit.jsonl` in the data folder, one JSON object a line. */
import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type AuditEntry, auditEntrySchema } from '../../src-shared/access.ts'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { auditInput, shortText } from './audit-input.ts'
import type { Clock } from './clock.ts'
import { privateMode, whyNotWritten } from './private-file.ts'

/** The file is set aside at this size; one old file is kept. Bytes. */
const largestFile = 5_000_000
/** A slider's changes within this time become one entry. */
const sliderMs = 2000
/** The same refusal again and again becomes one entry: otherwise it would push everything else out of the log. */
const refusalMs = 60_000
/** Entries kept where there is no file. */
const keptInMemory = 1000
/** Entries that wait to become one; more are written as they come. */
const mostHeld = 1000

type Options = {
  /** Undefined: entries are kept in memory only. */
  readonly path: string | undefined
  readonly clock: Clock
  readonly alerts: AlertSink | undefined
}

type Held = { entry: AuditEntry; readonly release: () => void }

export class AuditLog {
  readonly #options: Options
  /** Entries that may be replaced by a later one of the same kind. */
  readonly #held = new Map<string, Held>()
  readonly #memory: AuditEntry[] = []
  #lines: string[] = []
  #writing: Promise<void> = Promise.resolve()
  #bytes: number | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Writes an entry soon; never blocks and never throws. */
  record({ input, error, ...who }: Omit<AuditEntry, 'at'>): void {
    const written = auditInput(input)
    const entry: AuditEntry = {
      at: this.#options.clock.now(),
      ...who,
      ...(written === undefined ? {} : { input: written }),
      ...(error === undefined ? {} : { error: shortText(error) }),
    }
    const merging = mergeKey(entry, input)
    if (merging === undefined) this.#append(entry)
    else this.#hold(merging.key, merging.withinMs, entry)
  }

  /** Newest first; damaged lines are skipped. */
  async list(limit: number): Promise<AuditEntry[]> {
    await this.#writing
    const entries = [...this.#held.values()].map(({ entry }) => entry)
    const { path } = this.#options
    if (path === undefined) entries.push(...this.#memory)
    else {
      for (const file of [path, oldFile(path)]) {
        if (entries.length < limit) entries.push(...newestOf(await readLog(file), limit))
      }
    }
    return entries.toSorted((a, b) => b.at - a.at).slice(0, limit)
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    for (const { release } of [...this.#held.values()]) release()
    await this.#writing
  }

  #hold(key: string, withinMs: number, entry: AuditEntry): void {
    const held = this.#held.get(key)
    if (held !== undefined) {
      held.entry = entry
      return
    }
    if (this.#held.size >= mostHeld) {
      this.#append(entry)
      return
    }
    const release = (): void => {
      cancel()
      const last = this.#held.get(key)
      this.#held.delete(key)
      if (last !== undefined) this.#append(last.entry)
    }
    const cancel = this.#options.clock.after(withinMs, release)
    this.#held.set(key, { entry, release })
  }

  #append(entry: AuditEntry): void {
    const { path } = this.#options
    if (path === undefined) {
      this.#memory.push(entry)
      if (this.#memory.length > keptInMemory) this.#memory.shift()
      return
    }
    this.#lines.push(`${JSON.stringify(entry)}\n`)
    // One write for all entries that come while the one before is under way.
    if (this.#lines.length === 1) this.#writing = this.#writing.then(() => this.#write(path))
  }

  async #write(path: string): Promise<void> {
    const text = this.#lines.join('')
    this.#lines = []
    try {
      await mkdir(dirname(path), { recursive: true })
      const mend = this.#bytes === undefined && (await endsTorn(path)) ? '\n' : ''
      this.#bytes ??= await sizeOf(path)
      if (this.#bytes > largestFile) {
        await rename(path, oldFile(path))
        this.#bytes = 0
      }
      await appendFile(path, mend + text, { mode: privateMode })
      this.#bytes += Buffer.byteLength(text)
      this.#options.alerts?.clear('audit')
    } catch (error) {
      this.#bytes = undefined
      this.#options.alerts?.raise({
        id: 'audit',
        severity: 'warning',
        source: 'Sharing',
        message: `The audit log cannot be written to ${basename(path)}: ${whyNotWritten(error)}`,
        hint: 'Check the folder’s permissions and free space; changes since are not written down.',
      })
    }
  }
}

/** Entries with the same key become one; undefined: this one stands alone. */
function mergeKey(entry: AuditEntry, input: unknown): { key: string; withinMs: number } | undefined {
  const { caller, action, error } = entry
  if (error !== undefined) {
    // Not by id: one token has as many ids as it has browsers.
    return { key: JSON.stringify([caller.label, caller.role, action, error]), withinMs: refusalMs }
  }
  if (action !== 'devices.setProperty' || typeof input !== 'object' || input === null) return undefined
  const field = (name: string): unknown => new Map<string, unknown>(Object.entries(input)).get(name)
  return { key: JSON.stringify([caller.id, field('deviceId'), field('property')]), withinMs: sliderMs }
}

const oldFile = (path: string): string => `${path}.old`

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

/** Whether the last line was cut short (power cut, full disk): the next one must not be glued to it. */
async function endsTorn(path: string): Promise<boolean> {
  const text = await readLog(path)
  return text !== '' && !text.endsWith('\n')
}

async function readLog(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw new CoverslipError('SETTINGS_FILE', `The audit log cannot be read from ${path}`, { cause: error })
  }
}

/** The last `limit` entries that can be read, newest first. */
function newestOf(text: string, limit: number): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (const line of text.split('\n').reverse()) {
    if (entries.length === limit) break
    const entry = parseLine(line)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

function parseLine(line: string): AuditEntry | undefined {
  if (line === '') return undefined
  try {
    return auditEntrySchema.safeParse(JSON.parse(line)).data
  } catch {
    // A line cut short by a power cut.
    return undefined
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
