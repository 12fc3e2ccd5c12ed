/** One camera's part of a recording: its worker, and its lease on the camera. */
import { Worker } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { CameraLease } from '../../devices/camera-leases.ts'
import { workerUrl } from '../../worker-url.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import type {
  RecordingCounts,
  RecordingMessage,
  RecordingRequestMessage,
  RecordingWorkerData,
} from './recording-messages.ts'

type Options = {
  readonly data: RecordingWorkerData
  layout(layout: DatasetLayout): void
  /** It has seen what it waited for. */
  begun(sinceNs: bigint): void
  counts(counts: RecordingCounts): void
}

export class CameraRecording {
  readonly #worker: Worker
  #lease: CameraLease | undefined
  #over = false
  /** Resolves when the worker has reserved its memory and takes frames; rejects when it ended before that. */
  readonly ready: Promise<void>
  /**
   * Resolves when everything is on the disk and the camera is given back. `error`: why it ended early; `isComplete`: the
   * worker has completed its files.
   */
  readonly finished: Promise<{ readonly error: CoverslipError | undefined; readonly isComplete: boolean }>

  constructor({ data, layout, begun, counts }: Options) {
    this.#worker = new Worker(workerUrl('acquisition/recording/recording-worker'), { workerData: data })
    let error: CoverslipError | undefined
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    let isFinished = false
    let isComplete = false
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: RecordingMessage) => {
        switch (message.type) {
          case 'ready':
            return resolve()
          case 'refused':
            error ??= CoverslipError.deserialize(message.error)
            return reject(error)
          case 'layout':
            return layout(message.layout)
          case 'begun':
            return begun(message.sinceNs)
          case 'counts':
            return counts(message.counts)
          case 'finished':
            isFinished = true
            isComplete = message.isComplete
            counts(message.counts)
            if (message.error !== undefined) error ??= CoverslipError.deserialize(message.error)
            if (error !== undefined) reject(error)
        }
      })
      this.#worker.on('error', (failure) => {
        error ??= CoverslipError.from(failure)
        reject(error)
      })
    })
    // Who asks for `finished` only learns of it there.
    this.ready.catch(() => undefined)
    this.finished = exited.then(async () => {
      if (!isFinished) error ??= new CoverslipError('INTERNAL', 'The worker that records ended unexpectedly')
      this.#over = true
      try {
        await this.#lease?.release()
      } catch (failure) {
        // The frames are on the disk all the same.
        error ??= CoverslipError.from(failure, 'DEVICE_FAILED')
      }
      return { error, isComplete }
    })
  }

  /**
   * Keeps the camera running until the recording has ended, which it may have already: a few frames are written sooner
   * than some cameras answer that they have started.
   */
  async hold(lease: CameraLease): Promise<void> {
    if (this.#over) await lease.release()
    else this.#lease = lease
  }

  /** Tells the worker; `stop` lets what has been published until now be written. */
  tell(message: RecordingRequestMessage): void {
    this.#worker.postMessage(message)
  }
}
