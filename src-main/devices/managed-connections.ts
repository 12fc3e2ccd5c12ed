import type { AlertSink } from '../../src-shared/alerts.ts'
import type { EngineEvent } from '../../src-shared/contract/events.ts'
import type { DeviceState, DeviceStatus } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { MissingDevice } from '../../src-shared/hardware.ts'
import {
  type BackOff,
  type ConnectionConfig,
  ConnectionSupervisor,
  defaultBackOff,
} from './connection-supervisor.ts'
import { type ConnectionLimits, defaultLimits } from './device-connection.ts'
import { ManagedConnection } from './managed-connection.ts'

/** What the registry tells of devices and connections. */
export type RegistryEvent =
  | Extract<
      EngineEvent,
      { type: 'deviceChanged' | 'deviceRemoved' | 'healthChanged' | 'stageMoved' | 'presetsChanged' }
    >
  /** A connection was added, removed or renamed, or has opened, failed or been lost. */
  | { readonly type: 'connectionsChanged' }

/** A connection and what is known of it. */
export type ConnectionState = {
  readonly id: string
  readonly title: string
  readonly status: DeviceStatus
  readonly devices: readonly DeviceState[]
  /** Why other devices of the connection could not be opened with these. */
  readonly missing: readonly MissingDevice[]
}

type Options = {
  readonly connections: readonly ConnectionConfig[]
  readonly alerts: AlertSink
  readonly limits?: ConnectionLimits | undefined
  readonly backOff?: BackOff | undefined
  /** The name that the user gave a device. */
  nameOf(deviceId: string): string | undefined
  emit(event: RegistryEvent): void
  presetsChanged(): void
}

/** The connections of the microscope: each is added, removed, lost and tried again while the others run. */
export class ManagedConnections {
  readonly #options: Options
  #all: readonly ManagedConnection[]

  constructor(options: Options) {
    this.#options = options
    this.#all = options.connections.map((config) => this.#manage(config))
  }

  /** In the order of the configuration. */
  get all(): readonly ManagedConnection[] {
    return this.#all
  }

  /** Opens all connections; resolves when each has been tried once. Failures become alerts and are tried again. */
  async open(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.open()))
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.close()))
  }

  /** What is known of each, in the order of the configuration. */
  states(): ConnectionState[] {
    return this.#all.map((connection) => ({
      id: connection.id,
      title: connection.supervisor.config.title,
      status: connection.status,
      devices: connection.devices(),
      missing: connection.missing(),
    }))
  }

  /**
   * Adds a connection, at the end or at `index`, and opens it; resolves when that was tried once. A failure becomes an
   * alert and is tried again.
   */
  async add(config: ConnectionConfig, index = this.#all.length): Promise<void> {
    const connection = this.#manage(config)
    this.#all = this.#all.toSpliced(index, 0, connection)
    this.#options.emit({ type: 'connectionsChanged' })
    await connection.open()
  }

  /** Closes a connection and forgets its devices; whoever used them loses them. @throws CoverslipError UNKNOWN_CONNECTION. */
  async remove(connectionId: string): Promise<void> {
    const connection = this.get(connectionId)
    this.#all = this.#all.filter((other) => other !== connection)
    try {
      await connection.remove()
    } finally {
      this.#options.emit({ type: 'connectionsChanged' })
    }
  }

  /** Another title for a connection. @throws CoverslipError UNKNOWN_CONNECTION. */
  rename(connectionId: string, title: string): void {
    this.get(connectionId).supervisor.rename(title)
    this.#options.emit({ type: 'connectionsChanged' })
  }

  /**
   * Tries a lost connection again now instead of when its back-off ends; closes and opens one of which a device is missing.
   * @throws CoverslipError UNKNOWN_CONNECTION; DEVICE_UNAVAILABLE while a camera runs that this would stop.
   */
  async reopen(connectionId: string): Promise<void> {
    await this.get(connectionId).reopen()
  }

  /** Ends a connection as if it had failed, `reason` being why; it is tried again. @throws CoverslipError UNKNOWN_CONNECTION. */
  async abandon(connectionId: string, reason: CoverslipError): Promise<void> {
    await this.get(connectionId).supervisor.abandon(reason)
  }

  /** @throws CoverslipError UNKNOWN_CONNECTION naming those that there are. */
  get(connectionId: string): ManagedConnection {
    const connection = this.#all.find(({ id }) => id === connectionId)
    if (connection !== undefined) return connection
    const known = this.#all.map(({ id }) => id).join(', ')
    throw new CoverslipError('UNKNOWN_CONNECTION', `There is no connection "${connectionId}"`, {
      hint: known === '' ? 'There is none at all.' : `There are: ${known}.`,
    })
  }

  #manage(config: ConnectionConfig): ManagedConnection {
    const { alerts, nameOf, emit, presetsChanged } = this.#options
    const { limits = defaultLimits, backOff = defaultBackOff } = this.#options
    const connection: ManagedConnection = new ManagedConnection({
      supervisor: new ConnectionSupervisor(config, limits, backOff),
      alerts,
      nameOf,
      ownerOf: (deviceId) =>
        this.#all.find((other) => other !== connection && other.devices().some(({ id }) => id === deviceId))
          ?.supervisor.config.title,
      emit,
      presetsChanged,
    })
    return connection
  }
}
