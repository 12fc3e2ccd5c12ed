/**
 * All devices of the microscope: one worker thread per connection, their states, properties and presets.
 * A connection that throws, hangs or floods takes down only its own devices; the rest goes on.
 */
import { checkPropertyValue } from '../../drivers/sdk/property-value.ts'
import type { AlertSink } from '../../src-shared/alerts.ts'
import type { EngineEvent } from '../../src-shared/contract/events.ts'
import type { DeviceState, Preset, PropertyValue, StageAxes } from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import type { CameraLease, LeaseOptions } from './camera-leases.ts'
import {
  type BackOff,
  type ConnectionConfig,
  ConnectionSupervisor,
  defaultBackOff,
} from './connection-supervisor.ts'
import { type ConnectionLimits, defaultLimits } from './device-connection.ts'
import type { DeviceCall } from './device-messages.ts'
import { type Camera, ManagedConnection } from './managed-connection.ts'

export type RegistryEvent = Extract<
  EngineEvent,
  { type: 'deviceChanged' | 'deviceRemoved' | 'stageMoved' | 'presetsChanged' }
>

export type RegistryOptions = {
  readonly connections: readonly ConnectionConfig[]
  readonly alerts: AlertSink
  readonly limits?: ConnectionLimits
  readonly backOff?: BackOff
}

export class DeviceRegistry {
  readonly #connections: readonly ManagedConnection[]
  readonly #events = new Emitter<RegistryEvent>()
  /** Where moves under way will end, by stage. */
  readonly #motions = new Map<string, number>()
  readonly #targets = new Map<string, StagePosition>()

  constructor(options: RegistryOptions) {
    const { alerts, limits = defaultLimits, backOff = defaultBackOff } = options
    this.#connections = options.connections.map(
      (config) =>
        new ManagedConnection({
          supervisor: new ConnectionSupervisor(config, limits, backOff),
          alerts,
          emit: (event) => this.#events.emit(event),
          presetsChanged: () => this.#events.emit({ type: 'presetsChanged', presets: this.presets() }),
        }),
    )
  }

  on(listener: (event: RegistryEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** Opens all connections; resolves when each has been tried once. Failures become alerts and are tried again. */
  async open(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.open()))
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  /** All known devices, in the order of the configuration. */
  devices(): DeviceState[] {
    return this.#connections.flatMap((connection) => connection.devices())
  }

  presets(): Preset[] {
    return this.#connections.flatMap((connection) => connection.presets())
  }

  /** @throws CoverslipError UNKNOWN_DEVICE naming the devices that there are. */
  device(idOrName: string): DeviceState {
    return find(this.devices(), idOrName, 'device')
  }

  /**
   * The camera `idOrName`, or the first available one.
   * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA.
   */
  camera(idOrName?: string): DeviceState {
    const cameras = this.devices().filter(({ description }) => description.kind === 'camera')
    if (idOrName !== undefined) return find(cameras, idOrName, 'camera')
    const camera = cameras.find(({ status }) => status.state === 'ready') ?? cameras[0]
    if (camera !== undefined) return camera
    throw new CoverslipError('NO_CAMERA', 'There is no camera', {
      hint: 'Connect a camera, or start with the demo microscope.',
    })
  }

  /** The ring a camera's frames are in. @throws CoverslipError DEVICE_UNAVAILABLE while it is not connected. */
  ring(cameraId: string): FrameRingMemory {
    return this.#camera(cameraId).ring
  }

  /**
   * Has the camera run until the lease is released.
   * @throws CoverslipError DEVICE_UNAVAILABLE, or why the camera does not start.
   */
  acquire(cameraId: string, options: LeaseOptions): Promise<CameraLease> {
    return this.#camera(cameraId).leases.acquire(options)
  }

  /**
   * Sets a property. One that the camera cannot change while it acquires interrupts a live view for a moment.
   * @throws CoverslipError naming the property and its limits; DEVICE_UNAVAILABLE when it would interrupt a recording.
   */
  async setProperty(deviceId: string, property: string, value: PropertyValue): Promise<DeviceState> {
    const device = this.device(deviceId)
    const descriptor = device.properties.find(({ name }) => name === property)
    if (descriptor === undefined) {
      throw new CoverslipError(
        'UNKNOWN_PROPERTY',
        `${device.description.name} has no property "${property}"`,
        {
          hint: `It has: ${device.properties.map(({ name }) => name).join(', ')}.`,
          data: { property },
        },
      )
    }
    checkPropertyValue(descriptor, value)
    const set = () => this.#call(device, { call: 'setProperty', deviceId: device.id, name: property, value })
    const leases = this.#connectionOf(device).camera(device.id)?.leases
    if (descriptor.lockedWhileAcquiring && leases !== undefined) await leases.whileStopped(set)
    else await set()
    return this.device(device.id)
  }

  /**
   * Moves the axes named in `target` to, or by, so many µm; resolves with the position when arrived.
   * @throws CoverslipError OUT_OF_RANGE naming the axis and its travel.
   */
  async moveStage(
    deviceId: string,
    target: StagePosition,
    mode: 'absolute' | 'relative',
  ): Promise<StagePosition> {
    const device = this.device(deviceId)
    if (device.description.kind !== 'stage') {
      throw new CoverslipError('INVALID_INPUT', `${device.description.name} is not a stage`)
    }
    this.#countMotion(device.id)
    // Steps asked for during a move count from where it will end: three key presses are three steps.
    const from = mode === 'absolute' ? {} : { ...device.position, ...this.#targets.get(device.id) }
    const absolute = checkTravel(device.description.name, device.description.axes, target, from)
    const ends = { ...this.#targets.get(device.id), ...absolute }
    this.#targets.set(device.id, ends)
    try {
      const reached = await this.#call(device, { call: 'moveStage', deviceId: device.id, target: absolute })
      if (reached !== undefined) this.#connectionOf(device).moved(device.id, reached)
      return reached ?? absolute
    } finally {
      if (this.#targets.get(device.id) === ends) this.#targets.delete(device.id)
    }
  }

  async stopStage(deviceId: string): Promise<StagePosition> {
    const device = this.device(deviceId)
    this.#countMotion(device.id)
    this.#targets.delete(device.id)
    return (await this.#call(device, { call: 'stopStage', deviceId: device.id })) ?? device.position ?? {}
  }

  /** How often a stage was told to move or to stop: tells whoever moves it in many steps that somebody else has. */
  motionsOf(stageId: string): number {
    return this.#motions.get(stageId) ?? 0
  }

  #countMotion(stageId: string): void {
    this.#motions.set(stageId, this.motionsOf(stageId) + 1)
  }

  async trigger(deviceId: string): Promise<void> {
    const camera = this.camera(deviceId)
    await this.#call(camera, { call: 'trigger', deviceId: camera.id })
  }

  /** Tries a lost connection again now instead of when its back-off ends. */
  async reconnect(deviceId: string): Promise<void> {
    await this.#connectionOf(this.device(deviceId)).open()
  }

  /** Sets everything a preset names, in its order. @throws CoverslipError INVALID_INPUT when there is no such preset. */
  async applyPreset(group: string, name: string): Promise<void> {
    const preset = this.presets().find((candidate) => candidate.group === group && candidate.name === name)
    if (preset === undefined) {
      const known = this.presets().map((candidate) => `${candidate.group}/${candidate.name}`)
      throw new CoverslipError('INVALID_INPUT', `There is no preset ${group}/${name}`, {
        hint: `There are: ${known.join(', ') || 'none'}.`,
      })
    }
    for (const { deviceId, property, value } of preset.settings)
      await this.setProperty(deviceId, property, value)
  }

  #camera(cameraId: string): Camera {
    const device = this.camera(cameraId)
    const camera = this.#connectionOf(device).camera(device.id)
    if (camera !== undefined) return camera
    throw unavailable(device)
  }

  #connectionOf(device: DeviceState): ManagedConnection {
    const connection = this.#connections.find(({ id }) => id === device.connectionId)
    if (connection === undefined)
      throw new CoverslipError('UNKNOWN_DEVICE', `No connection ${device.connectionId}`)
    return connection
  }

  #call(device: DeviceState, call: DeviceCall): Promise<StagePosition | undefined> {
    const { supervisor } = this.#connectionOf(device)
    if (supervisor.state.state !== 'open') throw unavailable(device)
    return supervisor.state.connection.call(call)
  }
}

function unavailable(device: DeviceState): CoverslipError {
  const { name } = device.description
  const why = device.status.state === 'error' ? `: ${device.status.message}` : ''
  return new CoverslipError('DEVICE_UNAVAILABLE', `${name} is not connected${why}`, {
    hint: 'Check its power and cable; it is tried again by itself.',
  })
}

function find(devices: readonly DeviceState[], idOrName: string, what: string): DeviceState {
  const device =
    devices.find(({ id }) => id === idOrName) ??
    devices.find(({ description }) => description.name === idOrName)
  if (device !== undefined) return device
  const known = devices.map(({ id, description }) => `${id} (${description.name})`).join(', ')
  throw new CoverslipError('UNKNOWN_DEVICE', `There is no ${what} "${idOrName}"`, {
    hint: known === '' ? `There is no ${what} at all.` : `There are: ${known}.`,
  })
}

function checkTravel(
  stage: string,
  axes: StageAxes,
  target: StagePosition,
  from: StagePosition,
): StagePosition {
  const absolute: { x?: number; y?: number; z?: number } = {}
  for (const axis of ['x', 'y', 'z'] as const) {
    const value = target[axis]
    if (value === undefined) continue
    const travel = axes[axis]
    if (travel === undefined) throw new CoverslipError('INVALID_INPUT', `${stage} has no ${axis} axis`)
    const position = value + (from[axis] ?? 0)
    if (!(position >= travel.min && position <= travel.max)) {
      throw new CoverslipError('OUT_OF_RANGE', `${axis} = ${position} µm is outside the travel of ${stage}`, {
        hint: `It goes from ${travel.min} to ${travel.max} µm.`,
        data: { axis, min: travel.min, max: travel.max },
      })
    }
    absolute[axis] = position
  }
  return absolute
}
