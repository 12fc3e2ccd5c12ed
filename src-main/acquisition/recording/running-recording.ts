/** A recording under way: its cameras, what they tell, and its end. */
import type { RecordingRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { CameraLease } from '../../devices/camera-leases.ts'
import { temperatureOf } from '../device-settings.ts'
import type { AcquisitionSummary } from '../reading/acquisition-summary.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { CameraRecording } from './camera-recording.ts'
import type { ChangedSettings } from './changed-settings.ts'
import { completeDatasets } from './complete-interrupted.ts'
import { RecordingAlerts } from './recording-alerts.ts'
import { DiskWatch } from './disk-watch.ts'
import { removeUnbegun } from './recording-folder.ts'
import type { RecordingCounts, RecordingWorkerData } from './recording-messages.ts'
import { RecordingProgress } from './recording-progress.ts'
import type { RecordingWorkers } from './recording-workers.ts'
import { SummaryFile } from './summary-file.ts'
import { whenClockShows } from './when-clock-shows.ts'

/** How much longer than asked for a recording by seconds waits for frames. */
const silenceS = 10

type RecordingSummary = AcquisitionSummary & { readonly request: RecordingRequest }
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
  readonly workers: RecordingWorkers
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
  readonly #disk: DiskWatch
  #endTimer: NodeJS.Timeout | undefined
  /** Forgets the time at which it was to begin. */
  #forgetTime: () => void = () => undefined
  #begun = false
  readonly #file: SummaryFile<RecordingSummary>
  #status: AcquisitionStatus
  /** Why it was ended from outside. */
  #ended: Finish | undefined

  /** Starts the workers; `prepare` does the rest. */
  constructor(options: Options) {
    const { id, summary, cameras, alerts, workers } = options
    const { until, storage } = summary.request
    this.#options = options
    this.#alerts = new RecordingAlerts(alerts, id)
    this.#file = new SummaryFile(options.folder, summary, (error) => this.end(failure(error)))
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
        const layout = (known: DatasetLayout) => this.#datasetBegun(camera.id, folder, known)
        const counts = (counted: RecordingCounts) => this.#counted(camera.id, counted)
        const begun = (sinceNs: bigint) => this.begin(sinceNs)
        return [camera.id, new CameraRecording({ workers, data, layout, begun, counts })]
      }),
    )
    this.#disk = new DiskWatch({
      folder: options.folder,
      waitingBytes: () => this.#status.buffer.bytes,
      free: (freeDiskBytes) => this.#tell({ freeDiskBytes }),
      failed: (error) => this.end(failure(error)),
    })
    this.finished = this.#finish()
  }

  /**
   * Starts the cameras; resolves when their next frames will be kept, or it waits for its beginning, or it was ended.
   * @throws CoverslipError why a camera or the disk cannot; then it has ended.
   */
  async prepare(): Promise<void> {
    this.#tell({})
    try {
      await Promise.all([...this.#cameras.values()].map((camera) => camera.ready))
      // Only now, so that a camera that stood still is recorded from its first frame on.
      const leases = [...this.#cameras].map(async ([id, camera]) =>
        camera.hold(await this.#options.acquire(id)),
      )
      const refused = (await Promise.allSettled(leases)).find((result) => result.status === 'rejected')
      if (refused !== undefined) throw refused.reason
    } catch (error) {
      const reason = CoverslipError.from(error, 'DEVICE_FAILED')
      this.end(failure(reason))
      await this.finished
      throw reason
    }
    this.#prepared()
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
    const { until, begin } = this.#file.summary.request
    if (until.kind === 'seconds') this.#endTimer = this.#endAfter(until.seconds)
    if (this.#ended !== undefined) return
    if (begin.kind === 'now') return this.#tell({ state: 'acquiring' })
    const startedAt = Date.now()
    this.#file.change((summary) => ({ ...summary, startedAt }))
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

  #prepared(): void {
    const { begin, preRecordS } = this.#file.summary.request
    // A camera may have seen what it waits for already.
    if (this.#begun || this.#ended !== undefined) return
    if (begin.kind === 'now') return this.begin()
    this.#tell({ state: 'waiting', waiting: { begin, preRecordS } })
    if (begin.kind === 'at') this.#forgetTime = whenClockShows(begin.time, () => this.begin())
  }

  async #finish(): Promise<AcquisitionStatus> {
    const ends = await Promise.all(this.#options.cameras.map((part) => this.#camerasEnd(part)))
    clearTimeout(this.#endTimer)
    const error = ends.map((end) => end.error).find((one) => one !== undefined)
    const finish = error === undefined ? (this.#ended ?? { reason: 'completed' as const }) : failure(error)
    await this.#file.saved()
    const broken = ends.flatMap(({ isComplete, folder }) => (isComplete ? [] : [folder]))
    const incomplete = await attempt(() => this.#complete(broken))
    // Until now: another Coverslip would complete what nobody marks.
    this.#disk.end()
    const unbegun = !this.#begun && this.#status.frames.written === 0
    // What has no end is completed at the next start.
    if (!unbegun && incomplete === undefined) this.#file.change((summary) => ({ ...summary, finish }))
    const unsaved =
      (await this.#file.saved()) ?? incomplete ?? (unbegun ? await attempt(() => this.#remove()) : undefined)
    this.#tell({ state: 'finished', finish: unsaved === undefined ? finish : failure(unsaved) })
    this.#alerts.ended(this.#status)
    return this.#status
  }

  /** What never began leaves nothing behind. */
  #remove(): Promise<void> {
    return removeUnbegun(this.#options.folder, this.#file.summary)
  }

  /** A worker that ended by itself, or could not write, has left its files as a crash would. */
  async #complete(folders: readonly string[]): Promise<void> {
    const { summary } = this.#file
    const datasets = summary.datasets.filter(({ folder }) => folders.includes(folder))
    await completeDatasets(this.#options.folder, { ...summary, datasets })
  }

  /**
   * The cameras' workers count the seconds by the frames' own times; this is for when none come. It leaves time for the
   * start and for the last exposure.
   */
  #endAfter(seconds: number): NodeJS.Timeout {
    return setTimeout(() => this.end({ reason: 'completed' }), (seconds + silenceS) * 1000)
  }

  /** When one camera fails, the others end, too: half a recording is seldom wanted. */
  async #camerasEnd({ camera, folder }: CameraPart) {
    const end = await this.#cameras.get(camera.id)?.finished
    if (end?.error !== undefined) this.end(failure(end.error))
    return { folder, error: end?.error, isComplete: end?.isComplete === true }
  }

  #datasetBegun(cameraId: string, folder: string, layout: DatasetLayout): void {
    this.#file.change((summary) => ({
      ...summary,
      datasets: summary.datasets.map((dataset) =>
        dataset.folder === folder ? { ...dataset, layout } : dataset,
      ),
    }))
    void this.#file.saved().then(() => this.#cameras.get(cameraId)?.tell({ type: 'layoutSaved' }))
  }

  #counted(cameraId: string, counts: RecordingCounts): void {
    this.#progress.counted(cameraId, counts)
    const { progress, change } = this.#progress
    const { waiting } = this.#status
    this.#tell({
      ...progress,
      ...(waiting === undefined || change === undefined ? {} : { waiting: { ...waiting, change } }),
    })
    this.#alerts.progress(this.#status)
  }

  #tell(change: Partial<AcquisitionStatus>): void {
    const { waiting, ...status } = { ...this.#status, ...change }
    this.#status = status.state === 'waiting' && waiting !== undefined ? { ...status, waiting } : status
    this.#options.changed(this.#status)
  }
}

function failure({ message, hint }: CoverslipError): Finish {
  return { reason: 'failed', message, ...(hint === undefined ? {} : { hint }) }
}

/** Why `work` could not be done, if so. */
async function attempt(work: () => Promise<void>): Promise<CoverslipError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    return CoverslipError.from(error, 'DATA_FOLDER')
  }
}
