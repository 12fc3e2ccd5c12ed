/** One JSON file of the data folder: read at start, written soon after each change, replaced whole so that it is never half. */
import { readFile, rename } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { CoverslipError, type ErrorCode } from '../../src-shared/errors.ts'
import { whyNotWritten, writePrivateFile } from '../access/private-file.ts'

const saveDelayMs = 300

/** Which file, and who is told of trouble with it. */
export type JsonFileOptions = {
  /** Undefined: kept in memory only. */
  readonly path: string | undefined
  readonly alerts: AlertSink
  /** What it holds, as the user calls it: `Settings`. */
  readonly title: string
  /** Of the alert that tells what is wrong with the file. */
  readonly alertId: string
  readonly code: ErrorCode
}

/** One such file; its content is checked against a schema. */
export class JsonFile<Content> {
  readonly #options: JsonFileOptions
  readonly #schema: z.ZodType<Content>
  #waiting: Content | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(schema: z.ZodType<Content>, options: JsonFileOptions) {
    this.#schema = schema
    this.#options = options
  }

  get path(): string | undefined {
    return this.#options.path
  }

  /**
   * What the file holds; undefined when there is none.
   * @throws CoverslipError (`code` of the options) when it cannot be read; InvalidFile when what it holds is not valid.
   */
  async read(): Promise<Content | undefined> {
    const { path, title, code } = this.#options
    if (path === undefined) return undefined
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw new CoverslipError(code, `${title} cannot be read from ${path}`, {
        hint: 'Check the permissions of the file, or choose another data folder with --data.',
        cause: error,
      })
    }
    try {
      return this.#schema.parse(JSON.parse(text))
    } catch (error) {
      throw new InvalidFile(path, error)
    }
  }

  /** What the file holds; one that is not valid is set aside as `*.bad` and said so, and then there is none. */
  async readOrSetAside(): Promise<Content | undefined> {
    try {
      return await this.read()
    } catch (error) {
      if (!(error instanceof InvalidFile)) throw error
      const { path } = error
      await rename(path, `${path}.bad`)
      const { alertId, title, alerts } = this.#options
      alerts.raise({
        id: alertId,
        severity: 'warning',
        source: title,
        message: `${error.toldToAll}; defaults are used`,
        hint: `The file was kept as ${basename(path)}.bad in the same folder.`,
      })
      return undefined
    }
  }

  /** Writes `content` soon; what follows within the delay is written along with it. */
  save(content: Content): void {
    this.#waiting = content
    this.#timer ??= setTimeout(() => this.#write(), saveDelayMs)
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#write()
    await this.#writing
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { path, alerts, alertId, title } = this.#options
    if (path === undefined) return
    const text = `${JSON.stringify(this.#waiting, undefined, 2)}\n`
    this.#writing = this.#writing
      .then(async () => {
        // It may hold credentials of cameras, media and TURN servers.
        await writePrivateFile(path, text)
        alerts.clear(alertId)
      })
      .catch((error: unknown) => {
        alerts.raise({
          id: alertId,
          severity: 'warning',
          source: title,
          message: `${title} cannot be saved to ${basename(path)}: ${whyNotWritten(error)}`,
          hint: 'Check the folder’s permissions and free space; until then they hold for this run only.',
        })
      })
  }
}

/** A file whose content is not valid; the message names the file with its path, and what is wrong with it. */
export class InvalidFile extends Error {
  readonly path: string
  /** The message without the path, for alerts: viewers elsewhere see them too. */
  readonly toldToAll: string

  constructor(path: string, reason: unknown) {
    const what = `is not valid (${reasonText(reason)})`
    super(`${path} ${what}`, { cause: reason })
    this.path = path
    this.toldToAll = `${basename(path)} ${what}`
  }
}

function reasonText(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
      .join('; ')
  return error instanceof Error ? error.message : String(error)
}
