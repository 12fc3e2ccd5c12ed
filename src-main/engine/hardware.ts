/** Which hardware there is and may be: connections, drivers, the search for more. Changes are kept in the hardware file. */
import type { AlertSink } from '../../src-shared/alerts.ts'
import type { DeviceState } from '../../src-shared/devices.ts'
import type { DoctorReport } from '../../src-shared/doctor.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type {
  ConnectionChange,
  ConnectionInfo,
  Discovery,
  DriverInfo,
  HardwareState,
  NetworkInterface,
  NewConnection,
} from '../../src-shared/hardware.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { DiscoverySearch } from '../devices/discovery-search.ts'
import type { DriverCatalog } from '../devices/driver-catalog.ts'
import type { ConnectionState } from '../devices/managed-connections.ts'
import { listInterfaces } from '../devices/network-interfaces.ts'
import { connectionConfig } from './connections.ts'
import type { DeviceSettingsFile } from './device-settings-file.ts'
import { DriverPermissions } from './driver-permissions.ts'
import { examine } from './doctor/examine.ts'
import type { ConnectionSetting, HardwareFile } from './hardware-file.ts'
import { markConfigured } from './mark-configured.ts'
import { plainOptions } from './plain-options.ts'
import type { SettingsFile } from './settings-file.ts'

/** What the hardware consists of. */
export type HardwareParts = {
  readonly devices: DeviceRegistry
  readonly file: HardwareFile
  readonly deviceSettings: DeviceSettingsFile
  readonly drivers: DriverCatalog
  readonly settings: SettingsFile
  readonly alerts: AlertSink
  readonly dataFolder: string | undefined
}

/** The configured hardware, and the ways to change it. */
export class Hardware {
  readonly #parts: HardwareParts
  readonly #changes = new Emitter<HardwareState>()
  readonly #search: DiscoverySearch
  readonly #permissions: DriverPermissions

  constructor(parts: HardwareParts) {
    this.#parts = parts
    this.#search = new DiscoverySearch({
      module: (driver) => parts.drivers.module(driver),
      changed: () => this.#tell(),
    })
    const { devices, drivers, settings } = parts
    this.#permissions = new DriverPermissions({
      devices,
      drivers,
      settings,
      connectionsBy: (driver) =>
        this.state()
          .connections.filter((connection) => connection.driver === driver)
          .map(({ id }) => id),
      changed: () => this.#tell(),
    })
    parts.devices.on((event) => {
      if (event.type === 'connectionsChanged') this.#tell()
    })
  }

  /** Calls `listener` with all of it after each change. */
  on(listener: (state: HardwareState) => void): () => void {
    return this.#changes.on(listener)
  }

  /** Everything, as an owner may know it. Drivers are those of the last `scanDrivers`. */
  state(): HardwareState {
    const { devices, drivers, file } = this.#parts
    const connections = devices.connections.states().map((connection) => this.#info(connection))
    return {
      ...(file.path === undefined ? {} : { file: file.path }),
      ...(file.problem === undefined ? {} : { problem: file.problem }),
      connections,
      drivers: [...drivers.known],
      discovery: markConfigured(this.#search.discovery, connections, devices.devices()),
    }
  }

  /**
   * Adds a connection and opens it; resolves when that was tried once.
   * @throws CoverslipError UNKNOWN_DRIVER, DRIVER_NOT_ALLOWED, HARDWARE_FILE; INVALID_INPUT when there is such a
   *   connection already; TOO_LARGE.
   */
  async addConnection({ driver, address, title, options }: NewConnection): Promise<ConnectionInfo> {
    const { devices, drivers, file } = this.#parts
    await drivers.module(driver)
    const known = await this.scanDrivers()
    const same = this.state().connections.find(
      (connection) => connection.driver === driver && connection.address === address,
    )
    if (same !== undefined) {
      throw new CoverslipError('INVALID_INPUT', `${same.title} is this very connection`, {
        hint: 'Reconnect it, or change its options, instead.',
      })
    }
    const id = this.#freeId(driver)
    const setting: ConnectionSetting = {
      id,
      title: title ?? known.find((info) => info.id === driver)?.name ?? driver,
      driver,
      address,
      options: plainOptions(options),
      idPrefix: `${id}.`,
    }
    file.change({ connections: [...file.settings.connections, setting] })
    await devices.connections.add(connectionConfig(setting, this.#parts))
    return this.#connection(id)
  }

  /**
   * Changes a connection. With another address or other options its devices vanish, and come again from there.
   * @throws CoverslipError UNKNOWN_CONNECTION, HARDWARE_FILE, TOO_LARGE; INVALID_INPUT for one that was given at the
   *   start of the program.
   */
  async changeConnection(connectionId: string, change: ConnectionChange): Promise<ConnectionInfo> {
    const { devices, file } = this.#parts
    const before = file.settings.connections.find(({ id }) => id === connectionId)
    const { title } = this.#connection(connectionId)
    if (before === undefined) {
      throw new CoverslipError('INVALID_INPUT', `${title} was given at the start and cannot be changed`, {
        hint: 'Start Coverslip without --replay to configure its hardware.',
      })
    }
    const after: ConnectionSetting = {
      ...before,
      title: change.title ?? before.title,
      address: change.address ?? before.address,
      options: change.options === undefined ? before.options : plainOptions(change.options),
    }
    const { connections } = file.settings
    file.change({ connections: connections.map((other) => (other === before ? after : other)) })
    if (change.address === undefined && change.options === undefined) {
      devices.connections.rename(connectionId, after.title)
    } else {
      const index = devices.connections.states().findIndex(({ id }) => id === connectionId)
      await devices.connections.remove(connectionId)
      // Somebody may have removed it for good while it closed.
      if (file.settings.connections.some(({ id }) => id === connectionId))
        await devices.connections.add(connectionConfig(after, this.#parts), index)
    }
    return this.#connection(connectionId)
  }

  /**
   * Closes a connection and forgets it; its streams stop.
   * @throws CoverslipError UNKNOWN_CONNECTION, HARDWARE_FILE.
   */
  async removeConnection(connectionId: string): Promise<void> {
    const { devices, file } = this.#parts
    const { deviceIds } = this.#connection(connectionId)
    const { connections, names } = file.settings
    file.change({
      connections: connections.filter(({ id }) => id !== connectionId),
      names: Object.fromEntries(Object.entries(names).filter(([deviceId]) => !deviceIds.includes(deviceId))),
    })
    await devices.connections.remove(connectionId)
  }

  /**
   * Tries a lost connection again now; closes and opens one of which a device is missing.
   * @throws CoverslipError UNKNOWN_CONNECTION; DEVICE_UNAVAILABLE while a camera runs that this would stop.
   */
  async reconnect(connectionId: string): Promise<void> {
    await this.#parts.devices.connections.reopen(connectionId)
  }

  /** Gives a device another name; without one it has its own again. @throws CoverslipError UNKNOWN_DEVICE, HARDWARE_FILE. */
  renameDevice(deviceId: string, name: string | undefined): DeviceState {
    const { devices, file } = this.#parts
    const { id } = devices.device(deviceId)
    const { [id]: _before, ...others } = file.settings.names
    file.change({ names: name === undefined ? others : { ...others, [id]: name } })
    return devices.renamed(id)
  }

  /** Has nothing restored when a device is opened again. @throws CoverslipError UNKNOWN_DEVICE. */
  forgetSettings(deviceId: string): void {
    const { devices, deviceSettings, alerts } = this.#parts
    const device = devices.device(deviceId)
    deviceSettings.forget(device)
    alerts.clear(`restore:${device.id}`)
  }

  interfaces(): NetworkInterface[] {
    return listInterfaces(this.#parts.settings.settings.searchInterfaces)
  }

  /**
   * Searches by the drivers named, or all that may run, on the interfaces that the user has chosen. Broken drivers are
   * among them, so that nobody wonders why they find nothing.
   */
  async discover(drivers?: readonly string[]): Promise<Discovery> {
    const known = await this.scanDrivers()
    const able = known.filter(({ state }) => state === 'ready' || state === 'broken').map(({ id }) => id)
    await this.#search.start({
      drivers: [...new Set(drivers ?? able)],
      interfaces: this.#chosenAddresses(),
    })
    return this.state().discovery
  }

  /** Ends the search. */
  async cancelDiscovery(): Promise<void> {
    await this.#search.cancel()
  }

  /** As `DriverPermissions.scan`, `allow` and `forbid`. */
  scanDrivers(): Promise<DriverInfo[]> {
    return this.#permissions.scan()
  }

  allowDriver(driver: string, hash: string): Promise<DriverInfo> {
    return this.#permissions.allow(driver, hash)
  }

  forbidDriver(driver: string): Promise<DriverInfo> {
    return this.#permissions.forbid(driver)
  }

  /** Checks what commonly keeps hardware from working. */
  diagnose(): Promise<DoctorReport> {
    const { drivers, dataFolder } = this.#parts
    return examine({
      drivers,
      dataFolder,
      interfaces: this.interfaces(),
      found: this.#search.discovery.found,
    })
  }

  async close(): Promise<void> {
    await this.#search.cancel()
    await this.#parts.file.close()
    await this.#parts.deviceSettings.close()
  }

  #tell(): void {
    this.#changes.emit(this.state())
  }

  #info({ id, title, status, devices, missing }: ConnectionState): ConnectionInfo {
    const setting = this.#parts.file.settings.connections.find((other) => other.id === id)
    return {
      id,
      title,
      driver: setting?.driver ?? devices[0]?.driver ?? '',
      address: setting?.address ?? '',
      options: setting?.options ?? {},
      status,
      deviceIds: devices.map((device) => device.id),
      ...(missing.length === 0 ? {} : { missing: [...missing] }),
    }
  }

  #connection(connectionId: string): ConnectionInfo {
    const { connections } = this.state()
    const connection = connections.find(({ id }) => id === connectionId)
    if (connection !== undefined) return connection
    throw new CoverslipError('UNKNOWN_CONNECTION', `There is no connection "${connectionId}"`, {
      hint: `There are: ${connections.map(({ id }) => id).join(', ') || 'none'}.`,
    })
  }

  #freeId(driver: string): string {
    const taken = new Set(this.#parts.devices.connections.states().map(({ id }) => id))
    for (let number = 1; ; number += 1) {
      const id = `${driver}-${number}`
      if (!taken.has(id)) return id
    }
  }

  #chosenAddresses(): string[] {
    return this.interfaces()
      .filter(({ chosen }) => chosen)
      .map(({ address }) => address)
  }
}
