/** The engine's side of the worker that stores one camera's images. */
import { Worker } from 'node:worker_threads'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameRingMemory } from '../../frames/frame-ring.ts'
import { workerUrl } from '../../worker-url.ts'
import type { FramePlace } from '../recording/dataset-recording.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import type { StoreCounts, StoreMessage, StoreRequest, StoreWorkerData } from './store-messages.ts'

type Options = {
  readonly data: StoreWorkerData
  layout(layout: DatasetLayout): void
  counts(counts: StoreCounts): void
  /** Nothing is taken any more; told once. */
  failed(error: CoverslipError): void
}

type Taking = { resolve(result: 'taken' | 'lost'): void; reject(error: CoverslipError): void }

export class CameraStore {
  readonly #worker: Worker
  readonly #options: Options
  readonly #taking = new Map<number, Taking>()
  readonly #exited: Promise<void>
  #nextNumber = 0
  #ring: FrameRingMemory
  #failure: CoverslipError | undefined
  #isClosed = false
  /** Whether the worker has completed its files. */
  #isComplete = false
  /** Resolves when memory is reserved; rejects when it cannot be. */
  readonly ready: Promise<void>

  constructor(options: Options) {
    this.#options = options
    this.#ring = options.data.ring
    this.#worker = new Worker(workerUrl('acquisition/run/frame-store-worker'), { workerData: options.data })
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: StoreMessage) => {
        if (message.type === 'ready') resolve()
        this.#hear(message)
        if (this.#failure !== undefined) reject(this.#failure)
      })
      this.#worker.on('error', (error) => {
        this.#fail(CoverslipError.from(error))
        reject(error)
      })
    })
    // Whoever does not wait for it learns of it by `failed`.
    this.ready.catch(() => undefined)
    void this.#exited.then(() => {
      if (this.#isClosed) return
      this.#fail(new CoverslipError('INTERNAL', 'The worker that stores images ended unexpectedly'))
    })
  }

  /** As `AcquisitionSink.take`; `ring` is where the camera's frames are now: absent, where they were. */
  take(sequence: number, place: FramePlace, ring: FrameRingMemory = this.#ring): Promise<'taken' | 'lost'> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (ring !== this.#ring) {
      this.#ring = ring
      this.#tell({ type: 'ring', ring })
    }
    const number = this.#nextNumber++
    return new Promise((resolve, reject) => {
      this.#taking.set(number, { resolve, reject })
      this.#tell({ type: 'take', number, sequence, place })
    })
  }

  /** Another line of the frame log. */
  note(record: Extract<FrameRecord, { kind: 'skipped' | 'setting' }>): void {
    this.#tell({ type: 'note', record })
  }

  /** The layout that was told of is on the disk. */
  layoutSaved(): void {
    this.#tell({ type: 'layoutSaved' })
  }

  /**
   * Completes the files.
   * @returns why not everything is in them; `isComplete`: what is in them can be read as it should.
   */
  async close(): Promise<{ readonly failure: CoverslipError | undefined; readonly isComplete: boolean }> {
    this.#tell({ type: 'close' })
    await this.#exited
    return { failure: this.#failure, isComplete: this.#isComplete }
  }

  #tell(request: StoreRequest): void {
    this.#worker.postMessage(request)
  }

  #hear(message: StoreMessage): void {
    switch (message.type) {
      case 'ready':
        return
      case 'layout':
        return this.#options.layout(message.layout)
      case 'taken':
        this.#taking.get(message.number)?.resolve(message.result)
        this.#taking.delete(message.number)
        return
      case 'counts':
        return this.#options.counts(message.counts)
      case 'failed':
        return this.#fail(CoverslipError.deserialize(message.error))
      case 'closed':
        this.#isClosed = true
        this.#isComplete = message.isComplete
        return this.#options.counts(message.counts)
    }
  }

  #fail(error: CoverslipError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    for (const { reject } of this.#taking.values()) reject(error)
    this.#taking.clear()
    this.#options.failed(error)
  }
}
