/**
 * `hardware.json`: which hardware there is, in one file that can be read, edited and given to others. What belongs to one
 * computer or one person (settings by serial number, drivers that were allowed, interfaces to search) is kept elsewhere.
 */
import { z } from 'zod'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { presetSchema } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import {
  connectionAddressSchema,
  connectionIdSchema,
  connectionOptionsSchema,
  connectionTitleSchema,
  driverIdSchema,
} from '../../src-shared/hardware.ts'
import { InvalidFile, JsonFile } from './json-file.ts'

const connectionSettingSchema = z.strictObject({
  id: connectionIdSchema,
  title: connectionTitleSchema,
  driver: driverIdSchema,
  address: connectionAddressSchema,
  options: connectionOptionsSchema.default({}),
  /** Begins the ids of its devices, so that two connections of one kind do not collide: `gige-vision-2.` */
  idPrefix: z.string().max(100).optional(),
})
/** One connection of the hardware file. */
export type ConnectionSetting = z.infer<typeof connectionSettingSchema>

const hardwareSchema = z.strictObject({
  version: z.literal(1),
  connections: z
    .array(connectionSettingSchema)
    .max(200)
    .superRefine((connections, context) => {
      const ids = connections.map(({ id }) => id)
      for (const [index, id] of ids.entries()) {
        if (ids.indexOf(id) < index)
          context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is used twice` })
      }
    }),
  /** Names that the user has given devices, by their id. */
  names: z.record(z.string().max(200), z.string().min(1).max(100)).default({}),
  /** Presets of the user, besides those that drivers bring along. */
  presets: z.array(presetSchema).max(1000).default([]),
})
/** What the file holds. */
export type HardwareSettings = Omit<z.infer<typeof hardwareSchema>, 'version'>

type Options = {
  /** Undefined: kept in memory only. */
  readonly path: string | undefined
  readonly alerts: AlertSink
  /** The file was named by the user: it must be there and be valid. */
  readonly named: boolean
  /** What there is where there is no file. */
  readonly initial: readonly ConnectionSetting[]
}

/** The configured hardware, as its file has it and as it was changed. */
export class HardwareFile {
  readonly #file: JsonFile<z.infer<typeof hardwareSchema>>
  readonly #problem: string | undefined
  #settings: HardwareSettings

  private constructor(
    file: JsonFile<z.infer<typeof hardwareSchema>>,
    settings: HardwareSettings,
    problem?: string,
  ) {
    this.#file = file
    this.#settings = settings
    this.#problem = problem
  }

  /**
   * Reads the file. One that is not valid becomes an alert, is used for nothing and never written.
   * @throws CoverslipError HARDWARE_FILE when it cannot be read; or, when the user named it, is not valid or not there.
   */
  static async open({ path, alerts, named, initial }: Options): Promise<HardwareFile> {
    const file = new JsonFile(hardwareSchema, {
      path,
      alerts,
      title: 'Hardware',
      alertId: 'hardware',
      code: 'HARDWARE_FILE',
    })
    const none = { names: {}, presets: [] }
    try {
      const content = await file.read()
      if (content !== undefined) return new HardwareFile(file, content)
      if (named) {
        throw new CoverslipError('HARDWARE_FILE', `There is no hardware file ${path}`, {
          hint: 'Name one that is there; hardware.json in the data folder can be copied.',
        })
      }
      return new HardwareFile(file, { ...none, connections: [...initial] })
    } catch (error) {
      if (!(error instanceof InvalidFile)) throw error
      const hint = 'Mend it, or move it away, and start Coverslip again. It is not changed until then.'
      if (named) throw new CoverslipError('HARDWARE_FILE', error.message, { hint, cause: error })
      alerts.raise({
        id: 'hardware',
        severity: 'error',
        source: 'Hardware',
        message: error.toldToAll,
        hint,
      })
      return new HardwareFile(file, { ...none, connections: [] }, error.message)
    }
  }

  get path(): string | undefined {
    return this.#file.path
  }

  /** Why the file cannot be used. */
  get problem(): string | undefined {
    return this.#problem
  }

  get settings(): HardwareSettings {
    return this.#settings
  }

  /**
   * Changes what is kept.
   * @throws CoverslipError HARDWARE_FILE while the file is not valid; INVALID_INPUT when the change is not.
   */
  change(patch: Partial<HardwareSettings>): void {
    if (this.#problem !== undefined) {
      throw new CoverslipError('HARDWARE_FILE', `The hardware cannot be changed: ${this.#problem}`, {
        hint: 'Mend the file, or move it away, and start Coverslip again.',
      })
    }
    const changed = hardwareSchema.safeParse({ version: 1, ...this.#settings, ...patch })
    if (!changed.success) throw new CoverslipError('INVALID_INPUT', z.prettifyError(changed.error))
    const { version, ...settings } = changed.data
    this.#settings = settings
    this.#file.save({ version, ...settings })
  }

  /** Writes what is not written yet. */
  close(): Promise<void> {
    return this.#file.close()
  }
}
