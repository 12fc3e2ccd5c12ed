/**
 * The threads that record. One that has recorded stays for a while, with the memory that the operating system has found
 * for it: the next recording begins at once. For the first, threads are started when it is asked what it would take.
 */
import { Worker } from 'node:worker_threads'
import { installedMemory } from '../../frames/ring-size.ts'
import { workerUrl } from '../../worker-url.ts'
import type { RecordingRequestMessage } from './recording-messages.ts'

const keptMs = 5 * 60_000
/** All memory that is kept together. */
const keptShareOfMemory = 1 / 8
/** Of that, memory is made ready in so many. */
const steps = 8

type Idle = { readonly worker: Worker; readonly memoryBytes: number; readonly forget: () => void }

export class RecordingWorkers {
  readonly #mostBytes: number
  /** Those without memory may have any. */
  #idle: Idle[] = []

  /** @param memoryBytes of the computer */
  constructor(memoryBytes = installedMemory()) {
    this.#mostBytes = memoryBytes * keptShareOfMemory
  }

  /** Memory of those that wait: it counts as free for a recording. */
  get idleBytes(): number {
    return this.#idle.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }

  /**
   * A recording is to be expected that needs so much memory for each of its cameras: sees to it that threads wait for it,
   * and have it found meanwhile where it is not too much to be kept.
   */
  prepare(memoryBytes: readonly number[]): void {
    // The next time it may be a little more.
    const step = this.#mostBytes / steps
    const rounded = memoryBytes.map((bytes) => Math.ceil(bytes / step) * step)
    const isKept = rounded.reduce((sum, bytes) => sum + bytes, 0) <= this.#mostBytes
    const wanted = (isKept ? rounded : rounded.map(() => 0)).toSorted((a, b) => b - a)
    const idle = this.#idle.map((one) => one.memoryBytes).toSorted((a, b) => b - a)
    if (wanted.every((bytes, i) => (idle[i] ?? -1) >= bytes)) return
    for (const one of this.#idle) this.#end(one)
    for (const bytes of wanted) {
      const worker = startWorker()
      if (bytes > 0)
        worker.postMessage({ type: 'prepare', memoryBytes: bytes } satisfies RecordingRequestMessage)
      this.giveBack(worker, bytes)
    }
  }

  /** A worker, now the caller's, that has memory for `memoryBytes` or none yet. */
  take(memoryBytes: number): Worker {
    const byMemory = this.#idle.toSorted((a, b) => a.memoryBytes - b.memoryBytes)
    const enough = byMemory.find((idle) => idle.memoryBytes >= memoryBytes)
    // Memory of theirs may be needed.
    if (enough === undefined) for (const idle of byMemory) if (idle.memoryBytes > 0) this.#end(idle)
    const fitting = enough ?? this.#idle[0]
    if (fitting === undefined) return startWorker()
    fitting.forget()
    fitting.worker.ref()
    return fitting.worker
  }

  /** A worker that has nothing to do and has so much memory: nobody else's any more. */
  giveBack(worker: Worker, memoryBytes: number): void {
    // Not all at once: some are Node's own.
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
    if (this.idleBytes + memoryBytes > this.#mostBytes) {
      void worker.terminate()
      return
    }
    const timer = setTimeout(() => this.#end(idle), keptMs).unref()
    const ended = () => idle.forget()
    // A fault of a thread that does nothing is nobody's.
    const failed = (error: unknown) => console.warn('A thread that waited to record has ended:', error)
    const idle = {
      worker,
      memoryBytes,
      forget: () => {
        clearTimeout(timer)
        worker.off('exit', ended).off('error', failed)
        this.#idle = this.#idle.filter((one) => one !== idle)
      },
    }
    worker.on('exit', ended).on('error', failed)
    worker.unref()
    this.#idle.push(idle)
  }

  /** Ends those that wait. */
  close(): void {
    for (const idle of this.#idle) this.#end(idle)
  }

  #end({ worker, forget }: Idle): void {
    forget()
    void worker.terminate()
  }
}

const startWorker = (): Worker => new Worker(workerUrl('acquisition/recording/recording-worker'))
