/** One connection's devices as the rest of the engine knows them, kept up to date with what its worker tells. */
import type { AlertSink } from '../../src-shared/alerts.ts'
import {
  type DeviceState,
  type DeviceStatus,
  type Preset,
  deviceDescriptionSchema,
  presetSchema,
  propertyDescriptorSchema,
} from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { CameraLeases } from './camera-leases.ts'
import type { ConnectionSupervisor, SupervisorEvent, SupervisorState } from './connection-supervisor.ts'
import type { Opened } from './device-connection.ts'
import type { RegistryEvent } from './device-registry.ts'
import { FrameWatch } from './frame-watch.ts'

/** A camera that is connected. */
export type Camera = {
  readonly ring: FrameRingMemory
  readonly leases: CameraLeases
  readonly watch: FrameWatch
}

type Options = {
  readonly supervisor: ConnectionSupervisor
  readonly alerts: AlertSink
  emit(event: RegistryEvent): void
  presetsChanged(): void
}

export class ManagedConnection {
  readonly supervisor: ConnectionSupervisor
  readonly #options: Options
  #devices: DeviceState[] = []
  #presets: Preset[] = []
  readonly #cameras = new Map<string, Camera>()

  constructor(options: Options) {
    this.#options = options
    this.supervisor = options.supervisor
    this.supervisor.on((event) => this.#hear(event))
  }

  get id(): string {
    return this.supervisor.config.id
  }

  devices(): readonly DeviceState[] {
    return this.#devices
  }

  presets(): readonly Preset[] {
    return this.#presets
  }

  /** The camera, while it is connected. */
  camera(id: string): Camera | undefined {
    return this.#cameras.get(id)
  }

  open(): Promise<void> {
    return this.supervisor.open()
  }

  async close(): Promise<void> {
    for (const { watch } of this.#cameras.values()) watch.stop()
    await this.supervisor.close()
  }

  /** A stage is at `position` now. */
  moved(deviceId: string, position: StagePosition): void {
    this.#devices = this.#devices.map((device) => (device.id === deviceId ? { ...device, position } : device))
    this.#options.emit({ type: 'stageMoved', deviceId, position })
  }

  #hear(event: SupervisorEvent): void {
    switch (event.type) {
      case 'state':
        return this.#stateChanged(event.state)
      case 'properties':
        return this.#update(event.deviceId, {
          properties: this.#checked(() => event.properties.map((p) => propertyDescriptorSchema.parse(p))),
        })
      case 'moved':
        return this.moved(event.deviceId, event.position)
      case 'fault': {
        const error = CoverslipError.deserialize(event.error)
        return this.#raise(`fault:${event.deviceId}`, 'warning', this.#nameOf(event.deviceId), error)
      }
    }
  }

  #stateChanged(state: SupervisorState): void {
    if (state.state === 'open') return this.#opened(state.opened)
    for (const [id, { leases, watch }] of this.#cameras) {
      watch.stop()
      leases.revoke()
      this.#options.alerts.clear(`silent:${id}`)
    }
    this.#cameras.clear()
    if (state.state === 'lost') {
      const { title } = this.supervisor.config
      this.#raise(`connection:${this.id}`, 'error', title, state.error, `${title}: `)
      const { message, hint } = state.error
      return this.#setStatus({
        state: 'error',
        message,
        ...(hint === undefined ? {} : { hint }),
        retryAt: state.retryAt,
      })
    }
    if (state.state === 'connecting') this.#setStatus({ state: 'connecting' })
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
    for (const { description, ring } of opened.devices) {
      if (ring !== undefined) this.#cameras.set(description.id, this.#camera(description.id, ring))
    }
    this.#options.alerts.clear(`connection:${this.id}`)
    for (const device of devices) this.#options.emit({ type: 'deviceChanged', device })
    this.#options.presetsChanged()
  }

  #deviceState(opened: Opened, device: Opened['devices'][number]): DeviceState {
    const description = deviceDescriptionSchema.parse(device.description)
    return {
      id: description.id,
      connectionId: this.id,
      driver: opened.driverId,
      demo: opened.demo,
      description,
      status: { state: 'ready' },
      properties: device.properties.map((property) => propertyDescriptorSchema.parse(property)),
      ...(device.position === undefined ? {} : { position: device.position }),
      ...(description.kind === 'camera' ? { acquiring: false } : {}),
    }
  }

  #camera(deviceId: string, ring: FrameRingMemory): Camera {
    const run = async (call: 'startCamera' | 'stopCamera') => {
      if (this.supervisor.state.state === 'open') {
        await this.supervisor.state.connection.call({ call, deviceId })
        return
      }
      // What is gone need not be stopped, but it cannot be started.
      if (call === 'startCamera') {
        throw new CoverslipError('DEVICE_UNAVAILABLE', `${this.#nameOf(deviceId)} is not connected`)
      }
    }
    const watch = new FrameWatch({
      ring,
      properties: () => this.#devices.find(({ id }) => id === deviceId)?.properties ?? [],
      silent: (seconds) => this.#silent(deviceId, seconds),
      delivering: () => this.#options.alerts.clear(`silent:${deviceId}`),
    })
    const leases = new CameraLeases({
      id: deviceId,
      start: async () => {
        await run('startCamera')
        watch.start()
        this.#update(deviceId, { acquiring: true })
      },
      stop: async () => {
        watch.stop()
        this.#options.alerts.clear(`silent:${deviceId}`)
        this.#update(deviceId, { acquiring: false })
        await run('stopCamera')
      },
    })
    return { ring, leases, watch }
  }

  /** The camera runs but sends nothing: say so, and find out whether its thread still answers (if not, it is restarted). */
  #silent(deviceId: string, seconds: number): void {
    const name = this.#nameOf(deviceId)
    this.#options.alerts.raise({
      id: `silent:${deviceId}`,
      severity: 'warning',
      source: name,
      message: `${name} has sent no frame for ${seconds} s`,
      hint: 'Check its trigger setting, power and cable.',
    })
    if (this.supervisor.state.state !== 'open') return
    this.supervisor.state.connection.call({ call: 'ping' }).catch((error: unknown) => {
      // The connection has ended by itself then, and reported that.
      console.error(`${name} does not answer:`, error)
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

  #update(
    deviceId: string,
    change: { properties?: DeviceState['properties'] | undefined; acquiring?: boolean },
  ): void {
    const device = this.#devices.find(({ id }) => id === deviceId)
    if (device === undefined) return
    const { properties = device.properties, acquiring = device.acquiring } = change
    const changed = { ...device, properties, ...(acquiring === undefined ? {} : { acquiring }) }
    this.#devices = this.#devices.map((other) => (other.id === deviceId ? changed : other))
    this.#options.emit({ type: 'deviceChanged', device: changed })
  }

  #setStatus(status: DeviceStatus): void {
    this.#devices = this.#devices.map((device) => ({
      ...device,
      status,
      ...(device.acquiring === undefined ? {} : { acquiring: false }),
    }))
    for (const device of this.#devices) this.#options.emit({ type: 'deviceChanged', device })
  }

  #nameOf(deviceId: string): string {
    return this.#devices.find(({ id }) => id === deviceId)?.description.name ?? deviceId
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
