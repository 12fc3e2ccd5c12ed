/**
 * What was kept: recordings, plans and single images of the data folder, and what users put there themselves. Listing,
 * reading and decoding happen in a worker, which is started when somebody first looks.
 *
 * @example
 * const { items } = await engine.gallery.list({ search: 'beads' })
 */
import { Worker } from 'node:worker_threads'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GalleryPage, OpenedImage, PlaneIndex, ZProjection } from '../../../src-shared/gallery.ts'
import { workerUrl } from '../../worker-url.ts'
import type { FrameRange, FrameRecords } from '../reading/dataset-reader.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import type {
  GalleryAnswer,
  GalleryAnswerMessage,
  GalleryRequest,
  GalleryRequestMessage,
  GalleryWorkerData,
} from './gallery-messages.ts'
import { galleryPath } from './gallery-path.ts'

/** Requests that the worker has at once; the others wait, and those whose caller has gone are dropped. */
const atOnce = 6
/** Of these, lists: a search waits for files to be read, and must not keep images from being shown meanwhile. */
const listsAtOnce = 3
/** A file that keeps the worker busy for longer hangs it: it is ended, and the next request has a new one. */
const limitMs = 120_000
/** Of JavaScript values; pixels lie outside of it. */
const heapMb = 1024

type AnswerTo<Type extends GalleryRequest['type']> = Extract<GalleryAnswer, { type: Type }>

type Waiting = {
  readonly request: GalleryRequest
  readonly signal: AbortSignal | undefined
  settle(outcome: GalleryAnswer | CoverslipError): void
}

export class Gallery {
  readonly #dataFolder: string | undefined
  readonly #events = new Emitter<void>()
  readonly #waiting: Waiting[] = []
  readonly #asked = new Map<number, { readonly waiting: Waiting; readonly timer: NodeJS.Timeout }>()
  #worker: Worker | undefined
  #number = 0
  #closed = false

  constructor({ dataFolder }: { readonly dataFolder: string | undefined }) {
    this.#dataFolder = dataFolder
  }

  /** Called when something was kept, completed or removed. */
  on(listener: () => void): () => void {
    return this.#events.on(listener)
  }

  /** To be called by whoever has kept or completed something. */
  changed(): void {
    this.#worker?.postMessage({ changed: true } satisfies GalleryRequestMessage)
    this.#events.emit()
  }

  /** @throws CoverslipError DATA_FOLDER when there is none */
  async list(
    request: { readonly search?: string; readonly offset?: number; readonly limit?: number },
    signal?: AbortSignal,
  ): Promise<GalleryPage> {
    const { search = '', offset = 0, limit = 100 } = request
    const { page } = await this.#ask({ type: 'list', search, offset, limit }, signal)
    return { ...page, folder: this.#folder() }
  }

  /** @throws CoverslipError UNKNOWN_IMAGE, UNREADABLE_IMAGE, DATA_FOLDER */
  async open(id: string, signal?: AbortSignal): Promise<OpenedImage> {
    return (await this.#ask({ type: 'open', id }, signal)).opened
  }

  /** A plane as a UC2F packet. @throws as `open`; UNKNOWN_IMAGE also when the plane is not there; TOO_LARGE */
  async plane(
    request: {
      readonly id: string
      readonly dataset: string
      readonly index?: PlaneIndex
      readonly level?: number
      readonly zProjection?: ZProjection | undefined
    },
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#ask({ type: 'plane', index: {}, level: 0, ...request }, signal)).packet
  }

  /** What is known of each frame. @throws as `open` */
  async frames(
    request: { readonly id: string; readonly dataset: string } & FrameRange,
    signal?: AbortSignal,
  ): Promise<FrameRecords> {
    return (await this.#ask({ type: 'frames', ...request }, signal)).frames
  }

  /** A small picture, PNG. @throws as `open`; UNKNOWN_IMAGE also when no frame is there yet */
  async thumbnail(
    request: { readonly id: string; readonly maxSize: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#ask({ type: 'thumbnail', ...request }, signal)).png
  }

  /** Where an item, or a file within one, is. @throws CoverslipError UNKNOWN_IMAGE, DATA_FOLDER */
  path(id: string): Promise<string> {
    return galleryPath(this.#requireDataFolder(), id)
  }

  /** Ends the worker; what is under way is refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#endWorker(new CoverslipError('INTERNAL', 'Coverslip is closing'))
  }

  #folder(): string {
    return `${this.#requireDataFolder()}/${recordingsFolder}`
  }

  #requireDataFolder(): string {
    if (this.#dataFolder !== undefined) return this.#dataFolder
    throw new CoverslipError('DATA_FOLDER', 'There is no data folder to look into', {
      hint: 'Start Coverslip with --data <folder>.',
    })
  }

  async #ask<Type extends GalleryRequest['type']>(
    request: Extract<GalleryRequest, { type: Type }> & { readonly type: Type },
    signal: AbortSignal | undefined,
  ): Promise<AnswerTo<Type>> {
    this.#requireDataFolder()
    signal?.throwIfAborted()
    const outcome = await new Promise<GalleryAnswer | CoverslipError>((settle) => {
      this.#waiting.push({ request, signal, settle })
      this.#next()
    })
    if (outcome instanceof CoverslipError) throw outcome
    if (isAnswerTo<Type>(outcome, request.type)) return outcome
    throw new CoverslipError('INTERNAL', `The gallery answered ${outcome.type} to ${request.type}`)
  }

  #next(): void {
    while (this.#asked.size < atOnce) {
      const waiting = this.#take()
      if (waiting === undefined) return
      if (this.#closed || waiting.signal?.aborted === true) {
        waiting.settle(new CoverslipError('INTERNAL', 'Nobody waits for it any more'))
        continue
      }
      const number = this.#number++
      const timer = setTimeout(() => void this.#endWorker(tooLong(waiting.request)), limitMs)
      this.#asked.set(number, { waiting, timer })
      const worker = this.#started()
      worker.postMessage({ number, request: waiting.request } satisfies GalleryRequestMessage)
      // It keeps its place until the worker has left off: whoever gives up quickly must not fill the worker with work.
      const drop = () => {
        if (this.#asked.has(number)) worker.postMessage({ dropped: number } satisfies GalleryRequestMessage)
      }
      waiting.signal?.addEventListener('abort', drop, { once: true })
    }
  }

  /** The request that has waited longest; small pictures come after what somebody looks at. */
  #take(): Waiting | undefined {
    const asked = [...this.#asked.values()]
    const lists = asked.filter(({ waiting }) => waiting.request.type === 'list').length
    const may = ({ request }: Waiting) => request.type !== 'list' || lists < listsAtOnce
    const first = this.#waiting.findIndex((waiting) => may(waiting) && waiting.request.type !== 'thumbnail')
    const at = first === -1 ? this.#waiting.findIndex(may) : first
    return at === -1 ? undefined : this.#waiting.splice(at, 1)[0]
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const workerData: GalleryWorkerData = { dataFolder: this.#requireDataFolder() }
    const worker = new Worker(workerUrl('acquisition/gallery/gallery-worker'), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    this.#worker = worker
    worker.on('message', (message: GalleryAnswerMessage) => {
      this.#settle(
        message.number,
        'answer' in message ? message.answer : CoverslipError.deserialize(message.error),
      )
    })
    const failed = (reason: string) => {
      if (this.#worker !== worker) return
      void this.#endWorker(
        new CoverslipError('UNREADABLE_IMAGE', `The gallery gave up: ${reason}`, {
          hint: 'Try again; if it happens with the same file, that file is damaged or too large.',
        }),
      )
    }
    worker.on('error', (error) => failed(error instanceof Error ? error.message : String(error)))
    worker.on('exit', () => failed('its thread ended'))
    return worker
  }

  #settle(number: number, outcome: GalleryAnswer | CoverslipError): void {
    const asked = this.#asked.get(number)
    if (asked === undefined) return
    clearTimeout(asked.timer)
    this.#asked.delete(number)
    asked.waiting.settle(outcome)
    this.#next()
  }

  /** Everything that it was asked fails with `reason`. */
  async #endWorker(reason: CoverslipError): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    for (const number of [...this.#asked.keys()]) this.#settle(number, reason)
    await worker?.terminate()
  }
}

function isAnswerTo<Type extends GalleryRequest['type']>(
  answer: GalleryAnswer,
  type: Type,
): answer is AnswerTo<Type> {
  return answer.type === type
}

function tooLong(request: GalleryRequest): CoverslipError {
  const what = 'id' in request ? request.id : 'The list'
  return new CoverslipError('UNREADABLE_IMAGE', `${what} took longer than ${limitMs / 1000} s to read`, {
    hint: 'Check the disk it is on, or whether another program opens it.',
  })
}
