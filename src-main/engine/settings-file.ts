/** `settings.json` in the data folder: read at start, written soon after each change, replaced whole so that it is never half. */
import { readFile, rename } from 'node:fs/promises'
import { ZodError } from 'zod'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type Settings, settingsSchema } from '../../src-shared/settings.ts'
import { writePrivateFile } from '../access/private-file.ts'

const saveDelayMs = 300

type Options = {
  /** Undefined: settings are kept in memory only. */
  readonly path: string | undefined
  readonly alerts: AlertSink
}

export class SettingsFile {
  readonly #options: Options
  readonly #changes = new Emitter<Settings>()
  #settings: Settings
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  private constructor(options: Options, settings: Settings) {
    this.#options = options
    this.#settings = settings
  }

  /** Reads the file. One that is not valid is set aside as `*.bad` and said so; the program starts with defaults. */
  static async open(options: Options): Promise<SettingsFile> {
    return new SettingsFile(options, await readSettings(options))
  }

  get settings(): Settings {
    return this.#settings
  }

  on(listener: (settings: Settings) => void): () => void {
    return this.#changes.on(listener)
  }

  change(patch: Partial<Settings>): Settings {
    this.#settings = settingsSchema.parse({ ...this.#settings, ...patch })
    this.#changes.emit(this.#settings)
    this.#timer ??= setTimeout(() => this.#save(), saveDelayMs)
    return this.#settings
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#save()
    await this.#writing
  }

  #save(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { path, alerts } = this.#options
    if (path === undefined) return
    const text = `${JSON.stringify(this.#settings, undefined, 2)}\n`
    this.#writing = this.#writing
      .then(async () => {
        // It may hold credentials of media and TURN servers.
        await writePrivateFile(path, text)
        alerts.clear('settings')
      })
      .catch((error: unknown) => {
        alerts.raise({
          id: 'settings',
          severity: 'warning',
          source: 'Settings',
          message: `Settings cannot be saved to ${path}: ${CoverslipError.from(error).message}`,
          hint: 'Check the folder’s permissions and free space; until then they hold for this run only.',
        })
      })
  }
}

async function readSettings({ path, alerts }: Options): Promise<Settings> {
  const defaults = settingsSchema.parse({})
  if (path === undefined) return defaults
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return defaults
    throw new CoverslipError('SETTINGS_FILE', `Settings cannot be read from ${path}`, {
      hint: 'Check the permissions of the file, or choose another data folder with --data.',
      cause: error,
    })
  }
  try {
    return settingsSchema.parse(JSON.parse(text))
  } catch (error) {
    await rename(path, `${path}.bad`)
    alerts.raise({
      id: 'settings',
      severity: 'warning',
      source: 'Settings',
      message: `${path} is not valid (${reason(error)}); default settings are used`,
      hint: `The file was kept as ${path}.bad.`,
    })
    return defaults
  }
}

function reason(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return CoverslipError.from(error).message
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
