/** The worker's side of a driver connection: loads the driver, opens it, and answers the engine's calls. */
import type { CameraDevice, Connection, Device, Driver, StageDevice } from '../../drivers/sdk/driver.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { createFrameRing } from '../frames/frame-ring.ts'
import type { DeviceMessage, DeviceRequest, DeviceWorkerData, OpenedDevice } from './device-messages.ts'
import { RingSink } from './ring-sink.ts'

/** Frames a ring holds: enough for a reader to be late by, within the memory a camera may take. */
const ringBytes = 96 * 2 ** 20
const ringSlots = { least: 4, most: 64 }

/** Changes of properties and positions are told at most this often, so that a driver cannot flood the engine. */
const tellEveryMs = 50

export type ConnectionPort = {
  readonly data: DeviceWorkerData
  post(message: DeviceMessage): void
  onRequest(listener: (request: DeviceRequest) => void): void
  /** Lets the thread end. */
  end(): void
}

function isDriver(value: unknown): value is Driver {
  return typeof value === 'object' && value !== null && 'manifest' in value && 'open' in value
}

async function loadDriver(url: string): Promise<Driver> {
  const module: unknown = await import(url)
  const driver =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (isDriver(driver)) return driver
  throw new CoverslipError('DEVICE_FAILED', `${url} is not a driver`, {
    hint: 'The default export of a driver module is an object with a manifest and an open function; see drivers/sdk/driver.ts.',
  })
}

/** Opens the connection and serves it until it is closed. Failures are posted, not thrown. */
export async function serveConnection(port: ConnectionPort): Promise<void> {
  let driver: Driver
  let connection: Connection
  try {
    driver = await loadDriver(port.data.driverUrl)
    connection = await driver.open(port.data.address, port.data.options)
  } catch (error) {
    port.post({ type: 'openFailed', error: CoverslipError.from(error, 'DEVICE_FAILED').serialize() })
    port.end()
    return
  }
  const sinks = new Map<string, RingSink>()
  const devices = connection.devices.map((device): OpenedDevice => {
    const opened = { description: device.description, properties: device.properties() }
    announceChanges(port, device)
    if (isStage(device)) return { ...opened, position: device.position() }
    if (!isCamera(device)) return opened
    const { id, maxFrameBytes } = device.description
    const slots = Math.min(ringSlots.most, Math.max(ringSlots.least, Math.floor(ringBytes / maxFrameBytes)))
    const ring = createFrameRing({ slots, maxFrameBytes })
    sinks.set(
      id,
      new RingSink(ring, (error) => port.post({ type: 'fault', deviceId: id, error: error.serialize() })),
    )
    return { ...opened, ring }
  })
  connection.onLost?.((reason) =>
    port.post({ type: 'lost', error: CoverslipError.from(reason, 'DEVICE_FAILED').serialize() }),
  )
  port.onRequest((request) => {
    void answer(port, { connection, sinks }, request)
  })
  port.post({
    type: 'opened',
    driverId: driver.manifest.id,
    demo: driver.manifest.demo,
    devices,
    presets: connection.presets ?? [],
  })
}

const isCamera = (device: Device): device is CameraDevice => device.description.kind === 'camera'
const isStage = (device: Device): device is StageDevice => device.description.kind === 'stage'

/** Tells of changed properties and positions, gathered over `tellEveryMs`. */
function announceChanges(port: ConnectionPort, device: Device): void {
  const deviceId = device.description.id
  device.onPropertiesChanged(
    gathered(() => port.post({ type: 'properties', deviceId, properties: device.properties() })),
  )
  if (!isStage(device)) return
  device.onMoved(gathered(() => port.post({ type: 'moved', deviceId, position: device.position() })))
}

/** Runs `tell` at once, and then at most every `tellEveryMs`. */
function gathered(tell: () => void): () => void {
  let waiting = false
  let again = false
  const run = () => {
    again = false
    waiting = true
    setTimeout(() => {
      waiting = false
      if (again) run()
    }, tellEveryMs)
    tell()
  }
  return () => {
    if (waiting) again = true
    else run()
  }
}

type Served = { readonly connection: Connection; readonly sinks: ReadonlyMap<string, RingSink> }

async function answer(port: ConnectionPort, served: Served, request: DeviceRequest): Promise<void> {
  try {
    const position = await perform(served, request)
    port.post({
      type: 'reply',
      id: request.id,
      result: 'done',
      ...(position === undefined ? {} : { position }),
    })
  } catch (error) {
    const failure = CoverslipError.from(error, 'DEVICE_FAILED')
    port.post({ type: 'reply', id: request.id, result: 'failed', error: failure.serialize() })
  }
  if (request.call === 'close') port.end()
}

async function perform({ connection, sinks }: Served, request: DeviceRequest) {
  if (request.call === 'ping') return
  if (request.call === 'close') return connection.close()
  const device = connection.devices.find(({ description }) => description.id === request.deviceId)
  if (device === undefined) throw new CoverslipError('UNKNOWN_DEVICE', `No device ${request.deviceId} here`)
  if (request.call === 'setProperty') return device.setProperty(request.name, request.value)
  if (isCamera(device)) return operateCamera(device, sinks.get(device.description.id), request.call)
  if (isStage(device)) {
    if (request.call === 'moveStage') await device.moveTo(request.target)
    if (request.call === 'stopStage') await device.stop()
    return device.position()
  }
  throw new CoverslipError('INVALID_INPUT', `${device.description.name} cannot do ${request.call}`)
}

async function operateCamera(camera: CameraDevice, sink: RingSink | undefined, call: string): Promise<void> {
  if (sink === undefined) throw new CoverslipError('INTERNAL', `${camera.description.name} has no frame ring`)
  switch (call) {
    case 'startCamera':
      return camera.start(sink)
    case 'stopCamera':
      return camera.stop()
    case 'trigger':
      return camera.trigger()
    default:
      throw new CoverslipError('INVALID_INPUT', `${camera.description.name} cannot do ${call}`)
  }
}
