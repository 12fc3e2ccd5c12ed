/**
 * Multi-dimensional acquisitions: plans are estimated, run, paused and cancelled here.
 * `<data folder>/recordings/YYYY-MM-DD/<name>/` holds `acquisition.json`, and a folder for each camera with its dataset
 * and `frames.jsonl`.
 *
 * @example
 * const { id } = await engine.acquisition.start({ plan: { channels: ['DAPI'], z_plan: { range: 10, step: 1 } } })
 * engine.acquisition.on((status) => console.log(status.state, status.events.done))
 */
import type { z } from 'zod'
import type { AcquisitionRunEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import { type PlanRequest, planRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate, PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { planRefusal } from '../../../src-shared/plan/read-plan.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import type { AcquisitionTurn, Turn } from '../acquisition-turn.ts'
import { estimateOfRefused, estimatePlan } from '../plans/estimate-plan.ts'
import { dependsOnFieldOfView, type ResolvedPlan, resolvePlan } from '../plans/resolve-plan.ts'
import { readHome } from '../plans/plan-surroundings.ts'
import { StepTimes } from '../plans/step-times.ts'
import { freeDiskBytes } from '../recording/recording-folder.ts'
import { recordingsIn } from '../recordings-folder.ts'
import { DiskSpeed } from '../storage/disk-speed.ts'
import { takeFrame } from '../take-frame.ts'
import { openPlan } from './open-plan.ts'
import type { RunningPlan } from './running-plan.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly alerts: AlertSink
  readonly turn: AcquisitionTurn
  readonly dataFolder: string | undefined
  /** Name and version of this program. */
  readonly software: string
  /** Has memory given up that is only kept for what may come. */
  freeMemory(): Promise<void>
}

/** Share of the memory for images that wait for the disk, beyond which the disk is as fast as it can. */
const busyShare = 0.25

type RequestInput = z.input<typeof planRequestSchema>

export class Acquisition {
  readonly #options: Options
  readonly #changes = new Emitter<PlanStatus>()
  readonly #events = new Emitter<AcquisitionRunEvent>()
  /** Kept from plan to plan, as long as the program runs. */
  readonly #times = new StepTimes()
  readonly #diskSpeed = new DiskSpeed()
  readonly #unsubscribe: () => void
  #running: RunningPlan | undefined
  #starting: Promise<unknown> | undefined
  #last: PlanStatus | undefined

  constructor(options: Options) {
    this.#options = options
    this.#unsubscribe = options.devices.on((event) => {
      if (event.type === 'deviceChanged') this.#running?.deviceChanged(event.device)
    })
  }

  /** Called with each change, a few times a second while a plan runs. */
  on(listener: (status: PlanStatus) => void): () => void {
    return this.#changes.on(listener)
  }

  /** Called with everything that happens in plans, event by event. */
  onEvent(listener: (event: AcquisitionRunEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** The plan that runs, or ran last. */
  get status(): PlanStatus | undefined {
    return this.#running?.status ?? this.#last
  }

  /**
   * What a plan would take, and why it could not be run.
   * @throws CoverslipError DATA_FOLDER; the reason of `signal`.
   */
  async estimate(input: RequestInput, signal?: AbortSignal): Promise<PlanEstimate> {
    const { devices, dataFolder, turn } = this.#options
    const request = planRequestSchema.parse(input)
    const recordings = await recordingsIn(dataFolder)
    const free = await freeDiskBytes(recordings)
    let plan: ResolvedPlan
    try {
      plan = resolvePlan(devices, request)
    } catch (error) {
      return estimateOfRefused(CoverslipError.from(error), free)
    }
    return (await this.#estimated(plan, request, { recordings, free, mayTry: !turn.isTaken, signal }))
      .estimate
  }

  /**
   * Runs a plan; resolves when everything is prepared and its first event is due.
   * @throws CoverslipError ACQUISITION_RUNNING; INVALID_INPUT: why it cannot be run, with `data.problems`; DATA_FOLDER; of
   *   a device that could not be prepared.
   */
  async start(input: RequestInput): Promise<PlanStatus> {
    const request = planRequestSchema.parse(input)
    const turn = this.#options.turn.take('Another plan')
    const starting = this.#start(request, turn)
    this.#starting = starting.catch(() => undefined)
    try {
      const running = await starting
      await running.prepared
      return running.status
    } finally {
      this.#starting = undefined
      if (this.#running === undefined) turn.end()
    }
  }

  /** Pauses after the event under way. @throws CoverslipError UNKNOWN_ACQUISITION */
  pause(id?: string): PlanStatus {
    const running = this.#require(id)
    running.pause()
    return running.status
  }

  /** @throws CoverslipError UNKNOWN_ACQUISITION */
  resume(id?: string): PlanStatus {
    const running = this.#require(id)
    running.resume()
    return running.status
  }

  /**
   * Ends the plan; what was taken until now is completed and kept.
   * @returns its status when everything is on the disk and the microscope is restored.
   * @throws CoverslipError UNKNOWN_ACQUISITION
   */
  cancel(id?: string): Promise<PlanStatus> {
    const running = this.#require(id)
    running.cancel()
    return running.finished
  }

  /**
   * Refuses that somebody else sets a camera whose images a plan takes now: they would not be what they are taken for.
   * While it is paused, all but what stops the camera may be set.
   * @throws CoverslipError ACQUISITION_RUNNING naming the plan; UNKNOWN_DEVICE
   */
  checkFree(deviceId: string): void {
    const { status } = this
    if (status === undefined || status.state === 'paused' || status.state === 'finished') return
    const { id, description } = this.#options.devices.device(deviceId)
    if (!status.detectorNames.includes(id)) return
    throw new CoverslipError(
      'ACQUISITION_RUNNING',
      `${status.name} takes its images with ${description.name}`,
      {
        hint: 'Pause it to set the camera by hand, or wait until it has ended.',
      },
    )
  }

  /** Completes what runs. */
  async close(): Promise<void> {
    await this.#starting
    this.#running?.cancel()
    await this.#running?.finished
    this.#unsubscribe()
  }

  async #start(request: PlanRequest, turn: Turn): Promise<RunningPlan> {
    const { devices, alerts, software, dataFolder } = this.#options
    const recordings = await recordingsIn(dataFolder)
    const plan = await this.#resolved(request)
    const free = await freeDiskBytes(recordings)
    const { estimate, cameraIds } = await this.#estimated(plan, request, { recordings, free, mayTry: true })
    if (estimate.problems.length > 0) throw planRefusal(estimate.problems)
    await this.#options.freeMemory()
    const running = await openPlan(plan, {
      devices,
      times: this.#times,
      alerts,
      software,
      recordings,
      request,
      estimate,
      cameraIds,
      changed: (status) => {
        this.#learnFrom(status, recordings)
        this.#changes.emit(status)
      },
      happened: (event) => this.#events.emit(event),
    })
    turn.named(running.status.name)
    this.#running = running
    void running.finished.then((status) => {
      this.#last = status
      this.#running = undefined
      turn.end()
    })
    return running
  }

  #estimated(
    plan: ResolvedPlan,
    { storage }: PlanRequest,
    disk: {
      readonly recordings: string
      readonly free: number
      readonly mayTry: boolean
      readonly signal?: AbortSignal | undefined
    },
  ) {
    return estimatePlan(plan, {
      devices: this.#options.devices,
      times: this.#times,
      storage,
      freeDiskBytes: disk.free,
      diskSpeed: () => this.#diskSpeed.of(disk.recordings, storage.format, disk),
      signal: disk.signal,
    })
  }

  /** How fast the disk is shows while images wait for it. */
  #learnFrom({ state, buffer, format, writeBytesPerSecond }: PlanStatus, recordings: string): void {
    const isBusy = state === 'acquiring' && buffer.bytes > busyShare * buffer.limitBytes
    if (isBusy && writeBytesPerSecond > 0) this.#diskSpeed.saw(recordings, format, writeBytesPerSecond)
  }

  /** Takes an image first where only that tells how large it is in the specimen. */
  async #resolved(request: PlanRequest): Promise<ResolvedPlan> {
    const { devices } = this.#options
    const home = await readHome(devices)
    const plan = resolvePlan(devices, request, home)
    const [camera] = plan.cameras.usual
    const isFresh = camera === undefined || devices.device(camera.id).acquiring === true
    if (!dependsOnFieldOfView(plan.sequence) || (isFresh && plan.surroundings.fieldOfView !== undefined))
      return plan
    await takeFrame(devices, { detectorName: camera?.id })
    return resolvePlan(devices, request, home)
  }

  #require(id: string | undefined): RunningPlan {
    const running = this.#running
    if (running !== undefined && (id === undefined || id === running.status.id)) return running
    const message = running === undefined ? 'No plan is running' : `No plan ${id} is running`
    throw new CoverslipError('UNKNOWN_ACQUISITION', message, {
      hint: 'It may have ended by itself: see the last status.',
    })
  }
}
