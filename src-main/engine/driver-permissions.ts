import { isDeepStrictEqual } from 'node:util'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DriverInfo } from '../../src-shared/hardware.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import type { DriverCatalog } from '../devices/driver-catalog.ts'
import type { SettingsFile } from './settings-file.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly drivers: DriverCatalog
  readonly settings: SettingsFile
  /** The ids of the connections that `driver` opens. */
  connectionsBy(driver: string): readonly string[]
  /** There are other drivers than before, or other permissions. */
  changed(): void
}

/** The drivers that there are, and which of the user's may run. */
export class DriverPermissions {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Looks for drivers again. */
  async scan(): Promise<DriverInfo[]> {
    const { drivers, changed } = this.#options
    const before = drivers.known
    const known = await drivers.scan()
    if (!isDeepStrictEqual(before, known)) changed()
    return [...known]
  }

  /**
   * Allows a driver of the user to run as long as its files have `hash`, and opens what waits for it.
   * @throws CoverslipError UNKNOWN_DRIVER; DRIVER_NOT_ALLOWED when its files have another hash by now.
   */
  async allow(driver: string, hash: string): Promise<DriverInfo> {
    const { devices, settings, connectionsBy } = this.#options
    const { hash: present, name } = await this.#userDriver(driver)
    if (present !== hash) {
      throw new CoverslipError('DRIVER_NOT_ALLOWED', `The files of ${name} have changed meanwhile`, {
        hint: 'Look at it again, and allow it then.',
      })
    }
    settings.change({ allowedDrivers: { ...settings.settings.allowedDrivers, [driver]: hash } })
    await this.scan()
    await Promise.all(connectionsBy(driver).map((id) => devices.connections.reopen(id)))
    return this.#userDriver(driver)
  }

  /** Takes the permission back, and closes what the driver has opened. @throws CoverslipError UNKNOWN_DRIVER. */
  async forbid(driver: string): Promise<DriverInfo> {
    const { devices, settings, connectionsBy } = this.#options
    const { name } = await this.#userDriver(driver)
    const { [driver]: _hash, ...others } = settings.settings.allowedDrivers
    settings.change({ allowedDrivers: others })
    await this.scan()
    const reason = new CoverslipError('DRIVER_NOT_ALLOWED', `The driver ${name} is not allowed any more`, {
      hint: 'The owner can allow it in the Devices view.',
    })
    await Promise.all(connectionsBy(driver).map((id) => devices.connections.abandon(id, reason)))
    return this.#userDriver(driver)
  }

  async #userDriver(driver: string): Promise<DriverInfo> {
    const known = await this.scan()
    const info = known.find(({ id, origin }) => id === driver && origin === 'user')
    if (info !== undefined) return info
    throw new CoverslipError('UNKNOWN_DRIVER', `There is no driver "${driver}" in the user’s folder`)
  }
}
