/** A recording under way: its cameras, what they tell, and its end. */
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { CameraLease } from '../../devices/camera-leases.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { CameraRecording } from './camera-recording.ts'
import { freeDiskBytes, type RecordingSummary, writeSummary } from './recording-folder.ts'
import type { RecordingCounts, RecordingWorkerData } from './recording-messages.ts'
import { keepFreeBytes } from './recording-room.ts'

const diskCheckEveryMs = 2000
/** How much longer than asked for a recording by seconds waits for frames. */
const silenceS = 10
/** Share of the buffers beyond which the user is told that the disk is too slow. */
const tooFull = 0.75

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
  readonly bufferBytes: number
  readonly cameras: readonly CameraPart[]
  acquire(cameraId: string): Promise<CameraLease>
  /** A few times a second. */
  changed(status: AcquisitionStatus): void
}

export class RunningRecording {
  /** Resolves when everything is on the disk and the cameras are given back; never rejects. */
  readonly finished: Promise<AcquisitionStatus>
  readonly #options: Options
  readonly #cameras: ReadonlyMap<string, CameraRecording>
  readonly #counts = new Map<string, RecordingCounts>()
  readonly #diskTimer: NodeJS.Timeout
  readonly #endTimer: NodeJS.Timeout | undefined
  #summary: RecordingSummary
  /** Summaries are written one after the other. */
  #saving: Promise<void> = Promise.resolve()
  #saveFailure: { readonly message: string; readonly hint?: string } | undefined
  #status: AcquisitionStatus
  #rate = { at: performance.now(), bytes: 0 }
  /** Why it was ended from outside. */
  #ended: Finish | undefined

  private constructor(options: Options) {
    const { id, summary, bufferBytes, cameras } = options
    const { until, storage } = summary.request
    this.#options = options
    this.#summary = summary
    this.#status = {
      id,
      name: summary.name,
      format: storage.format,
      detectorNames: cameras.map(({ camera }) => camera.id),
      state: 'preparing',
      startedAt: summary.startedAt,
      frames: {
        ...(until.kind === 'frames' ? { expected: until.frames * cameras.length } : {}),
        written: 0,
        lost: 0,
      },
      bytesWritten: 0,
      buffer: { bytes: 0, limitBytes: bufferBytes },
      writeBytesPerSecond: 0,
    }
    this.#cameras = new Map(
      cameras.map(({ camera, folder, data }) => {
        const layout = (known: DatasetLayout) => this.#datasetBegun(folder, known)
        const counts = (counted: RecordingCounts) => this.#counted(camera.id, counted)
        return [camera.id, new CameraRecording({ data, layout, counts })]
      }),
    )
    if (until.kind === 'seconds') this.#endTimer = this.#endAfter(until.seconds)
    this.#diskTimer = setInterval(() => void this.#watchDisk(), diskCheckEveryMs)
    this.finished = this.#finish()
  }

  /**
   * Begins; resolves when all cameras' next frames will be kept.
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
    recording.#tell({ state: 'acquiring' })
    return recording
  }

  get status(): AcquisitionStatus {
    return this.#status
  }

  /** Lets what was published until now be written, and ends. The first reason given counts. */
  end(finish: Finish): void {
    if (this.#ended !== undefined) return
    this.#ended = finish
    for (const camera of this.#cameras.values()) camera.stop()
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

  async #finish(): Promise<AcquisitionStatus> {
    const results = await Promise.all([...this.#cameras.values()].map((camera) => this.#camerasEnd(camera)))
    clearInterval(this.#diskTimer)
    clearTimeout(this.#endTimer)
    if (this.#status.frames.lost === 0) this.#options.alerts.clear(this.#slowAlert)
    const error = results.find((result) => result !== undefined)
    const finish: Finish =
      error === undefined
        ? (this.#ended ?? { reason: 'completed' })
        : {
            reason: 'failed',
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          }
    this.#save((summary) => ({ ...summary, finish }))
    await this.#saving
    // Writing that down may have failed.
    const told =
      this.#saveFailure === undefined ? finish : { reason: 'failed' as const, ...this.#saveFailure }
    if (told.reason === 'failed') this.#raise(told)
    this.#tell({ state: 'finished', finish: told })
    return this.#status
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

  #raise({ message = 'It was ended', hint }: Finish): void {
    this.#options.alerts.raise({
      id: `recording:failed:${this.#options.id}`,
      severity: 'error',
      source: 'Recording',
      message: `${this.#status.name} ended early: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    })
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
      .catch((error: unknown) => {
        const { message, hint } = CoverslipError.from(error, 'DATA_FOLDER')
        this.#saveFailure = { message, ...(hint === undefined ? {} : { hint }) }
        this.end({ reason: 'failed', ...this.#saveFailure })
      })
  }

  #counted(cameraId: string, counts: RecordingCounts): void {
    this.#counts.set(cameraId, counts)
    const all = [...this.#counts.values()]
    const sum = (of: (one: RecordingCounts) => number) => all.reduce((total, one) => total + of(one), 0)
    const bytesWritten = sum((one) => one.bytesWritten)
    const now = performance.now()
    const writeBytesPerSecond = ((bytesWritten - this.#rate.bytes) / Math.max(1, now - this.#rate.at)) * 1000
    if (now - this.#rate.at > 1000) this.#rate = { at: now, bytes: bytesWritten }
    this.#tell({
      frames: { ...this.#status.frames, written: sum((one) => one.written), lost: sum((one) => one.lost) },
      bytesWritten,
      buffer: {
        bytes: sum((one) => one.bufferBytes),
        limitBytes: Math.max(
          1,
          sum((one) => one.bufferLimitBytes),
        ),
      },
      writeBytesPerSecond: Math.max(0, writeBytesPerSecond),
    })
    this.#warnOfLoss()
  }

  /** Of what is lost, until somebody has read it; of a disk that is too slow, as long as it is. */
  #warnOfLoss(): void {
    const { frames, buffer } = this.#status
    const full = buffer.bytes / buffer.limitBytes
    if (frames.lost === 0 && full < tooFull) return this.#options.alerts.clear(this.#slowAlert)
    this.#options.alerts.raise({
      id: this.#slowAlert,
      severity: frames.lost > 0 ? 'error' : 'warning',
      source: 'Recording',
      message:
        frames.lost > 0
          ? `${frames.lost} frames are not in ${this.#status.name}; its frames.jsonl names them`
          : `The disk is too slow: ${Math.round(100 * full)} % of the buffers are full`,
      hint: 'Lower the frame rate, choose a smaller ROI, or record to a faster disk.',
    })
  }

  get #slowAlert(): string {
    return `recording:slow-disk:${this.#options.id}`
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
