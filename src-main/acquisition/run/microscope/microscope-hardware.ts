import type { FinishReason } from '../../../../src-shared/acquisition/acquisition-status.ts'
import { standardProperty } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { MdaSequence } from '../../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type {
  AcquisitionHardware,
  EventBatch,
  ExposeOptions,
  NumberedEvent,
} from '../acquisition-hardware.ts'
import { allEnded } from './device-failure.ts'
import { DeviceSettings, type Setting } from './device-settings.ts'
import { LightGates } from './light-gates.ts'
import { gatesOf, type LightGate, type LightPath, lightPathOf } from './light-path.ts'
import { PlanCamera, triggerModesOf } from './plan-camera.ts'
import { autofocusDevice, planProblems, presetOf, propertyValue } from './plan-problems.ts'
import { StageMoves } from './stage-moves.ts'
import { whenReady } from './when-ready.ts'

/** A device that was lost is waited for so long before an event fails, ms. */
const reconnectMs = 10_000

type Options = {
  readonly devices: DeviceRegistry
  /** Cameras for channels that name none, exposed together; empty: the first camera. */
  readonly detectorNames: readonly string[]
}

/** The microscope of the device registry, as plans use it. */
export class MicroscopeHardware implements AcquisitionHardware {
  readonly #devices: DeviceRegistry
  readonly #detectorNames: readonly string[]
  readonly #settings: DeviceSettings
  readonly #stages: StageMoves
  readonly #light: LightGates
  readonly #cameras = new Map<string, PlanCamera>()
  #usualCameras: readonly string[] = []
  /** Lights that were on before the plan. */
  #litBefore: readonly LightGate[] = []
  /** Exposure of each camera where a channel says none, ms. */
  readonly #exposures = new Map<string, number>()
  /** How far autofocus has found the focus from where the plan has it, µm, by position. */
  readonly #focusOffsets = new Map<number, number>()

  constructor({ devices, detectorNames }: Options) {
    this.#devices = devices
    this.#detectorNames = detectorNames
    this.#settings = new DeviceSettings(devices, (deviceId) => this.#cameras.get(deviceId)?.lease)
    this.#stages = new StageMoves(devices)
    this.#light = new LightGates(devices)
  }

  async prepare(sequence: MdaSequence): Promise<void> {
    const [problem] = planProblems(this.#devices, { sequence, detectorNames: this.#detectorNames })
    if (problem !== undefined) {
      const { path, message } = problem
      throw new CoverslipError('INVALID_INPUT', path === '' ? message : `${path}: ${message}`)
    }
    await this.#stages.remember()
    this.#litBefore = gatesOf(this.#devices, 'light').filter(({ deviceId, property }) =>
      this.#devices
        .device(deviceId)
        .properties.some(({ name, value }) => name === property && value === true),
    )
    await this.#light.begin(this.#gatesOf(sequence))
    const names = this.#detectorNames.length === 0 ? [undefined] : this.#detectorNames
    this.#usualCameras = names.map((name) => this.#devices.camera(name).id)
    const cameras = this.#camerasOf(sequence)
    await this.#setUpOnce(sequence, cameras)
    await allEnded(cameras.map((id) => this.#camera(id)))
  }

  *batches(events: Iterable<NumberedEvent>): Iterable<EventBatch> {
    for (const event of events) yield [event]
  }

  async setUp(batch: EventBatch, signal: AbortSignal): Promise<void> {
    const [event] = batch
    if (event === undefined) return
    try {
      await this.#setUp(event, signal)
    } catch (error) {
      this.#settings.forget()
      this.#stages.forget()
      throw error
    }
  }

  async expose(batch: EventBatch, run: ExposeOptions): Promise<void> {
    for (const event of batch) {
      if (event.action.type === 'hardwareAutofocus') await this.#focus(event, run)
      else await this.#exposeOne(event, run)
    }
  }

  async restore(outcome: FinishReason): Promise<readonly Error[]> {
    const failed = outcome === 'failed'
    const errors: Error[] = [...(await this.#light.makeDark({ everything: failed }))]
    const attempt = async (action: () => Promise<unknown>) => {
      try {
        await action()
      } catch (error) {
        errors.push(CoverslipError.from(error, 'DEVICE_FAILED'))
      }
    }
    for (const camera of this.#cameras.values()) await attempt(() => camera.release())
    this.#cameras.clear()
    this.#settings.forget()
    const before = this.#settings.before()
    const isTrigger = ({ property }: Setting) => property === standardProperty.triggerMode
    for (const setting of before.filter(isTrigger)) await attempt(() => this.#settings.set(setting))
    errors.push(...(await this.#stages.restore()))
    for (const setting of before) {
      if (!isTrigger(setting)) await attempt(() => this.#settings.set(setting))
    }
    if (!failed) errors.push(...(await this.#light.restore()))
    this.#settings.end()
    return errors
  }

  /** All cameras that a plan uses. */
  #camerasOf(sequence: MdaSequence): readonly string[] {
    const channels = sequencesOf(sequence).flatMap((part) => part.channels)
    const named = channels.flatMap(({ camera }) =>
      camera === undefined ? [] : this.#devices.camera(camera).id,
    )
    return [...new Set([...this.#usualCameras, ...named])]
  }

  #gatesOf(sequence: MdaSequence): readonly LightGate[] {
    return sequencesOf(sequence).flatMap(({ channels }) =>
      channels.length === 0
        ? this.#lightPath(undefined).gates
        : channels.flatMap((channel) => this.#lightPath(channel).gates),
    )
  }

  #lightPath(channel: { group: string; config: string } | undefined): LightPath {
    const preset = channel === undefined ? undefined : presetOf(this.#devices, channel)
    return lightPathOf(this.#devices, preset, this.#litBefore)
  }

  /** What the plan sets once, before the first image. */
  async #setUpOnce({ setup }: MdaSequence, cameras: readonly string[]): Promise<void> {
    if (setup !== undefined) await this.#settings.apply(this.#settingsOf(setup.properties))
    for (const id of cameras) {
      if (setup?.exposureMs !== undefined)
        await this.#settings.set({
          deviceId: id,
          property: standardProperty.exposureMs,
          value: setup.exposureMs,
        })
      this.#exposures.set(id, setup?.exposureMs ?? this.#exposureSet(id))
    }
  }

  #exposureSet(cameraId: string): number {
    const { properties } = this.#devices.camera(cameraId)
    return Number(properties.find(({ name }) => name === standardProperty.exposureMs)?.value ?? 0)
  }

  #settingsOf(properties: NumberedEvent['properties']): readonly Setting[] {
    return properties.map(([device, property, value]) => ({
      deviceId: this.#devices.device(device).id,
      property,
      value: propertyValue(value, property),
    }))
  }

  async #setUp(event: NumberedEvent, signal: AbortSignal): Promise<void> {
    const path = this.#lightPath(event.channel)
    await this.#light.keepOnly(path.gates)
    const offset = this.#focusOffsets.get(event.index.p ?? 0) ?? 0
    const focus = event.action.type === 'acquireImage' ? offset : 0
    const target = {
      ...(event.xUm === undefined ? {} : { x: event.xUm }),
      ...(event.yUm === undefined ? {} : { y: event.yUm }),
      ...(event.zUm === undefined ? {} : { z: event.zUm + focus }),
    }
    const cameras = await Promise.all(this.#camerasFor(event).map((id) => this.#camera(id, signal)))
    await allEnded([
      this.#stages.moveTo(target, signal),
      this.#settings.apply([...path.settings, ...this.#settingsOf(event.properties)]),
      ...cameras.map((camera) => this.#setUpCamera(camera, event)),
    ])
    signal.throwIfAborted()
  }

  async #setUpCamera({ id }: PlanCamera, { exposureMs }: NumberedEvent): Promise<void> {
    const device = this.#devices.camera(id)
    if (triggerModesOf(device).includes('software'))
      await this.#settings.set({ deviceId: id, property: standardProperty.triggerMode, value: 'software' })
    const value = exposureMs ?? this.#exposures.get(id)
    if (value !== undefined && device.properties.some(({ name }) => name === standardProperty.exposureMs))
      await this.#settings.set({ deviceId: id, property: standardProperty.exposureMs, value })
  }

  #camerasFor({ action, camera }: NumberedEvent): readonly string[] {
    if (action.type !== 'acquireImage') return []
    return camera === undefined ? this.#usualCameras : [this.#devices.camera(camera).id]
  }

  /** The camera, running; one that was lost is waited for. */
  async #camera(id: string, signal?: AbortSignal): Promise<PlanCamera> {
    const known = this.#cameras.get(id)
    if (known !== undefined && !known.isLost) return known
    await known?.release()
    this.#cameras.delete(id)
    await whenReady(this.#devices, id, { withinMs: reconnectMs, ...(signal === undefined ? {} : { signal }) })
    const camera = await PlanCamera.open(this.#devices, id)
    this.#cameras.set(id, camera)
    return camera
  }

  async #exposeOne(event: NumberedEvent, run: ExposeOptions): Promise<void> {
    const cameras = await Promise.all(this.#camerasFor(event).map((id) => this.#camera(id, run.signal)))
    const { gates } = this.#lightPath(event.channel)
    let infos: readonly FrameInfo[]
    try {
      await this.#light.open(gates)
      run.begun(event)
      infos = await Promise.all(
        cameras.map((camera) => {
          const exposureMs = event.exposureMs ?? this.#exposures.get(camera.id) ?? 0
          const isTriggered = triggerModesOf(this.#devices.camera(camera.id)).includes('software')
          return isTriggered
            ? camera.trigger(exposureMs, run.signal)
            : camera.freshFrame(exposureMs, run.signal)
        }),
      )
    } catch (error) {
      await this.#light
        .close()
        .catch((failure: unknown) => console.error('A light was not turned off:', failure))
      throw error
    }
    if (!event.keepShutterOpen) await this.#light.close()
    await Promise.all(
      infos.map(({ sequence }, i) => run.exposed({ camera: cameras[i]?.id ?? '', sequence, event })),
    )
  }

  async #focus(event: NumberedEvent, run: ExposeOptions): Promise<void> {
    if (event.action.type !== 'hardwareAutofocus') return
    const { deviceName, motorOffset, maxRetries } = event.action
    const { id } = autofocusDevice(this.#devices, deviceName)
    run.begun(event)
    if (motorOffset !== undefined)
      await this.#settings.set({ deviceId: id, property: standardProperty.focusOffset, value: motorOffset })
    for (let retries = 0; ; retries += 1) {
      run.signal.throwIfAborted()
      try {
        await this.#settings.set({ deviceId: id, property: standardProperty.findFocus, value: true })
        break
      } catch (error) {
        if (retries >= maxRetries) throw error
      }
    }
    const found = await this.#stages.readZ()
    if (found !== undefined && event.zUm !== undefined)
      this.#focusOffsets.set(event.index.p ?? 0, found - event.zUm)
  }
}

/** A sequence, and those of its positions. */
function sequencesOf(sequence: MdaSequence): readonly MdaSequence[] {
  const { positions } = sequence
  const own = 'plate' in positions ? [] : positions.flatMap((position) => position.sequence ?? [])
  return [sequence, ...own]
}
