/**
 * The threads that record. One that has recorded stays for a while, with the memory that the operating system has found
 * for it: the next recording begins at once. For the first, threads are started when it is asked what it would take.
 * None stays when a plan needs its memory, or when a camera that it has recorded is gone.
 */
import { Worker } from 'node:worker_threads'
import { installedMemory } from '../../frames/ring-size.ts'
import { workerUrl } from '../../worker-url.ts'
import type { RecordingMessage, RecordingRequestMessage } from './recording-messages.ts'

const keptMs = 5 * 60_000
/** All memory that is kept together. */
const keptShareOfMemory = 1 / 8
/** Of that, memory is made ready in so many. */
const steps = 8

type Idle = {
  readonly worker: Worker
  readonly memoryBytes: number
  /** Of that, what the operating system has found. */
  foundBytes: number
  /** That it has recorded: a thread that does nothing collects no garbage, and so keeps their rings. */
  readonly cameras: ReadonlySet<string>
  /** Ends it when it has not been used for long. */
  readonly timer: NodeJS.Timeout
  readonly forget: () => void
}

export class RecordingWorkers {
  readonly #mostBytes: number
  /** Those without memory may have any. */
  #idle: Idle[] = []
  /** Those taken that may be kept again, and the cameras that each has recorded, or does. */
  readonly #busy = new Map<Worker, ReadonlySet<string>>()
  #closed = false

  /** @param memoryBytes of the computer */
  constructor(memoryBytes = installedMemory()) {
    this.#mostBytes = memoryBytes * keptShareOfMemory
  }

  /** Memory of those that wait. */
  get idleBytes(): number {
    return this.#idle.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }

  /** Of that, what is in use for the operating system: for a recording it is free. */
  get foundBytes(): number {
    return this.#idle.reduce((sum, { foundBytes }) => sum + foundBytes, 0)
  }

  /**
   * A recording is to be expected that needs so much memory for each of its cameras: sees to it that threads wait for it,
   * and have it found meanwhile where it is not too much to be kept.
   */
  prepare(memoryBytes: readonly number[]): void {
    if (this.#closed) return
    // The next time it may be a little more.
    const step = this.#mostBytes / steps
    const rounded = memoryBytes.map((bytes) => Math.ceil(bytes / step) * step)
    const isKept = rounded.reduce((sum, bytes) => sum + bytes, 0) <= this.#mostBytes
    const needed = memoryBytes.map((bytes) => (isKept ? bytes : 0)).toSorted((a, b) => b - a)
    const idle = this.#idle.map((one) => one.memoryBytes).toSorted((a, b) => b - a)
    if (needed.every((bytes, i) => (idle[i] ?? -1) >= bytes)) {
      for (const { timer } of this.#idle) timer.refresh()
      return
    }
    for (const one of this.#idle) void this.#end(one)
    for (const bytes of isKept ? rounded : needed) {
      const worker = startWorker()
      if (bytes > 0)
        worker.postMessage({ type: 'prepare', memoryBytes: bytes } satisfies RecordingRequestMessage)
      this.#keep(worker, { memoryBytes: bytes, foundBytes: 0, cameras: new Set() })
    }
  }

  /** A worker, now the caller's to record a camera by, that has memory for `memoryBytes` or none yet. */
  take(memoryBytes: number, cameraId: string): Worker {
    const byMemory = this.#idle.toSorted((a, b) => a.memoryBytes - b.memoryBytes)
    const enough = byMemory.find((idle) => idle.memoryBytes >= memoryBytes)
    // Memory of theirs may be needed.
    if (enough === undefined) for (const idle of byMemory) if (idle.memoryBytes > 0) void this.#end(idle)
    const fitting = enough ?? this.#idle[0]
    fitting?.forget()
    const worker = fitting?.worker.off('error', tellOf) ?? startWorker()
    worker.ref()
    this.#busy.set(worker, new Set([...(fitting?.cameras ?? []), cameraId]))
    worker.once('exit', () => this.#busy.delete(worker))
    return worker
  }

  /** A worker that has nothing to do and has so much memory: nobody else's any more. @param foundBytes of its memory */
  giveBack(worker: Worker, memoryBytes: number, foundBytes = memoryBytes): void {
    const cameras = this.#busy.get(worker)
    this.#busy.delete(worker)
    // Not all at once: some are Node's own.
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
    if (cameras === undefined || this.#closed || this.idleBytes + memoryBytes > this.#mostBytes) {
      worker.on('error', tellOf)
      void worker.terminate()
    } else this.#keep(worker, { memoryBytes, foundBytes, cameras })
  }

  /** A camera is there no more: no thread that waits, or will, keeps its ring. */
  cameraGone(cameraId: string): void {
    for (const idle of this.#idle) if (idle.cameras.has(cameraId)) void this.#end(idle)
    for (const [worker, cameras] of this.#busy) if (cameras.has(cameraId)) this.#busy.delete(worker)
  }

  /** Ends those that wait: others need the memory. Resolves when it is free. */
  async endIdle(): Promise<void> {
    await Promise.all(this.#idle.map((idle) => this.#end(idle)))
  }

  /** Ends those that wait, and from now on whichever is given back. */
  async close(): Promise<void> {
    this.#closed = true
    await this.endIdle()
  }

  #keep(worker: Worker, has: Pick<Idle, 'memoryBytes' | 'foundBytes' | 'cameras'>): void {
    worker.on('error', tellOf)
    const timer = setTimeout(() => void this.#end(idle), keptMs).unref()
    const ended = () => idle.forget()
    const heard = ({ type }: RecordingMessage) => {
      if (type === 'prepared') idle.foundBytes = idle.memoryBytes
    }
    const idle = {
      ...has,
      worker,
      timer,
      forget: () => {
        clearTimeout(timer)
        worker.off('exit', ended).off('message', heard)
        this.#idle = this.#idle.filter((one) => one !== idle)
      },
    }
    worker.on('exit', ended).on('message', heard)
    worker.unref()
    this.#idle.push(idle)
  }

  async #end({ worker, forget }: Idle): Promise<void> {
    forget()
    await worker.terminate()
  }
}

/** A fault of a thread that does nothing is nobody's, also while it is being ended. */
const tellOf = (error: unknown) => console.warn('A thread that waited to record has ended:', error)

const startWorker = (): Worker => new Worker(workerUrl('acquisition/recording/recording-worker'))
