/** One camera's part of a recording: its worker, and its lease on the camera. */
import type { Worker } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { CameraLease } from '../../devices/camera-leases.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import type {
  RecordingCounts,
  RecordingMessage,
  RecordingRequestMessage,
  RecordingWorkerData,
} from './recording-messages.ts'
import type { RecordingWorkers } from './recording-workers.ts'

type Options = {
  readonly workers: RecordingWorkers
  readonly data: RecordingWorkerData
  layout(layout: DatasetLayout): void
  /** It has seen what it waited for. */
  begun(sinceNs: bigint): void
  counts(counts: RecordingCounts): void
}

type End = { readonly error: CoverslipError | undefined; readonly isComplete: boolean }

export class CameraRecording {
  readonly #options: Options
  readonly #worker: Worker
  readonly #ready = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<End>()
  #lease: CameraLease | undefined
  #over = false
  #isComplete = false
  /** Why it ended early. */
  #error: CoverslipError | undefined
  /**
   * Resolves when everything is on the disk and the camera is given back. `error`: why it ended early; `isComplete`: the
   * worker has completed its files.
   */
  readonly finished: Promise<End>

  constructor(options: Options) {
    this.#options = options
    const { workers, data } = options
    this.#worker = workers.take(data.bufferBytes + data.heldBytes, data.layout.camera.id)
    this.#worker.on('message', (message: RecordingMessage) => this.#hear(message))
    this.#worker.on('error', (failure) => this.#fail(CoverslipError.from(failure)))
    this.#worker.once('exit', () => {
      this.#fail(new CoverslipError('INTERNAL', 'The worker that records ended unexpectedly'))
      this.#ended.resolve({ error: this.#error, isComplete: this.#isComplete })
    })
    // Who asks for `finished` only learns of it there.
    this.#ready.promise.catch(() => undefined)
    this.finished = this.#ended.promise.then((end) => this.#giveCameraBack(end))
    this.tell({ type: 'record', data })
  }

  /** Resolves when the worker takes frames; rejects when it ended before that. */
  get ready(): Promise<void> {
    return this.#ready.promise
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
    // It may be another recording's by then.
    if (!this.#over) this.#worker.postMessage(message)
  }

  #hear(message: RecordingMessage): void {
    const { layout, begun, counts, workers } = this.#options
    switch (message.type) {
      case 'prepared':
        return
      case 'ready':
        return this.#ready.resolve()
      case 'refused':
        this.#fail(CoverslipError.deserialize(message.error))
        void this.#worker.terminate()
        return
      case 'layout':
        return layout(message.layout)
      case 'begun':
        return begun(message.sinceNs)
      case 'counts':
        return counts(message.counts)
      case 'finished': {
        const { isComplete, memoryBytes, foundBytes, error } = message
        this.#over = true
        this.#isComplete = isComplete
        counts(message.counts)
        if (error === undefined) {
          workers.giveBack(this.#worker, memoryBytes, foundBytes)
          this.#ended.resolve({ error: undefined, isComplete })
          return
        }
        this.#fail(CoverslipError.deserialize(error))
        // It may have left writes under way, open files, or memory in use: its files are completed when it is no more.
        void this.#worker.terminate()
      }
    }
  }

  #fail(error: CoverslipError): void {
    this.#error ??= error
    this.#ready.reject(error)
  }

  async #giveCameraBack(end: End): Promise<End> {
    this.#over = true
    try {
      await this.#lease?.release()
      return end
    } catch (failure) {
      // The frames are on the disk all the same.
      return { ...end, error: end.error ?? CoverslipError.from(failure, 'DEVICE_FAILED') }
    }
  }
}
