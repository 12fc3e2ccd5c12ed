/** The worker's side of a driver connection: loads the driver, opens it, and answers the engine's calls. */
import type { CameraDevice, Connection, Device, Driver, StageDevice } from '../../drivers/sdk/driver.ts'
import type { DeviceDescription, Preset } from '../../src-shared/devices.ts'
import { CoverslipError, type SerializedError } from '../../src-shared/errors.ts'
import { createFrameRing } from '../frames/frame-ring.ts'
import { ringSlotsFor } from '../frames/ring-size.ts'
import type {
  DeviceAnswer,
  DeviceMessage,
  DeviceRequest,
  DeviceWorkerData,
  OpenedDevice,
} from './device-messages.ts'
import { type Gathered, gathered } from './gathered.ts'
import { HealthReports } from './health-reports.ts'
import { loadDriver } from './load-driver.ts'
import { restoreSettings } from './restore-settings.ts'
import { RingSink } from './ring-sink.ts'
import { SettingTurns } from './setting-turns.ts'

/** Changes of properties and positions are told at most this often, so that a driver cannot flood the engine. */
const tellEveryMs = 50

/** The way to the engine, and what it wants opened. */
export type ConnectionPort = {
  readonly data: DeviceWorkerData
  post(message: DeviceMessage): void
  onRequest(listener: (request: DeviceRequest) => void): void
  /** Lets the thread end. */
  end(): void
}

/** Opens the connection and serves it until it is closed. Failures are posted, not thrown. */
export async function serveConnection(port: ConnectionPort): Promise<void> {
  let driver: Driver
  let connection: Connection
  try {
    driver = await loadDriver(port.data)
    connection = await driver.open(port.data.address, port.data.options)
  } catch (error) {
    port.post({ type: 'openFailed', error: CoverslipError.from(error, 'DEVICE_FAILED').serialize() })
    port.end()
    return
  }
  connection.onLost?.((reason) =>
    port.post({ type: 'lost', error: CoverslipError.from(reason, 'DEVICE_FAILED').serialize() }),
  )
  const served = new ServedConnection(port, connection)
  const devices = await served.describe()
  port.onRequest((request) => {
    void served.answer(request)
  })
  port.post({
    type: 'opened',
    driverId: driver.manifest.id,
    demo: driver.manifest.demo,
    devices,
    presets: served.presets(),
    missing: served.missing(),
  })
}

const isCamera = (device: Device): device is CameraDevice => device.description.kind === 'camera'
const isStage = (device: Device): device is StageDevice => device.description.kind === 'stage'

/** An open connection; its devices have the ids that the engine knows them by. */
class ServedConnection {
  readonly #port: ConnectionPort
  readonly #connection: Connection
  readonly #sinks = new Map<Device, RingSink>()
  readonly #health: HealthReports
  /** Changes of each device's properties, as they are told. */
  readonly #changes = new Map<Device, Gathered>()
  readonly #turns = new SettingTurns()

  constructor(port: ConnectionPort, connection: Connection) {
    this.#port = port
    this.#connection = connection
    this.#health = new HealthReports({
      tell: (camera, health) => port.post({ type: 'health', deviceId: this.#idOf(camera), health }),
      failed: (camera, error) => this.#fault(camera, error),
    })
  }

  /** What the engine is told of the devices, once their saved settings have been made again. */
  async describe(): Promise<readonly OpenedDevice[]> {
    const described: OpenedDevice[] = []
    for (const device of this.#connection.devices) {
      const notRestored = await restoreSettings(device, this.#savedSettingsOf(device))
      this.#announceChanges(device)
      described.push({
        description: this.#describe(device),
        properties: device.properties(),
        notRestored,
        ...(isStage(device) ? { position: device.position() } : {}),
        ...(isCamera(device) ? { ...this.#memoryFor(device), tellsHealth: device.health !== undefined } : {}),
      })
    }
    return described
  }

  presets(): Preset[] {
    return (this.#connection.presets ?? []).map((preset) => ({
      ...preset,
      settings: preset.settings.map((setting) => ({
        ...setting,
        deviceId: this.#prefix + setting.deviceId,
      })),
    }))
  }

  missing(): SerializedError[] {
    return (this.#connection.missing ?? []).map((error) =>
      CoverslipError.from(error, 'DEVICE_UNAVAILABLE').serialize(),
    )
  }

  async answer(request: DeviceRequest): Promise<void> {
    const { id } = request
    try {
      this.#port.post({ type: 'reply', id, result: 'done', ...(await this.#perform(request)) })
    } catch (error) {
      const failure = CoverslipError.from(error, 'DEVICE_FAILED')
      this.#port.post({ type: 'reply', id, result: 'failed', error: failure.serialize() })
    }
    if (request.call === 'close') this.#port.end()
  }

  get #prefix(): string {
    return this.#port.data.idPrefix ?? ''
  }

  #describe({ description }: Device): DeviceDescription {
    const id = this.#prefix + description.id
    if (description.kind !== 'stage' || description.triggeredStack === undefined)
      return { ...description, id }
    const { cameras, maxPlanes } = description.triggeredStack
    return {
      ...description,
      id,
      triggeredStack: { cameras: cameras.map((camera) => this.#prefix + camera), maxPlanes },
    }
  }

  #idOf(device: Device): string {
    return this.#prefix + device.description.id
  }

  #savedSettingsOf({ description }: Device) {
    const serialNumber = 'serialNumber' in description ? description.serialNumber : undefined
    return (serialNumber === undefined ? undefined : this.#port.data.savedSettings?.[serialNumber]) ?? {}
  }

  #fault(device: Device, error: unknown): void {
    const fault = CoverslipError.from(error, 'DEVICE_FAILED').serialize()
    this.#port.post({ type: 'fault', deviceId: this.#idOf(device), error: fault })
  }

  /** Tells of changed properties and positions, gathered over `tellEveryMs`. */
  #announceChanges(device: Device): void {
    const deviceId = this.#idOf(device)
    const changes = gathered(
      () => this.#port.post({ type: 'properties', deviceId, properties: device.properties() }),
      tellEveryMs,
    )
    this.#changes.set(device, changes)
    device.onPropertiesChanged(changes.changed)
    if (!isStage(device)) return
    const moves = gathered(
      () => this.#port.post({ type: 'moved', deviceId, position: device.position() }),
      tellEveryMs,
    )
    device.onMoved(moves.changed)
  }

  /** Where the camera's frames go, and where they are told of their surroundings. */
  #memoryFor(camera: CameraDevice): Required<Pick<OpenedDevice, 'ring' | 'surroundings'>> {
    const { maxFrameBytes } = camera.description
    const ring = createFrameRing({ slots: ringSlotsFor(maxFrameBytes), maxFrameBytes })
    const sink = new RingSink(ring, (error) => this.#fault(camera, error))
    this.#sinks.set(camera, sink)
    return { ring, surroundings: sink.surroundings }
  }

  async #perform(request: DeviceRequest): Promise<DeviceAnswer | void> {
    if (request.call === 'ping') return
    if (request.call === 'tellChanges') {
      for (const { flush } of this.#changes.values()) flush()
      return
    }
    if (request.call === 'close') {
      this.#health.endAll()
      return this.#connection.close()
    }
    const device = this.#connection.devices.find((candidate) => this.#idOf(candidate) === request.deviceId)
    if (device === undefined) throw new CoverslipError('UNKNOWN_DEVICE', `No device ${request.deviceId} here`)
    if (request.call === 'setProperty') {
      const { name, value } = request
      return this.#turns.take(`${request.deviceId} ${name}`, async () => {
        await device.setProperty(name, value)
        // Whoever has set it knows of it when the call is answered.
        this.#changes.get(device)?.flush()
      })
    }
    if (isCamera(device)) return this.#operateCamera(device, request.call)
    if (isStage(device)) {
      if (request.call === 'moveStage') await device.moveTo(request.target)
      if (request.call === 'stopStage') await device.stop()
      if (request.call === 'runStack') {
        if (device.runStack === undefined)
          throw new CoverslipError('INVALID_INPUT', `${device.description.name} cannot step through a stack`)
        const triggered = await device.runStack(request.planesUm)
        return { position: device.position(), triggered }
      }
      return { position: device.position() }
    }
    throw new CoverslipError('INVALID_INPUT', `${device.description.name} cannot do ${request.call}`)
  }

  async #operateCamera(camera: CameraDevice, call: string): Promise<void> {
    const sink = this.#sinks.get(camera)
    if (sink === undefined)
      throw new CoverslipError('INTERNAL', `${camera.description.name} has no frame ring`)
    switch (call) {
      case 'startCamera':
        sink.prepare()
        await camera.start(sink)
        return this.#health.begin(camera)
      case 'stopCamera':
        this.#health.end(camera)
        return camera.stop()
      case 'trigger':
        return camera.trigger()
      default:
        throw new CoverslipError('INVALID_INPUT', `${camera.description.name} cannot do ${call}`)
    }
  }
}
