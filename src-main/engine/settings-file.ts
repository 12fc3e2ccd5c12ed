/** `settings.json` in the data folder. */
import type { AlertSink } from '../../src-shared/alerts.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { type Settings, settingsSchema } from '../../src-shared/settings.ts'
import { JsonFile } from './json-file.ts'

type Options = {
  /** Undefined: settings are kept in memory only. */
  readonly path: string | undefined
  readonly alerts: AlertSink
}

export class SettingsFile {
  readonly #file: JsonFile<Settings>
  readonly #changes = new Emitter<Settings>()
  #settings: Settings

  private constructor(file: JsonFile<Settings>, settings: Settings) {
    this.#file = file
    this.#settings = settings
  }

  /**
   * Reads the file. One that is not valid is set aside as `*.bad` and said so; the program starts with defaults.
   * @throws CoverslipError SETTINGS_FILE when it cannot be read.
   */
  static async open(options: Options): Promise<SettingsFile> {
    const file = new JsonFile(settingsSchema, {
      ...options,
      title: 'Settings',
      alertId: 'settings',
      code: 'SETTINGS_FILE',
    })
    return new SettingsFile(file, (await file.readOrSetAside()) ?? settingsSchema.parse({}))
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
    this.#file.save(this.#settings)
    return this.#settings
  }

  /** Writes what is not written yet. */
  close(): Promise<void> {
    return this.#file.close()
  }
}
