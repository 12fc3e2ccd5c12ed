import { randomUUID } from 'node:crypto'
import { dirname, posix } from 'node:path'
import type { SnapFormat, SnapResult } from '../../../src-shared/capture.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { previewPng } from '../../acquisition/preview.ts'
import { exposureMsOf } from '../../acquisition/take-frame.ts'
import type { Engine } from '../../engine/create-engine.ts'

/** How an image shall be kept. */
export type SnapWish = {
  readonly fileName: string | undefined
  readonly format: SnapFormat
  /** Longest side of the preview, pixels; absent: no preview. */
  readonly previewMaxSize: number | undefined
}

type Status = 'running' | 'done' | 'error' | 'cancelled'

type Job = {
  readonly jobId: string
  readonly startedMs: number
  readonly expectedDurationMs: number
  readonly detectors: readonly string[]
  readonly cancel: AbortController
  status: Status
  endedMs: number | undefined
  error: string | undefined
  result: Record<string, unknown> | undefined
}

const mostFinished = 20
const mostUnfinished = 10
/** Saving and answering, beyond the exposure. */
const overheadMs = 1500

/** Snaps under way and the last finished ones, as ImSwitch's clients follow them. */
export class SnapJobs {
  readonly #engine: Engine
  readonly #jobs = new Map<string, Job>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /**
   * Begins a snap of the camera that streams, else of the first.
   * @throws CoverslipError NO_CAMERA, DATA_FOLDER, RATE_LIMITED.
   */
  start(wish: SnapWish): Record<string, unknown> {
    const { devices, capture } = this.#engine
    const camera = devices.camera(this.#liveDetector())
    void capture.folder
    const unfinished = [...this.#jobs.values()].filter((job) => !isFinished(job)).length
    if (unfinished >= mostUnfinished) {
      throw new CoverslipError('RATE_LIMITED', `${unfinished} snaps are under way already`, {
        hint: 'Wait until some have ended, or cancel them.',
      })
    }
    const job: Job = {
      jobId: randomUUID().replaceAll('-', ''),
      startedMs: performance.now(),
      expectedDurationMs: exposureMsOf(camera) + overheadMs,
      detectors: [camera.id],
      cancel: new AbortController(),
      status: 'running',
      endedMs: undefined,
      error: undefined,
      result: undefined,
    }
    this.#jobs.set(job.jobId, job)
    void this.#run(job, camera.id, wish)
    this.#forgetOld()
    return describe(job)
  }

  /** Snaps and answers when that is done. @throws as `Capture.snap`. */
  async now(wish: SnapWish): Promise<Record<string, unknown>> {
    const { devices } = this.#engine
    return this.#snap(devices.camera(this.#liveDetector()).id, wish, undefined)
  }

  /** Of the newest job where none is named. */
  state(jobId: string | undefined): Record<string, unknown> {
    const job = this.#find(jobId)
    return job === undefined ? unknownJob(jobId) : describe(job)
  }

  cancel(jobId: string | undefined): Record<string, unknown> {
    const job = this.#find(jobId)
    if (job === undefined) return unknownJob(jobId)
    if (isFinished(job)) return { ...describe(job), cancelled: false, message: 'Job already finished' }
    job.cancel.abort(new CoverslipError('INVALID_INPUT', 'The snap was cancelled'))
    return { ...describe(job), status: 'cancelling', cancelled: true }
  }

  close(): void {
    for (const { cancel } of this.#jobs.values()) cancel.abort()
  }

  async #run(job: Job, detectorName: string, wish: SnapWish): Promise<void> {
    try {
      job.result = await this.#snap(detectorName, wish, job.cancel.signal)
      job.status = 'done'
    } catch (error) {
      job.status = job.cancel.signal.aborted ? 'cancelled' : 'error'
      job.error = error instanceof Error ? error.message : String(error)
    }
    job.endedMs = performance.now()
    this.#forgetOld()
  }

  async #snap(
    detectorName: string,
    { fileName, format, previewMaxSize }: SnapWish,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const { capture } = this.#engine
    const { result, frame } = await capture.snapFrame({ detectorName, fileName, format, signal })
    if (previewMaxSize === undefined) return described(result)
    const preview = await previewPng(frame, { maxSize: previewMaxSize })
    return {
      ...described(result),
      previewDetector: detectorName,
      previewImage: `data:image/png;base64,${preview.png.toString('base64')}`,
      previewWidth: preview.width,
      previewHeight: preview.height,
    }
  }

  /** The camera that streams, as that is the one on the screen. */
  #liveDetector(): string | undefined {
    return this.#engine.liveView.getActiveStreams()[0]?.detectorName
  }

  #find(jobId: string | undefined): Job | undefined {
    return jobId === undefined ? [...this.#jobs.values()].at(-1) : this.#jobs.get(jobId)
  }

  #forgetOld(): void {
    const finished = [...this.#jobs.values()].filter(isFinished)
    for (const { jobId } of finished.slice(0, Math.max(0, finished.length - mostFinished)))
      this.#jobs.delete(jobId)
  }
}

const isFinished = ({ status }: Job): boolean => status !== 'running'

function describe(job: Job): Record<string, unknown> {
  const elapsedMs = (job.endedMs ?? performance.now()) - job.startedMs
  const share = (elapsedMs / job.expectedDurationMs) * 100
  return {
    jobId: job.jobId,
    status: job.status,
    elapsedMs,
    expectedDurationMs: job.expectedDurationMs,
    progress: isFinished(job) ? 100 : Math.min(99, share),
    detectors: job.detectors,
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(job.result === undefined ? {} : { result: job.result }),
  }
}

/** Folder on this computer, folder from the data folder, and the file to download. */
function described({ filePath, relativePath }: SnapResult): Record<string, unknown> {
  return {
    fullPath: dirname(filePath),
    relativePath: posix.dirname(relativePath),
    relativeFilePath: `/${relativePath}`,
  }
}

function unknownJob(jobId: string | undefined): Record<string, unknown> {
  return { jobId: jobId ?? null, status: 'unknown', error: 'No such snap job' }
}
