/** One connection's devices as the rest of the engine knows them, kept up to date with what its worker tells. */
import type { AlertSink } from '../../src-shared/alerts.ts'
import {
  type CameraHealth,
  cameraHealthSchema,
  type DeviceState,
  type DeviceStatus,
  deviceDescriptionSchema,
  type Preset,
  presetSchema,
  propertyDescriptorSchema,
} from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { MissingDevice } from '../../src-shared/hardware.ts'
import type { ConnectionSupervisor, SupervisorEvent, SupervisorState } from './connection-supervisor.ts'
import type { Opened } from './device-connection.ts'
import type { NotRestored } from './device-messages.ts'
import { type CameraOptions, ManagedCamera } from './managed-camera.ts'
import type { RegistryEvent } from './managed-connections.ts'

type Options = {
  readonly supervisor: ConnectionSupervisor
  readonly alerts: AlertSink
  /** The name that the user gave a device. */
  nameOf(deviceId: string): string | undefined
  /** The connection that has a device of this id, other than this one. */
  ownerOf(deviceId: string): string | undefined
  emit(event: RegistryEvent): void
  presetsChanged(): void
}

type DeviceChange = Partial<Pick<DeviceState, 'properties' | 'acquiring' | 'health' | 'description'>>

export class ManagedConnection {
  readonly supervisor: ConnectionSupervisor
  readonly #options: Options
  #devices: DeviceState[] = []
  #presets: Preset[] = []
  readonly #cameras = new Map<string, ManagedCamera>()
  /** What the driver calls its devices. */
  readonly #ownNames = new Map<string, string>()

  constructor(options: Options) {
    this.#options = options
    this.supervisor = options.supervisor
    this.supervisor.on((event) => this.#hear(event))
  }

  get id(): string {
    return this.supervisor.config.id
  }

  /** How the connection itself is, whether or not its devices are known. */
  get status(): DeviceStatus {
    return statusOf(this.supervisor.state)
  }

  devices(): readonly DeviceState[] {
    return this.#devices
  }

  presets(): readonly Preset[] {
    return this.#presets
  }

  /** Why devices could not be opened with the others, while the connection is open. */
  missing(): readonly MissingDevice[] {
    const { state } = this.supervisor
    if (state.state !== 'open') return []
    return state.opened.missing.map(({ message, hint }) => ({
      message,
      ...(hint === undefined ? {} : { hint }),
    }))
  }

  /** The camera, while it is connected. */
  camera(id: string): ManagedCamera | undefined {
    return this.#cameras.get(id)
  }

  open(): Promise<void> {
    return this.supervisor.open()
  }

  /**
   * Tries a lost connection again now; closes and opens one of which a device is missing.
   * @throws CoverslipError DEVICE_UNAVAILABLE while a camera runs that this would stop.
   */
  async reopen(): Promise<void> {
    if (this.missing().length === 0) return this.open()
    const inUse = [...this.#cameras].find(([, { leases }]) => leases.users > 0)?.[0]
    if (inUse === undefined) return this.supervisor.reopen()
    const { title } = this.supervisor.config
    throw new CoverslipError(
      'DEVICE_UNAVAILABLE',
      `${title} cannot be opened again now: it would stop ${this.#nameOf(inUse)}`,
      {
        hint: 'Stop the live view and the recordings of its cameras first.',
      },
    )
  }

  close(): Promise<void> {
    return this.supervisor.close()
  }

  /** Closes it, and there are no such devices any more, even before it has closed. */
  async remove(): Promise<void> {
    const closing = this.close()
    const { alerts, emit, presetsChanged } = this.#options
    const gone = this.#devices
    this.#devices = []
    this.#presets = []
    for (const cause of ['connection', 'missing']) alerts.clear(`${cause}:${this.id}`)
    for (const { id } of gone) {
      for (const cause of ['fault', 'restore']) alerts.clear(`${cause}:${id}`)
      emit({ type: 'deviceRemoved', deviceId: id })
    }
    presetsChanged()
    await closing
  }

  /** A stage is at `position` now. */
  moved(deviceId: string, position: StagePosition): void {
    this.#devices = this.#devices.map((device) => (device.id === deviceId ? { ...device, position } : device))
    this.#options.emit({ type: 'stageMoved', deviceId, position })
  }

  /** The user has given the device another name, or taken it back. */
  renamed(deviceId: string): void {
    const device = this.#devices.find(({ id }) => id === deviceId)
    if (device === undefined) return
    this.#update(deviceId, { description: { ...device.description, name: this.#chosenName(deviceId) } })
  }

  #hear(event: SupervisorEvent): void {
    switch (event.type) {
      case 'state':
        this.#stateChanged(event.state)
        return this.#options.emit({ type: 'connectionsChanged' })
      case 'properties': {
        const properties = this.#checked(() => event.properties.map((p) => propertyDescriptorSchema.parse(p)))
        return properties === undefined ? undefined : this.#update(event.deviceId, { properties })
      }
      case 'moved':
        return this.moved(event.deviceId, event.position)
      case 'health': {
        const health = this.#checked(() => cameraHealthSchema.parse(event.health))
        return health === undefined ? undefined : this.#healthChanged(event.deviceId, health)
      }
      case 'fault': {
        const error = CoverslipError.deserialize(event.error)
        return this.#raise(`fault:${event.deviceId}`, 'warning', this.#nameOf(event.deviceId), error)
      }
    }
  }

  #stateChanged(state: SupervisorState): void {
    if (state.state === 'open') return this.#opened(state.opened)
    for (const camera of this.#cameras.values()) camera.lost()
    this.#cameras.clear()
    this.#options.alerts.clear(`missing:${this.id}`)
    if (state.state === 'closed') return
    if (state.state === 'lost') {
      const { title } = this.supervisor.config
      this.#raise(`connection:${this.id}`, 'error', title, state.error, `${title}: `)
    }
    this.#setStatus(statusOf(state))
  }

  #opened(opened: Opened): void {
    const devices = this.#checked(() => opened.devices.map((device) => this.#deviceState(opened, device)))
    const presets = this.#checked(() => opened.presets.map((preset) => presetSchema.parse(preset)))
    if (devices === undefined || presets === undefined) return
    for (const { id } of this.#devices) {
      if (devices.every((device) => device.id !== id))
        this.#options.emit({ type: 'deviceRemoved', deviceId: id })
    }
    this.#devices = devices
    this.#presets = presets
    for (const device of opened.devices) {
      const { id } = device.description
      const { ring, surroundings, tellsHealth = false } = device
      if (ring !== undefined && surroundings !== undefined)
        this.#cameras.set(id, this.#camera(id, { ring, surroundings, tellsHealth }))
      this.#tellOfSettings(id, device.notRestored)
    }
    this.#options.alerts.clear(`connection:${this.id}`)
    this.#tellOfMissing()
    for (const device of devices) this.#options.emit({ type: 'deviceChanged', device })
    this.#options.presetsChanged()
  }

  #deviceState(opened: Opened, device: Opened['devices'][number]): DeviceState {
    const description = deviceDescriptionSchema.parse(device.description)
    const { id, name } = description
    const owner = this.#options.ownerOf(id)
    if (owner !== undefined)
      throw new Error(`the id ${id} belongs to a device of ${owner}; give one of them an idPrefix`)
    this.#ownNames.set(id, name)
    return {
      id,
      connectionId: this.id,
      driver: opened.driverId,
      demo: opened.demo,
      description: { ...description, name: this.#chosenName(id) },
      status: { state: 'ready' },
      properties: device.properties.map((property) => propertyDescriptorSchema.parse(property)),
      ...(device.position === undefined ? {} : { position: device.position }),
      ...(description.kind === 'camera' ? { acquiring: false } : {}),
    }
  }

  #camera(id: string, camera: Pick<CameraOptions, 'ring' | 'surroundings' | 'tellsHealth'>) {
    return new ManagedCamera({
      ...camera,
      id,
      supervisor: this.supervisor,
      alerts: this.#options.alerts,
      name: () => this.#nameOf(id),
      properties: () => this.#devices.find((device) => device.id === id)?.properties ?? [],
      acquiring: (acquiring) => this.#update(id, { acquiring }),
      health: (health) => this.#healthChanged(id, health),
    })
  }

  #tellOfMissing(): void {
    const missing = this.missing()
    if (missing.length === 0) return
    const { title } = this.supervisor.config
    this.#options.alerts.raise({
      id: `missing:${this.id}`,
      severity: 'warning',
      source: title,
      message: `${title}: ${missing.map(({ message }) => message).join('; ')}`,
      hint: 'Its other devices can be used. Once the cause is gone, reconnect it in the Devices view.',
    })
  }

  /** Says which of the settings that the device had before it could not be given again. */
  #tellOfSettings(deviceId: string, notRestored: readonly NotRestored[]): void {
    const id = `restore:${deviceId}`
    if (notRestored.length === 0) return this.#options.alerts.clear(id)
    const settings = notRestored.map(({ property, value, reason }) => `${property} = ${value} (${reason})`)
    const name = this.#nameOf(deviceId)
    this.#options.alerts.raise({
      id,
      severity: 'warning',
      source: name,
      message: `${name} has not got back all of its settings: ${settings.join('; ')}`,
      hint: 'Set them anew, or have them forgotten in the Devices view.',
    })
  }

  /** The result of `read`; a driver that describes its devices wrongly is closed like one that fails. */
  #checked<Value>(read: () => Value): Value | undefined {
    try {
      return read()
    } catch (error) {
      void this.supervisor.abandon(
        new CoverslipError(
          'DEVICE_FAILED',
          `The driver describes its devices wrongly: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        ),
      )
      return undefined
    }
  }

  #healthChanged(deviceId: string, health: CameraHealth): void {
    const device = this.#devices.find(({ id }) => id === deviceId)
    // A report may have been under way when the camera was stopped.
    if (device?.acquiring !== true) return
    this.#devices = this.#devices.map((other) => (other === device ? { ...device, health } : other))
    this.#options.emit({ type: 'healthChanged', deviceId, health })
  }

  #update(deviceId: string, change: DeviceChange): void {
    const device = this.#devices.find(({ id }) => id === deviceId)
    if (device === undefined) return
    const changed =
      change.acquiring === false ? withoutHealth({ ...device, ...change }) : { ...device, ...change }
    this.#devices = this.#devices.map((other) => (other.id === deviceId ? changed : other))
    this.#options.emit({ type: 'deviceChanged', device: changed })
  }

  #setStatus(status: DeviceStatus): void {
    this.#devices = this.#devices.map((device) => ({
      ...withoutHealth(device),
      status,
      ...(device.acquiring === undefined ? {} : { acquiring: false }),
    }))
    for (const device of this.#devices) this.#options.emit({ type: 'deviceChanged', device })
  }

  #nameOf(deviceId: string): string {
    return this.#devices.find(({ id }) => id === deviceId)?.description.name ?? deviceId
  }

  #chosenName(deviceId: string): string {
    return this.#options.nameOf(deviceId) ?? this.#ownNames.get(deviceId) ?? deviceId
  }

  #raise(
    id: string,
    severity: 'warning' | 'error',
    source: string,
    error: CoverslipError,
    prefix = '',
  ): void {
    const { message, hint } = error
    this.#options.alerts.raise({
      id,
      severity,
      source,
      message: prefix + message,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** What was counted while a camera ran says nothing of one that stands. */
function withoutHealth({ health: _health, ...device }: DeviceState): DeviceState {
  return device
}

function statusOf(state: SupervisorState): DeviceStatus {
  if (state.state === 'open') return { state: 'ready' }
  if (state.state !== 'lost') return { state: 'connecting' }
  const { error, retryAt } = state
  return {
    state: 'error',
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryAt,
  }
}
