/**
 * All devices of the microscope: one worker thread per connection, their states, properties and presets.
 * A connection that throws, hangs or floods takes down only its own devices; the rest goes on.
 */
import { checkPropertyValue } from '../../drivers/sdk/property-value.ts'
import type { AlertSink } from '../../src-shared/alerts.ts'
import type {
  DeviceState,
  KnownPreset,
  Preset,
  PropertyDescriptor,
  PropertyValue,
} from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import type { CameraLease, LeaseOptions } from './camera-leases.ts'
import type { BackOff, ConnectionConfig } from './connection-supervisor.ts'
import type { ConnectionLimits } from './device-connection.ts'
import type { DeviceAnswer, DeviceCall } from './device-messages.ts'
import { deviceOf, findDevice, unavailable } from './find-device.ts'
import type { ManagedCamera } from './managed-camera.ts'
import type { ManagedConnection } from './managed-connection.ts'
import { ManagedConnections, type RegistryEvent } from './managed-connections.ts'
import { type StackEnd, StageMotions } from './stage-motions.ts'

/** What the user has decided of devices; asked at each use. */
export type DevicePreferences = {
  /** The name that he gave a device. */
  nameOf(deviceId: string): string | undefined
  presets(): readonly Preset[]
  /** A property of a device was set by request. */
  propertySet(device: DeviceState, property: PropertyDescriptor, value: PropertyValue): void
}

/** What devices there are, and what belongs to them. */
export type RegistryOptions = {
  readonly connections: readonly ConnectionConfig[]
  readonly alerts: AlertSink
  readonly preferences?: DevicePreferences
  readonly limits?: ConnectionLimits
  readonly backOff?: BackOff
}

/** How a property is set, other than by the user. */
export type SetOptions = {
  /** Of the caller, who has the camera stopped for a moment though nobody else may. */
  readonly lease?: CameraLease | undefined
  /** The value is not what the user wants from now on, and is not kept for the next start. */
  readonly temporary?: boolean
}

/** All devices, by id or name. */
export class DeviceRegistry {
  readonly connections: ManagedConnections
  readonly #preferences: DevicePreferences | undefined
  readonly #events = new Emitter<RegistryEvent>()
  readonly #stages = new StageMotions({
    call: (stage, call, extraMs) => this.#call(stage, call, extraMs),
    moved: (stage, position) => this.#connectionOf(stage).moved(stage.id, position),
  })

  constructor({ preferences, ...options }: RegistryOptions) {
    this.#preferences = preferences
    this.connections = new ManagedConnections({
      ...options,
      nameOf: (deviceId) => preferences?.nameOf(deviceId),
      emit: (event) => this.#events.emit(event),
      presetsChanged: () => this.presetsChanged(),
    })
  }

  on(listener: (event: RegistryEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** Opens all connections; resolves when each has been tried once. Failures become alerts and are tried again. */
  open(): Promise<void> {
    return this.connections.open()
  }

  close(): Promise<void> {
    return this.connections.close()
  }

  /** Shows a device by the name that the user has given it now. @throws CoverslipError UNKNOWN_DEVICE. */
  renamed(deviceId: string): DeviceState {
    const device = this.device(deviceId)
    this.#connectionOf(device).renamed(device.id)
    return this.device(device.id)
  }

  /** All known devices, in the order of the configuration. */
  devices(): DeviceState[] {
    return this.connections.all.flatMap((connection) => connection.devices())
  }

  /**
   * Those of the hardware, then those of the user; where both have one of the same name, it is the user's. The hardware
   * file may name devices that they set; here they have their ids, unless they are not there.
   */
  presets(): KnownPreset[] {
    const devices = this.devices()
    const own = (this.#preferences?.presets() ?? []).map((preset) => ({
      ...preset,
      settings: preset.settings.map((setting) => ({
        ...setting,
        deviceId: deviceOf(devices, setting.deviceId)?.id ?? setting.deviceId,
      })),
    }))
    const fromHardware = this.connections.all
      .flatMap((connection) => connection.presets())
      .filter(({ group, name }) => !own.some((other) => other.group === group && other.name === name))
    return [...fromHardware, ...own.map((preset) => ({ ...preset, own: true as const }))]
  }

  /** Tells everybody of the presets: the user has changed his. */
  presetsChanged(): void {
    this.#events.emit({ type: 'presetsChanged', presets: this.presets() })
  }

  /** @throws CoverslipError UNKNOWN_DEVICE naming the devices that there are. */
  device(idOrName: string): DeviceState {
    return findDevice(this.devices(), idOrName, 'device')
  }

  /**
   * The camera `idOrName`, or the first available one.
   * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA.
   */
  camera(idOrName?: string): DeviceState {
    const cameras = this.devices().filter(({ description }) => description.kind === 'camera')
    if (idOrName !== undefined) return findDevice(cameras, idOrName, 'camera')
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
   * Stops and starts a camera that runs: what it was asked for before, it does not deliver any more. `lease`: the caller's.
   * @throws CoverslipError DEVICE_UNAVAILABLE when it would interrupt a recording.
   */
  restartCamera(cameraId: string, lease: CameraLease): Promise<void> {
    return this.#camera(cameraId).leases.whileStopped(() => Promise.resolve(), lease)
  }

  /**
   * Sets a property. One that the camera cannot change while it acquires interrupts a live view for a moment.
   * @throws CoverslipError naming the property and its limits; DEVICE_UNAVAILABLE when it would interrupt a recording.
   */
  async setProperty(
    deviceId: string,
    property: string,
    value: PropertyValue,
    { lease, temporary = false }: SetOptions = {},
  ): Promise<DeviceState> {
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
    if (descriptor.lockedWhileAcquiring && leases !== undefined) await leases.whileStopped(set, lease)
    else await set()
    if (!temporary) this.#preferences?.propertySet(device, descriptor, value)
    return this.device(device.id)
  }

  /**
   * Resolves when everything that has changed on these devices until now is known.
   * @throws CoverslipError UNKNOWN_DEVICE; DEVICE_UNAVAILABLE of one that is not connected.
   */
  async whenTold(deviceIds: readonly string[]): Promise<void> {
    const devices = deviceIds.map((id) => this.device(id))
    const asked = new Map(devices.map((device) => [device.connectionId, device]))
    await Promise.all([...asked.values()].map((device) => this.#call(device, { call: 'tellChanges' })))
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
    return this.#stages.move(this.device(deviceId), { target, mode })
  }

  async stopStage(deviceId: string): Promise<StagePosition> {
    return this.#stages.stop(this.device(deviceId))
  }

  /** Where a stage stands, asked of the device now. */
  async readPosition(deviceId: string): Promise<StagePosition> {
    return this.#stages.readPosition(this.device(deviceId))
  }

  /**
   * Has the focus drive go through the planes (µm) by itself and trigger its cameras, each exposure lasting `exposureMs`;
   * resolves when it stands in the last, or was stopped.
   * @throws CoverslipError INVALID_INPUT when it cannot; OUT_OF_RANGE.
   */
  async runStack(
    deviceId: string,
    planesUm: readonly number[],
    options: { readonly exposureMs: number },
  ): Promise<StackEnd> {
    return this.#stages.runStack(this.device(deviceId), planesUm, options)
  }

  /** How often a stage was told to move or to stop: tells whoever moves it in many steps that somebody else has. */
  motionsOf(stageId: string): number {
    return this.#stages.motionsOf(stageId)
  }

  /**
   * Takes one frame in software-trigger mode, exposed for `exposureMs`. `lease`: the caller's own.
   * @throws CoverslipError DEVICE_UNAVAILABLE while somebody else triggers the camera.
   */
  async trigger(
    deviceId: string,
    { exposureMs = 0, lease }: { readonly exposureMs?: number; readonly lease?: CameraLease } = {},
  ): Promise<void> {
    const camera = this.camera(deviceId)
    const owner = this.#camera(camera.id).leases.triggeredBy(lease)
    if (owner !== undefined) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', `${camera.description.name} is triggered by ${owner}`, {
        hint: `Wait until ${owner} has ended, or stop it.`,
      })
    }
    await this.#call(camera, { call: 'trigger', deviceId: camera.id }, exposureMs)
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

  #camera(cameraId: string): ManagedCamera {
    const device = this.camera(cameraId)
    const camera = this.#connectionOf(device).camera(device.id)
    if (camera !== undefined) return camera
    throw unavailable(device)
  }

  #connectionOf(device: DeviceState): ManagedConnection {
    return this.connections.get(device.connectionId)
  }

  /** `extraMs`: what the call may take longer than calls do. */
  async #call(device: DeviceState, call: DeviceCall, extraMs = 0): Promise<DeviceAnswer> {
    const { supervisor } = this.#connectionOf(device)
    if (supervisor.state.state !== 'open') throw unavailable(device)
    return supervisor.state.connection.call(call, extraMs)
  }
}
