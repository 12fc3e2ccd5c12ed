/** The drivers that there are, and which of them may run. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type DriverInfo, driverIdSchema, driverManifestSchema } from '../../src-shared/hardware.ts'
import { builtInDrivers, driverUrl } from '../worker-url.ts'
import type { DriverModule } from './device-messages.ts'
import { runDriverTask } from './driver-task.ts'
import { LastingAnswers } from './lasting-answers.ts'
import { findUserDrivers, readUserDrivers } from './find-user-drivers.ts'
import type { UserDriver } from './user-drivers.ts'

type Options = {
  /** Folder of the user's drivers; undefined: there is none. */
  readonly userFolder: string | undefined
  /** Hashes that the owner has allowed, by the id of the driver; asked at each use. */
  allowed(): Readonly<Record<string, string>>
}

const describeLimits = { abortMs: 15_000, graceMs: 1000 }

/** What built-in drivers say of themselves does not change while the program runs, whoever asks. */
const builtInAnswers = new LastingAnswers<DriverInfo>()

export class DriverCatalog {
  readonly #options: Options
  #known: readonly DriverInfo[] = []
  /** Whether the code of an allowed driver of the user can be loaded, by its hash. */
  readonly #loaded = new LastingAnswers<unknown>()

  constructor(options: Options) {
    this.#options = options
  }

  /** All drivers as the last `scan` found them. */
  get known(): readonly DriverInfo[] {
    return this.#known
  }

  /** Looks for drivers again. */
  async scan(): Promise<readonly DriverInfo[]> {
    const builtIn = await describeBuiltIn()
    const { userFolder } = this.#options
    const users = userFolder === undefined ? [] : await findUserDrivers(userFolder)
    const own = await Promise.all(users.map((driver) => this.#userInfo(driver, builtIn)))
    this.#known = [...builtIn, ...own]
    return this.#known
  }

  /**
   * Where a driver is that may run now; one of the user's is read again, so that a changed file is noticed.
   * @throws CoverslipError UNKNOWN_DRIVER, DRIVER_NOT_ALLOWED.
   */
  async module(id: string): Promise<DriverModule> {
    if ((await builtInDrivers()).includes(id)) return { driverUrl: driverUrl(id).href }
    const { userFolder } = this.#options
    const folder = userFolder === undefined || !isDriverId(id) ? undefined : join(userFolder, id)
    if (folder === undefined || !existsSync(folder)) {
      throw new CoverslipError('UNKNOWN_DRIVER', `There is no driver "${id}"`, {
        hint: 'Drivers of your own belong into the folder “drivers” of the data folder.',
      })
    }
    const [driver] = await readUserDrivers([{ id, folder }])
    if (driver === undefined || 'problem' in driver) {
      throw new CoverslipError(
        'UNKNOWN_DRIVER',
        `The driver "${id}" cannot be used: ${driver?.problem ?? 'it was not read'}`,
        {
          hint: 'See docs/writing-a-driver.md for what a driver’s folder holds.',
        },
      )
    }
    const allowed = this.#options.allowed()[id]
    if (allowed === driver.hash) return { driverUrl: driver.url, declared: driver.manifest }
    throw new CoverslipError(
      'DRIVER_NOT_ALLOWED',
      allowed === undefined
        ? `The driver ${driver.manifest.name} has not been allowed yet`
        : `The files of the driver ${driver.manifest.name} have changed since it was allowed`,
      { hint: 'The owner can allow it in the Devices view.', data: { driver: id } },
    )
  }

  async #userInfo(driver: UserDriver, builtIn: readonly DriverInfo[]): Promise<DriverInfo> {
    const { id, folder } = driver
    const place = { origin: 'user', folder } as const
    if ('problem' in driver) return { ...unreadable(id), ...place, state: 'broken', message: driver.problem }
    const { manifest, hash } = driver
    const info = { ...manifest, ...place, hash }
    if (builtIn.some((other) => other.id === id))
      return { ...info, state: 'broken', message: `Coverslip has a driver ${id} of its own` }
    const allowed = this.#options.allowed()[id]
    if (allowed === undefined) return { ...info, state: 'not-allowed' }
    if (allowed !== hash) return { ...info, state: 'changed' }
    const problem = await this.#loadProblem(hash, { driverUrl: driver.url, declared: manifest })
    return problem === undefined
      ? { ...info, state: 'ready' }
      : { ...info, state: 'broken', message: problem }
  }

  /**
   * Runs the code of a driver that may run, once for each version of its files: why it cannot be loaded; undefined when it
   * can.
   */
  async #loadProblem(hash: string, module: DriverModule): Promise<string | undefined> {
    try {
      await this.#loaded.get(hash, () => runDriverTask({ ...module, task: 'describe' }, describeLimits))
      return undefined
    } catch (error) {
      return CoverslipError.from(error, 'DEVICE_FAILED').message
    }
  }
}

async function describeBuiltIn(): Promise<readonly DriverInfo[]> {
  const infos: DriverInfo[] = []
  // One after the other: each is a thread, and nobody waits for the list alone.
  for (const id of await builtInDrivers()) infos.push(await describe(id))
  return infos
}

async function describe(id: string): Promise<DriverInfo> {
  try {
    return await builtInAnswers.get(id, async () => {
      const answer = await runDriverTask({ driverUrl: driverUrl(id).href, task: 'describe' }, describeLimits)
      return { ...driverManifestSchema.parse(answer), origin: 'built-in', state: 'ready' }
    })
  } catch (error) {
    const { message } = CoverslipError.from(error, 'DEVICE_FAILED')
    return { ...unreadable(id), origin: 'built-in', state: 'broken', message }
  }
}

/** What is shown of a driver whose manifest cannot be read. */
const unreadable = (id: string) => ({ id, name: id, description: '', demo: false, permissions: [] })

const isDriverId = (id: string): boolean => driverIdSchema.safeParse(id).success
