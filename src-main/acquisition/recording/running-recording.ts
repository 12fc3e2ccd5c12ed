/** A recording under way: its cameras, what they tell, and its end. */
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { CameraLease } from '../../devices/camera-leases.ts'
import { temperatureOf } from '../device-settings.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { CameraRecording } from './camera-recording.ts'
import type { ChangedSettings } from './changed-settings.ts'
import { RecordingAlerts } from './recording-alerts.ts'
import { freeDiskBytes, removeUnbegun, type RecordingSummary, writeSummary } from './recording-folder.ts'
import type { RecordingCounts, RecordingWorkerData } from './recording-messages.ts'
import { RecordingProgress } from './recording-progress.ts'
import { keepFreeBytes } from './recording-room.ts'
import { whenClockShows } from './when-clock-shows.ts'

const diskCheckEveryMs = 2000
/** How much longer than asked for a recording by seconds waits for frames. */
const silenceS = 10

type Finish = NonNullable<AcquisitionStatus['finish']>

type CameraPart = {
  readonly camera: DeviceState
  readonly folder: string
  readonly data: RecordingWorkerData
}

type Options = {
  readonly id: string
  readonly folder: string
  readonly summary: RecordingSummary
  readonly alerts: AlertSink
  readonly cameras: readonly CameraPart[]
  readonly settings: ChangedSettings
  acquire(cameraId: string): Promise<CameraLease>
  /** A few times a second. */
  changed(status: AcquisitionStatus): void
}

export class RunningRecording {
  /** Resolves when everything is on the disk and the cameras are given back; never rejects. */
  readonly finished: Promise<AcquisitionStatus>
  readonly #options: Options
  readonly #alerts: RecordingAlerts
  readonly #cameras: ReadonlyMap<string, CameraRecording>
  readonly #progress: RecordingProgress
  readonly #diskTimer: NodeJS.Timeout
  #endTimer: NodeJS.Timeout | undefined
  /** Forgets the time at which it was to begin. */
  #forgetTime: () => void = () => undefined
  #begun = false
  #summary: RecordingSummary
  /** Summaries are written one after the other. */
  #saving: Promise<void> = Promise.resolve()
  #saveFailure: { readonly message: string; readonly hint?: string } | undefined
  #status: AcquisitionStatus
  /** Why it was ended from outside. */
  #ended: Finish | undefined

  private constructor(options: Options) {
    const { id, summary, cameras, alerts } = options
    const { until, storage } = summary.request
    this.#options = options
    this.#alerts = new RecordingAlerts(alerts, id)
    this.#summary = summary
    this.#progress = new RecordingProgress({
      asked: until.kind === 'frames' ? until.frames * cameras.length : undefined,
      bufferBytes: cameras.reduce((sum, { data }) => sum + data.bufferBytes, 0),
    })
    this.#status = {
      id,
      name: summary.name,
      format: storage.format,
      detectorNames: cameras.map(({ camera }) => camera.id),
      state: 'preparing',
      startedAt: summary.startedAt,
      ...this.#progress.progress,
    }
    this.#cameras = new Map(
      cameras.map(({ camera, folder, data }) => {
        const layout = (known: DatasetLayout) => this.#datasetBegun(folder, known)
        const counts = (counted: RecordingCounts) => this.#counted(camera.id, counted)
        const begun = (sinceNs: bigint) => this.begin(sinceNs)
        return [camera.id, new CameraRecording({ data, layout, begun, counts })]
      }),
    )
    this.#diskTimer = setInterval(() => void this.#watchDisk(), diskCheckEveryMs)
    this.finished = this.#finish()
  }

  /**
   * Starts the cameras; resolves when their next frames will be kept, or it waits for its beginning.
   * @throws CoverslipError why a camera or the disk cannot; then nothing goes on.
   */
  static async start(options: Options): Promise<RunningRecording> {
    const recording = new RunningRecording(options)
    try {
      await Promise.all([...recording.#cameras.values()].map((camera) => camera.ready))
      // Only now, so that a camera that stood still is recorded from its first frame on.
      const leases = [...recording.#cameras].map(async ([id, camera]) =>
        camera.hold(await options.acquire(id)),
      )
      const refused = (await Promise.allSettled(leases)).find((result) => result.status === 'rejected')
      if (refused !== undefined) throw refused.reason
    } catch (error) {
      const failure = CoverslipError.from(error, 'DEVICE_FAILED')
      recording.end({ reason: 'failed', message: failure.message })
      await recording.finished
      throw failure
    }
    recording.#started()
    return recording
  }

  get status(): AcquisitionStatus {
    return this.#status
  }

  /** Whether it has been told, or has seen, to begin. */
  get begun(): boolean {
    return this.#begun
  }

  /** Begins what waits, whatever it waits for, with the frames since `sinceNs` (`process.hrtime.bigint`). */
  begin(sinceNs = process.hrtime.bigint()): void {
    if (this.#begun) return
    this.#begun = true
    this.#forgetTime()
    for (const camera of this.#cameras.values()) camera.tell({ type: 'begin', sinceNs })
    const { until, begin } = this.#summary.request
    if (until.kind === 'seconds') this.#endTimer = this.#endAfter(until.seconds)
    if (this.#ended !== undefined) return
    const { change: _over, ...status } = this.#status
    this.#status = status
    if (begin.kind === 'now') return this.#tell({ state: 'acquiring' })
    const startedAt = Date.now()
    this.#save((summary) => ({ ...summary, startedAt }))
    this.#tell({ state: 'acquiring', startedAt })
  }

  /** Lets what was published until now be written, and ends. The first reason given counts. */
  end(finish: Finish): void {
    if (this.#ended !== undefined) return
    this.#ended = finish
    this.#forgetTime()
    for (const camera of this.#cameras.values()) camera.tell({ type: 'stop' })
    this.#tell({ state: 'finishing' })
  }

  /** A camera of the recording is gone: what is there is kept. */
  cameraLost(cameraId: string): void {
    const part = this.#options.cameras.find(({ camera }) => camera.id === cameraId)
    if (part === undefined) return
    this.end({
      reason: 'failed',
      message: `${part.camera.description.name} was lost`,
      hint: 'Everything until then is kept. Check its cable and power.',
    })
  }

  /** What has been set on a device is written down; every camera's log stands for itself. */
  deviceChanged(device: DeviceState): void {
    for (const record of this.#options.settings.since(device))
      for (const camera of this.#cameras.values()) camera.tell({ type: 'setting', record })
    this.#cameras.get(device.id)?.tell({ type: 'temperature', temperatureC: temperatureOf(device) })
  }

  #started(): void {
    const { begin } = this.#summary.request
    if (begin.kind === 'now') return this.begin()
    // A camera may have seen what it waits for already.
    if (this.#begun || this.#ended !== undefined) return
    this.#tell({ state: 'waiting' })
    if (begin.kind === 'at') this.#forgetTime = whenClockShows(begin.time, () => this.begin())
  }

  async #finish(): Promise<AcquisitionStatus> {
    const results = await Promise.all([...this.#cameras.values()].map((camera) => this.#camerasEnd(camera)))
    clearInterval(this.#diskTimer)
    clearTimeout(this.#endTimer)
    const error = results.find((result) => result !== undefined)
    const finish: Finish =
      error === undefined
        ? (this.#ended ?? { reason: 'completed' })
        : {
            reason: 'failed',
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          }
    if (!this.#begun && this.#status.frames.written === 0) await this.#remove()
    else this.#save((summary) => ({ ...summary, finish }))
    await this.#saving
    // Writing that down may have failed.
    const told =
      this.#saveFailure === undefined ? finish : { reason: 'failed' as const, ...this.#saveFailure }
    this.#tell({ state: 'finished', finish: told })
    this.#alerts.ended(this.#status)
    return this.#status
  }

  /** What never began leaves nothing behind. */
  async #remove(): Promise<void> {
    await this.#saving
    try {
      await removeUnbegun(this.#options.folder, this.#summary)
    } catch (error) {
      this.#failedToSave(error)
    }
  }

  /**
   * The cameras' workers count the seconds by the frames' own times; this is for when none come. It leaves time for the
   * start and for the last exposure.
   */
  #endAfter(seconds: number): NodeJS.Timeout {
    return setTimeout(() => this.end({ reason: 'completed' }), (seconds + silenceS) * 1000)
  }

  /** When one camera fails, the others end, too: half a recording is seldom wanted. */
  async #camerasEnd(camera: CameraRecording): Promise<CoverslipError | undefined> {
    const { error } = await camera.finished
    if (error !== undefined)
      this.end({
        reason: 'failed',
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })
    return error
  }

  #datasetBegun(folder: string, layout: DatasetLayout): void {
    this.#save((summary) => ({
      ...summary,
      datasets: summary.datasets.map((dataset) =>
        dataset.folder === folder ? { ...dataset, layout } : dataset,
      ),
    }))
  }

  #save(change: (summary: RecordingSummary) => RecordingSummary): void {
    const summary = change(this.#summary)
    this.#summary = summary
    this.#saving = this.#saving
      .then(() => writeSummary(this.#options.folder, summary))
      .catch((error: unknown) => this.#failedToSave(error))
  }

  #failedToSave(error: unknown): void {
    const { message, hint } = CoverslipError.from(error, 'DATA_FOLDER')
    this.#saveFailure = { message, ...(hint === undefined ? {} : { hint }) }
    this.end({ reason: 'failed', ...this.#saveFailure })
  }

  #counted(cameraId: string, counts: RecordingCounts): void {
    this.#progress.counted(cameraId, counts)
    this.#tell(this.#progress.progress)
    this.#alerts.progress(this.#status)
  }

  async #watchDisk(): Promise<void> {
    try {
      const free = await freeDiskBytes(this.#options.folder)
      this.#tell({ freeDiskBytes: free })
      if (free > keepFreeBytes) return
      this.end({
        reason: 'failed',
        message: 'the disk is nearly full',
        hint: 'Everything until then is kept. Free some space, or record to another disk.',
      })
    } catch (error) {
      this.end({ reason: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }

  #tell(change: Partial<AcquisitionStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#options.changed(this.#status)
  }
}
