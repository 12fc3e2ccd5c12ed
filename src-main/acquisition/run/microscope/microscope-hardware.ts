import type { FinishReason } from '../../../../src-shared/acquisition/acquisition-status.ts'
import { type DeviceState, standardProperty } from '../../../../src-shared/devices.ts'
import type { StagePosition } from '../../../../src-shared/frames/frame-info.ts'
import { planRefusal } from '../../../../src-shared/plan/read-plan.ts'
import type { MdaSequence } from '../../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { channelKey } from '../../plans/channel-key.ts'
import type { StepTimes } from '../../plans/step-times.ts'
import type {
  AcquisitionHardware,
  EventBatch,
  ExposeOptions,
  NumberedEvent,
} from '../acquisition-hardware.ts'
import { BatchExposures } from './batch-exposures.ts'
import { CameraRegions } from './camera-region.ts'
import { DeviceSettings, type Setting } from './device-settings.ts'
import { type BatchKind, type BatchRules, eventBatches, kindOf } from './event-batches.ts'
import { orGivenUp } from './giving-up.ts'
import { ImageConditions } from './image-conditions.ts'
import { LightGates } from './light-gates.ts'
import { isAbout, type LightGate } from './light-path.ts'
import type { PlanCamera } from './plan-camera.ts'
import { PlanCameras } from './plan-cameras.ts'
import { PlanFocus } from './plan-focus.ts'
import { PlanLight } from './plan-light.ts'
import { planProblems, propertyValue, sequencesOf } from './plan-problems.ts'
import { Restoration } from './restoration.ts'
import { stageAxes, stageOf } from './stage-axes.ts'
import { StageMoves } from './stage-moves.ts'
import { allEnded, failuresOf } from './together.ts'
import { whenAllReady } from './when-ready.ts'

/** Devices that were lost are waited for so long before an event fails, ms. */
const reconnectMs = 10_000

type Options = {
  readonly devices: DeviceRegistry
  /** Cameras for channels that name none, exposed together; empty: the first camera. */
  readonly detectorNames: readonly string[]
  /** Where what the steps of plans take is kept. */
  readonly times: StepTimes
}

/** The microscope of the device registry, as plans use it. */
export class MicroscopeHardware implements AcquisitionHardware {
  readonly #devices: DeviceRegistry
  readonly #detectorNames: readonly string[]
  readonly #times: StepTimes
  readonly #settings: DeviceSettings
  readonly #cameras: PlanCameras
  readonly #regions: CameraRegions
  readonly #stages: StageMoves
  readonly #focus: PlanFocus
  readonly #planLight: PlanLight
  readonly #light: LightGates
  readonly #conditions: ImageConditions
  readonly #exposures: BatchExposures
  readonly #rules: BatchRules
  /** How the batch that is set up will be gone through. */
  #kind: BatchKind = 'single'
  /** The event that everything was set up for last. */
  #setUpFor: number | undefined
  /** The channel that is set. */
  #channel: string | undefined

  constructor({ devices, detectorNames, times }: Options) {
    const running = new Map<string, PlanCamera>()
    this.#devices = devices
    this.#detectorNames = detectorNames
    this.#times = times
    this.#settings = new DeviceSettings(devices, (deviceId) => running.get(deviceId)?.lease)
    this.#cameras = new PlanCameras(devices, this.#settings, running)
    this.#regions = new CameraRegions(devices, this.#settings)
    this.#stages = new StageMoves(devices, times)
    this.#focus = new PlanFocus({
      devices,
      settings: this.#settings,
      stages: this.#stages,
      camera: detectorNames[0],
    })
    this.#planLight = new PlanLight(devices)
    this.#light = new LightGates(devices)
    this.#conditions = new ImageConditions({
      devices,
      settings: this.#settings,
      stages: this.#stages,
      light: this.#light,
    })
    this.#exposures = new BatchExposures({
      devices,
      cameras: this.#cameras,
      stages: this.#stages,
      focus: this.#focus,
      planLight: this.#planLight,
      light: this.#light,
      conditions: this.#conditions,
      times,
    })
    this.#rules = {
      framePeriodMs: (event) => this.#cameras.framePeriodMs(event),
      triggeredPlanes: (event) => this.#cameras.triggeredPlanes(event),
    }
  }

  prepare(sequence: MdaSequence, signal: AbortSignal): Promise<void> {
    return orGivenUp(this.#prepare(sequence, signal), signal)
  }

  async #prepare(sequence: MdaSequence, signal: AbortSignal): Promise<void> {
    const problems = planProblems(this.#devices, { sequence, detectorNames: this.#detectorNames })
    if (problems.length > 0) throw planRefusal(problems)
    this.#focus.begin(sequence)
    await this.#stages.remember()
    signal.throwIfAborted()
    this.#planLight.remember((gate) => this.#light.isOpen(gate))
    await this.#light.begin(this.#planLight.gatesOf(sequence, this.#focus.image?.channel))
    signal.throwIfAborted()
    await this.#beginCameras(sequence, signal)
  }

  batches(events: Iterable<NumberedEvent>): Iterable<EventBatch> {
    return eventBatches(events, this.#rules)
  }

  async setUp(batch: EventBatch, signal: AbortSignal): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    signal.throwIfAborted()
    this.#kind = kindOf(batch, this.#rules)
    this.#conditions.begin()
    try {
      await orGivenUp(this.#arrange(this.#focus.imageOf(first), signal), signal)
      signal.throwIfAborted()
      this.#setUpFor = first.number
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  async expose(batch: EventBatch, run: ExposeOptions): Promise<void> {
    const [event] = batch
    if (event === undefined) return
    try {
      if (event.action.type === 'acquireImage') return await this.#exposures.expose(batch, this.#kind, run)
      run.begun(event)
      const by = event.action.deviceName ?? ''
      await this.#times.timed({ kind: 'autofocus', by }, () =>
        this.#focus.find(event, {
          signal: run.signal,
          expose: (image, options) => this.#exposures.expose([image], 'single', options),
        }),
      )
    } catch (error) {
      this.#forget()
      this.#cameras.forget()
      throw error
    }
  }

  pause(signal: AbortSignal): Promise<void> {
    return orGivenUp(this.#showSpecimen(signal), signal)
  }

  async #showSpecimen(signal: AbortSignal): Promise<void> {
    // What it was set up for holds: commands of that event have been done.
    const setUpFor = this.#setUpFor
    this.#forget()
    this.#setUpFor = setUpFor
    await this.#light.close()
    signal.throwIfAborted()
    await this.#cameras.runFree()
    // Light of one channel through the filter of another would show nothing.
    await this.#settings.apply(this.#before(this.#planLight.all), signal)
    signal.throwIfAborted()
    await this.#light.openAsBefore(this.#planLight.before)
  }

  async restore(outcome: FinishReason, signal: AbortSignal): Promise<readonly Error[]> {
    const failed = outcome === 'failed'
    const restoration = new Restoration(this.#devices, signal)
    await restoration.begin()
    const dark = await this.#light.makeDark(restoration, { everything: failed })
    const released = await this.#cameras.release(restoration)
    this.#forget()
    const triggers = this.#settings.before().filter(isOfTrigger)
    const dim = failed ? this.#planLight.all : []
    const setBack = (settings: readonly Setting[]) =>
      failuresOf(
        settings.map((setting) => () => {
          const { deviceId, property, value } = setting
          const what = `${property} = ${value}`
          return restoration.ask({ deviceId, what }, () => this.#settings.set(setting))
        }),
      )
    const errors = [
      ...dark,
      ...released,
      ...(await setBack(triggers)),
      ...(await this.#stages.restore(restoration)),
      ...(await this.#regions.restore(restoration)),
      ...(await setBack(this.#before(dim))),
      ...(failed ? [] : await this.#light.restore(restoration)),
    ]
    this.#settings.end()
    this.#light.end()
    return errors
  }

  /** How filters, exposures and whatever else the plan sets were before it, but for triggers, regions and `gates`. */
  #before(gates: readonly LightGate[]): readonly Setting[] {
    return this.#settings
      .before()
      .filter(
        (setting) => !isOfTrigger(setting) && !this.#regions.includes(setting) && !isAbout(setting, gates),
      )
  }

  /** Has everything as the image `event` needs it, the light still off. */
  async #arrange(event: NumberedEvent, signal: AbortSignal): Promise<void> {
    const path = this.#planLight.pathOf(event.channel)
    const target = { x: event.xUm, y: event.yUm, z: this.#focus.zUm(event) }
    const own = this.#settingsOf(event.properties)
    // Set up once more, it is only looked whether all is still as it was set.
    const isNew = this.#setUpFor !== event.number
    await this.#whenReady(event, target, signal)
    signal.throwIfAborted()
    await this.#light.keepOnly(path.gates)
    signal.throwIfAborted()
    const settings = [
      ...path.settings.filter(
        (setting) =>
          !isAbout(setting, [...this.#light.used, ...own]) && !this.#cameras.isExposure(event, setting),
      ),
      ...own.filter((setting) => isNew || !this.#settings.isCommand(setting)),
    ]
    await allEnded([this.#stages.moveTo(target, signal), this.#setChannel(event, settings, signal)])
  }

  /** Sets what the channel of `event` and the event itself name, and how its cameras expose. */
  async #setChannel(event: NumberedEvent, settings: readonly Setting[], signal: AbortSignal): Promise<void> {
    const set = () =>
      allEnded([this.#settings.apply(settings, signal), this.#cameras.setUp(event, this.#kind, signal)])
    const channel = channelKey(event)
    if (channel === this.#channel) return await set()
    this.#channel = undefined
    await this.#times.timed({ kind: 'channel', by: channel }, set)
    this.#channel = channel
  }

  /** Waits for devices that `event` needs and that have been lost. */
  async #whenReady(event: NumberedEvent, target: StagePosition, signal: AbortSignal): Promise<void> {
    const { settings, gates } = this.#planLight.pathOf(event.channel)
    const moved = stageAxes.filter((axis) => target[axis] !== undefined)
    const used = new Set([
      ...this.#cameras.of(event),
      ...moved.flatMap((axis) => stageOf(this.#devices, axis)?.id ?? []),
      ...[...settings, ...gates, ...this.#settingsOf(event.properties)].map(({ deviceId }) => deviceId),
    ])
    const isNeeded = ({ id, description: { kind } }: DeviceState) =>
      used.has(id) || (kind === 'autofocus' && event.action.type === 'hardwareAutofocus')
    await whenAllReady(this.#devices, isNeeded, { withinMs: reconnectMs, signal })
  }

  /** Sets what the plan sets once, and starts the cameras. */
  async #beginCameras(sequence: MdaSequence, signal: AbortSignal): Promise<void> {
    const { setup } = sequence
    const names = this.#detectorNames.length === 0 ? [undefined] : this.#detectorNames
    const usual = [...new Set(names.map((name) => this.#devices.camera(name).id))]
    const channels = sequencesOf(sequence).flatMap((part) => part.channels)
    const others = [...channels.map(({ camera }) => camera), this.#focus.image?.camera].flatMap((camera) =>
      camera === undefined ? [] : this.#devices.camera(camera).id,
    )
    await this.#settings.apply(this.#settingsOf(setup?.properties ?? []), signal)
    const roi = setup?.roi
    if (roi !== undefined) for (const id of usual) await this.#regions.set(id, roi, signal)
    signal.throwIfAborted()
    await this.#cameras.begin({ usual, others, exposureMs: setup?.exposureMs, signal })
  }

  #settingsOf(properties: NumberedEvent['properties']): readonly Setting[] {
    return properties.map(([device, property, value]) => ({
      deviceId: this.#devices.device(device).id,
      property,
      value: propertyValue(value, property),
    }))
  }

  /** After a failure nobody can tell how the microscope stands. */
  #forget(): void {
    this.#setUpFor = undefined
    this.#channel = undefined
    this.#settings.forget()
    this.#stages.forget()
    this.#light.forget()
  }
}

function isOfTrigger({ property }: Setting): boolean {
  return property === standardProperty.triggerMode
}
