/** A plan under way: its runner, the stores of its cameras, what it tells, and its end. */
import type { AcquisitionRunEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { PlanRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { PlanCountdown } from '../plans/plan-countdown.ts'
import type { PlanLayout } from '../plans/plan-layout.ts'
import type { AcquisitionSummary } from '../reading/acquisition-summary.ts'
import type { ChangedSettings } from '../recording/changed-settings.ts'
import { completeDatasets } from '../recording/complete-interrupted.ts'
import { DiskWatch } from '../recording/disk-watch.ts'
import { RecordingAlerts } from '../recording/recording-alerts.ts'
import { removeUnbegun } from '../recording/recording-folder.ts'
import { RecordingProgress } from '../recording/recording-progress.ts'
import { SummaryFile } from '../recording/summary-file.ts'
import { CameraStore } from './camera-store.ts'
import { PlanSink } from './plan-sink.ts'
import type { RunOutcome } from './run-outcome.ts'
import { wordsOf } from './run-report.ts'
import { Runner, type RunnerOptions } from './runner.ts'
import type { StoreWorkerData } from './store-messages.ts'

/** The status is told of at most so often, ms, unless something has happened that one waits for. */
const toldEveryMs = 200

type PlanSummary = AcquisitionSummary & { readonly request: PlanRequest }

/** What one camera keeps of a plan. */
export type PlanPart = {
  readonly camera: DeviceState
  /** Below the acquisition's folder. */
  readonly folder: string
  readonly indexOf: PlanLayout['indexOf']
  readonly data: StoreWorkerData
}

type RunningPlanOptions = {
  readonly id: string
  readonly folder: string
  readonly summary: PlanSummary
  readonly alerts: AlertSink
  readonly parts: readonly PlanPart[]
  readonly settings: ChangedSettings
  readonly run: Omit<RunnerOptions, 'id' | 'sink'>
  /** Events of the plan. */
  readonly events: number
  readonly countdown: PlanCountdown
  readonly ringOf: ConstructorParameters<typeof PlanSink>[0]['ringOf']
  readonly temperatureOf: ConstructorParameters<typeof PlanSink>[0]['temperatureOf']
  changed(status: PlanStatus): void
  happened(event: AcquisitionRunEvent): void
}

export class RunningPlan {
  /** Resolves when everything is on the disk and the microscope is restored; never rejects. */
  readonly finished: Promise<PlanStatus>
  /** Resolves when everything is set up and the plan begins; rejects when it ends before that. */
  readonly prepared: Promise<void>
  readonly #options: RunningPlanOptions
  readonly #stores: readonly { readonly camera: string; readonly store: CameraStore }[]
  readonly #sink: PlanSink
  readonly #runner: Runner
  readonly #progress: RecordingProgress
  readonly #alerts: RecordingAlerts
  readonly #file: SummaryFile<PlanSummary>
  readonly #disk: DiskWatch
  readonly #timer: NodeJS.Timeout
  readonly #begun = Promise.withResolvers<void>()
  #hasBegun = false
  #freeDiskBytes: number | undefined
  #finish: PlanStatus['finish']
  #isIncomplete = false
  /** When the event under way began, ms of the runner's clock. */
  #eventBeganAt: number | undefined
  #pausedAt: number | undefined

  constructor(options: RunningPlanOptions) {
    const { id, folder, summary, alerts, parts, run } = options
    this.#options = options
    this.#alerts = new RecordingAlerts(alerts, id)
    this.#progress = new RecordingProgress({
      asked: run.framesExpected,
      bufferBytes: parts.reduce((sum, { data }) => sum + data.bufferBytes, 0),
    })
    this.#file = new SummaryFile(folder, summary, (error) => this.#runner.fail(error))
    const stores = parts.map((part) => ({ ...part, store: this.#storeOf(part) }))
    this.#stores = stores.map(({ camera, store }) => ({ camera: camera.id, store }))
    this.#sink = new PlanSink({
      ringOf: options.ringOf,
      temperatureOf: options.temperatureOf,
      places: stores.map(({ camera, store, indexOf }) => ({ camera: camera.id, store, indexOf })),
      framesWritten: () => this.#progress.progress.frames.written,
      complete: (cameras) => this.#complete(cameras),
    })
    this.#runner = new Runner({ ...run, id, sink: this.#sink })
    this.#disk = new DiskWatch({
      folder,
      waitingBytes: () => this.#progress.progress.buffer.bytes,
      free: (bytes) => {
        this.#freeDiskBytes = bytes
      },
      failed: (error) => this.#runner.fail(error),
    })
    this.#timer = setInterval(() => this.#tell(), toldEveryMs)
    this.#runner.on((event) => this.#happened(event))
    this.#runner.onState((state) => {
      if (state === 'finishing') this.#tell()
    })
    this.prepared = this.#begun.promise
    // Whoever does not wait for it learns of it by `finished`.
    this.prepared.catch(() => undefined)
    this.finished = this.#run()
  }

  get status(): PlanStatus {
    const { id, summary, events, countdown, parts } = this.#options
    const { event, dueAt, done, skipped, late } = this.#runner.progress
    // Nothing comes nearer during a pause.
    const now = this.#pausedAt ?? this.#runner.now()
    const untilEventS = dueAt === undefined ? undefined : Math.max(0, dueAt - now) / 1000
    const sinceBegunS = this.#eventBeganAt === undefined ? 0 : (now - this.#eventBeganAt) / 1000
    return {
      id,
      name: summary.name,
      format: summary.request.storage.format,
      detectorNames: parts.map(({ camera }) => camera.id),
      state: this.#finish === undefined ? this.#unfinishedState : 'finished',
      startedAt: summary.startedAt,
      ...this.#progress.progress,
      ...(this.#freeDiskBytes === undefined ? {} : { freeDiskBytes: this.#freeDiskBytes }),
      ...(this.#finish === undefined ? {} : { finish: this.#finish }),
      events: { total: events, done, skipped, late },
      ...(event === undefined ? {} : { index: { ...event.index } }),
      ...(event?.positionName === undefined ? {} : { positionName: event.positionName }),
      ...(event?.channel === undefined ? {} : { channel: event.channel.config }),
      ...(untilEventS === undefined ? {} : { nextEventInS: untilEventS }),
      ...(event === undefined || this.#finish !== undefined
        ? {}
        : { secondsLeft: Math.max(0, countdown.from(event) + (untilEventS ?? -sinceBegunS)) }),
    }
  }

  pause(): void {
    this.#runner.pause()
  }

  resume(): void {
    this.#runner.resume()
  }

  cancel(): void {
    this.#runner.cancel()
  }

  /** What has been set on a device is written down with the images. */
  deviceChanged(device: DeviceState): void {
    for (const record of this.#options.settings.since(device)) this.#sink.note(record)
  }

  /** The runner has finished when its files are complete; the plan has when that is written down. */
  get #unfinishedState(): PlanStatus['state'] {
    return this.#runner.state === 'finished' ? 'finishing' : this.#runner.state
  }

  get #pauseAlertId(): string {
    return `acquisition:pause-failed:${this.#options.id}`
  }

  #storeOf({ camera, folder, data }: PlanPart): CameraStore {
    const store: CameraStore = new CameraStore({
      data,
      layout: (layout) => {
        this.#file.change((summary) => ({
          ...summary,
          datasets: summary.datasets.map((dataset) =>
            dataset.folder === folder ? { ...dataset, layout } : dataset,
          ),
        }))
        void this.#file.saved().then(() => store.layoutSaved())
      },
      counts: (counts) => {
        this.#progress.counted(camera.id, { ...counts, lost: 0, preRecorded: 0, change: undefined })
      },
      failed: (error) => this.#runner.fail(error),
    })
    return store
  }

  /** A worker that ended by itself, or could not write, has left its files as a crash would. */
  async #complete(cameras: readonly string[]): Promise<void> {
    const { folder, parts } = this.#options
    const folders = parts.filter(({ camera }) => cameras.includes(camera.id)).map((part) => part.folder)
    const { summary } = this.#file
    const datasets = summary.datasets.filter((dataset) => folders.includes(dataset.folder))
    this.#isIncomplete = true
    await completeDatasets(folder, { ...summary, datasets })
    this.#isIncomplete = false
  }

  async #run(): Promise<PlanStatus> {
    await Promise.allSettled(this.#stores.map(({ store }) => store.ready))
    const { reason, failure, notRestored } = await this.#runner.run()
    this.#disk.end()
    clearInterval(this.#timer)
    const finish = { reason, ...(failure === undefined ? {} : wordsOf(failure)) }
    // What has no end is completed at the next start.
    if (!this.#isIncomplete) this.#file.change((summary) => ({ ...summary, finish }))
    const unsaved = await this.#file.saved()
    if (!this.#hasBegun) await this.#removeUnbegun()
    this.#finish = unsaved === undefined ? finish : { reason: 'failed', ...wordsOf(unsaved) }
    const { status } = this
    if (this.#hasBegun) this.#alerts.ended(status)
    this.#warnOf(notRestored)
    this.#begun.reject(
      failure ?? new CoverslipError('INVALID_INPUT', `${status.name} was cancelled before it began`),
    )
    this.#options.changed(status)
    return status
  }

  /** What never began leaves nothing behind: whoever started it is told why. */
  async #removeUnbegun(): Promise<void> {
    try {
      await removeUnbegun(this.#options.folder, this.#file.summary)
    } catch (error) {
      console.error(`${this.#options.folder} was not removed:`, error)
    }
  }

  /** Until the pause has ended. */
  #warnOfPause({ message, hint }: Extract<AcquisitionRunEvent, { type: 'sequencePauseFailed' }>): void {
    this.#options.alerts.raise({
      id: this.#pauseAlertId,
      severity: 'error',
      source: 'Acquisition',
      message: `${this.#options.summary.name} is paused, but not ready to be looked at: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  #warnOf(notRestored: RunOutcome['notRestored']): void {
    if (notRestored.length === 0) return
    const { id, alerts } = this.#options
    alerts.raise({
      id: `acquisition:not-restored:${id}`,
      severity: 'error',
      source: 'Acquisition',
      message: `The microscope is not as it was before ${this.#options.summary.name}: ${notRestored.map(({ message }) => message).join('; ')}`,
      hint: 'Check light, shutters, stage and focus before you go on.',
    })
  }

  #happened(event: AcquisitionRunEvent): void {
    if (tellsBeginning(event)) {
      this.#hasBegun = true
      this.#begun.resolve()
    }
    if (event.type === 'eventStarted') this.#eventBeganAt = this.#runner.now()
    this.#options.happened(event)
    if (event.type === 'sequencePauseToggled') this.#pauseToggled(event.paused)
    if (event.type === 'sequencePauseFailed') this.#warnOfPause(event)
  }

  #pauseToggled(paused: boolean): void {
    const now = this.#runner.now()
    if (this.#eventBeganAt !== undefined && this.#pausedAt !== undefined)
      this.#eventBeganAt += now - this.#pausedAt
    this.#pausedAt = paused ? now : undefined
    if (!paused) this.#options.alerts.clear(this.#pauseAlertId)
    this.#tell()
  }

  #tell(): void {
    const { status } = this
    this.#alerts.progress(status)
    this.#options.changed(status)
  }
}

/** Whether everything is prepared, and the plan goes on. */
function tellsBeginning(event: AcquisitionRunEvent): boolean {
  switch (event.type) {
    case 'eventFailed':
      return event.consequence !== 'abort'
    case 'awaitingEvent':
    case 'eventStarted':
    case 'sequencePauseToggled':
      return true
    default:
      return false
  }
}
