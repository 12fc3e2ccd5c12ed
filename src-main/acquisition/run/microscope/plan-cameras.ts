import { type DeviceState, standardProperty } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { exposureMsOf } from '../../take-frame.ts'
import type { AcquisitionEvent } from '../../../../src-shared/plan/acquisition-event.ts'
import type { NumberedEvent } from '../acquisition-hardware.ts'
import { freePeriodMs, type PacedCamera, triggeredPeriodMs, triggeredPlanes } from './camera-pace.ts'
import type { DeviceSettings, Setting } from './device-settings.ts'
import type { BatchKind } from './event-batches.ts'
import { PlanCamera, triggerModesOf } from './plan-camera.ts'
import { presetOf } from './plan-problems.ts'
import type { Restoration } from './restoration.ts'
import { allEnded, failuresAmong } from './together.ts'

const triggerModeFor: Readonly<Record<BatchKind, string>> = {
  single: 'software',
  stack: 'software',
  burst: 'continuous',
  triggeredStack: 'external',
}

/** The cameras of a plan: which takes what, running as long as the plan does. */
export class PlanCameras {
  readonly #devices: DeviceRegistry
  readonly #settings: DeviceSettings
  readonly #running: Map<string, PlanCamera>
  /** Cameras for events that name none. */
  #usual: readonly string[] = []
  /** Exposure of each camera where a channel says none, ms. */
  readonly #exposures = new Map<string, number>()
  /** The longest exposure that was set, ms. */
  #longestMs = 0
  /** Cameras of which frames may still come that were asked for in vain. */
  readonly #unsettled = new Set<string>()
  /** A camera that hangs may start when the plan, which did not wait for it, has ended. */
  #isOver = false

  /** `running`: shared with `settings`, which sets properties under the leases of the cameras. */
  constructor(devices: DeviceRegistry, settings: DeviceSettings, running: Map<string, PlanCamera>) {
    this.#devices = devices
    this.#settings = settings
    this.#running = running
  }

  /** Starts the cameras: `usual` those for events that name none. @throws CoverslipError of the camera; the reason of `signal`. */
  async begin(options: {
    readonly usual: readonly string[]
    readonly others: readonly string[]
    /** Absent: as each camera is set. */
    readonly exposureMs: number | undefined
    readonly signal: AbortSignal
  }): Promise<void> {
    const { usual, others, exposureMs, signal } = options
    this.#usual = usual
    await allEnded(
      [...new Set([...usual, ...others])].map(async (id) => {
        const camera = this.#devices.camera(id)
        this.#exposures.set(id, exposureMs ?? exposureMsOf(camera))
        await this.#setTrigger(camera, 'single')
        signal.throwIfAborted()
        await this.get(id)
        if (camera.acquiring === true && goesOnInOtherModes(camera)) this.#unsettled.add(id)
      }),
    )
  }

  /** The ids of the cameras that take the image of `event`. */
  of({ action, camera }: AcquisitionEvent): readonly string[] {
    if (action.type !== 'acquireImage') return []
    return camera === undefined ? this.#usual : [this.#devices.camera(camera).id]
  }

  /** How long `cameraId` exposes for `event`, ms: as its channel says, or else the channel's preset. */
  exposureMs(event: AcquisitionEvent, cameraId: string): number {
    return event.exposureMs ?? this.#presetExposureMs(event, cameraId) ?? this.#exposures.get(cameraId) ?? 0
  }

  /** Whether `setting` is the exposure of a camera of `event`, which `setUp` sets. */
  isExposure(event: NumberedEvent, { deviceId, property }: Setting): boolean {
    return property === standardProperty.exposureMs && this.of(event).includes(deviceId)
  }

  /** Least time between images of `event` that are triggered one by one, as far as its cameras tell, ms. */
  framePeriodMs(event: AcquisitionEvent): number {
    return triggeredPeriodMs(this.#devices, this.#pacedFor(event))
  }

  /** The same while they run free. */
  freePeriodMs(event: AcquisitionEvent): number {
    return freePeriodMs(this.#devices, this.#pacedFor(event))
  }

  /** Sets exposure and trigger of the cameras of `event`. @throws CoverslipError of the camera; the reason of `signal`. */
  async setUp(event: NumberedEvent, kind: BatchKind, signal: AbortSignal): Promise<void> {
    await allEnded(
      this.of(event).map(async (id) => {
        const running = await this.get(id)
        const camera = this.#devices.camera(id)
        signal.throwIfAborted()
        await this.#setTrigger(camera, kind)
        signal.throwIfAborted()
        await this.#settle(running)
        signal.throwIfAborted()
        const value = this.exposureMs(event, id)
        this.#longestMs = Math.max(this.#longestMs, value)
        if (hasExposure(camera))
          await this.#settings.set({ deviceId: id, property: standardProperty.exposureMs, value })
      }),
    )
  }

  /** Has the cameras run free, as in a live view, until `setUp` triggers them again. @throws CoverslipError of the camera. */
  async runFree(): Promise<void> {
    this.forget()
    const connected = [...this.#running.values()].filter(({ isLost }) => !isLost)
    await allEnded(connected.map(({ id }) => this.#setTrigger(this.#devices.camera(id), 'burst')))
  }

  /** The camera `id`, running; one that was lost and is back is started again. @throws CoverslipError of the camera. */
  async get(id: string): Promise<PlanCamera> {
    const known = this.#running.get(id)
    if (known !== undefined && !known.isLost) return known
    await known?.release()
    this.#running.delete(id)
    this.#unsettled.delete(id)
    const camera = await PlanCamera.open(this.#devices, id)
    if (this.#isOver) {
      await camera.release()
      throw new CoverslipError(
        'DEVICE_UNAVAILABLE',
        `${camera.name} was started too late: the plan has ended`,
      )
    }
    this.#running.set(id, camera)
    return camera
  }

  /** An exposure was not gone through: a frame that comes late must not be taken for the next image. */
  forget(): void {
    for (const id of this.#running.keys()) this.#unsettled.add(id)
  }

  /** Planes that the focus drive steps through by itself while it triggers all cameras of `event`, and their rings hold. */
  triggeredPlanes(event: AcquisitionEvent): number {
    const slotsOf = (id: string) => this.#running.get(id)?.slots ?? 1
    return triggeredPlanes(
      this.#devices,
      this.of(event).map((id) => ({ id, slots: slotsOf(id) })),
    )
  }

  /** Gives the cameras back. @returns what went wrong. */
  release(restoration: Restoration): Promise<readonly Error[]> {
    this.#isOver = true
    const running = [...this.#running.values()]
    this.#running.clear()
    return failuresAmong(
      running.map((camera) =>
        restoration.ask(
          // Some end their exposure first.
          { deviceId: camera.id, what: 'that it has stopped', extraMs: this.#longestMs },
          () => camera.release(),
        ),
      ),
    )
  }

  #pacedFor(event: AcquisitionEvent): readonly PacedCamera[] {
    return this.of(event).map((id) => ({ id, exposureMs: this.exposureMs(event, id) }))
  }

  async #settle(camera: PlanCamera): Promise<void> {
    if (!this.#unsettled.has(camera.id)) return
    await camera.restart()
    this.#unsettled.delete(camera.id)
  }

  #presetExposureMs(event: AcquisitionEvent, cameraId: string): number | undefined {
    const preset = event.channel === undefined ? undefined : presetOf(this.#devices, event.channel)
    const value = preset?.settings.find(
      ({ deviceId, property }) => deviceId === cameraId && property === standardProperty.exposureMs,
    )?.value
    return typeof value === 'number' ? value : undefined
  }

  async #setTrigger(camera: DeviceState, kind: BatchKind): Promise<void> {
    const value = triggerModeFor[kind]
    if (!triggerModesOf(camera).includes(value)) return
    const setting = { deviceId: camera.id, property: standardProperty.triggerMode, value }
    if (this.#settings.isSet(setting)) return
    this.#running.get(camera.id)?.changedMode()
    await this.#settings.set(setting)
    if (goesOnInOtherModes(camera)) this.#unsettled.add(camera.id)
  }
}

function hasExposure({ properties }: DeviceState): boolean {
  return properties.some(({ name, readOnly }) => name === standardProperty.exposureMs && !readOnly)
}

/** Whether the camera acquires while its trigger mode changes: then frames of the former mode may still be under way. */
function goesOnInOtherModes({ properties }: DeviceState): boolean {
  return properties.some(
    ({ name, lockedWhileAcquiring }) =>
      name === standardProperty.triggerMode && lockedWhileAcquiring !== true,
  )
}
