/** The gallery's worker, as it is asked: not for everything at once, and not for longer than it may take. */
import { Worker } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { workerUrl } from '../../worker-url.ts'
import type {
  GalleryAnswer,
  GalleryAnswerMessage,
  GalleryRequest,
  GalleryRequestMessage,
  GalleryWorkerData,
} from './gallery-messages.ts'

/** Requests that the worker has at once; the others wait, and those whose caller has gone are dropped. */
const atOnce = 6
/** Of these, lists: a search waits for files to be read, and must not keep images from being shown meanwhile. */
const listsAtOnce = 3
/** What takes longer is given up: who asked for it is told so. */
const limitMs = 120_000
/** Within this time the worker leaves off what was given up. Else it hangs, and another takes its place. */
const leaveOffMs = 30_000
/** Of JavaScript values; pixels lie outside of it. */
const heapMb = 1024

/** What a request of a type is answered by. */
export type AnswerTo<Type extends GalleryRequest['type']> = Extract<GalleryAnswer, { type: Type }>

type Waiting = {
  readonly request: GalleryRequest
  readonly signal: AbortSignal | undefined
  settle(outcome: GalleryAnswer | CoverslipError): void
}

/** What the worker was asked. */
type Asked = {
  readonly waiting: Waiting
  /** Of the limit, and then of the time to leave off. */
  timer: NodeJS.Timeout
  /** It took too long. */
  givenUp: boolean
}

/** How long the thread may take for a request, and then to leave off (ms) before it is ended. */
export type GalleryThreadOptions = {
  readonly dataFolder: string
  /** How long a request may take. */
  readonly limitOf?: (request: GalleryRequest) => number
  readonly leaveOffMs?: number
  /** The worker's entry. */
  readonly entry?: URL
}

export class GalleryThread {
  readonly #options: Required<GalleryThreadOptions>
  readonly #waiting: Waiting[] = []
  readonly #asked = new Map<number, Asked>()
  #worker: Worker | undefined
  #number = 0
  #closed = false

  constructor(options: GalleryThreadOptions) {
    const entry = workerUrl('acquisition/gallery/gallery-worker')
    this.#options = { limitOf: limitFor, leaveOffMs, entry, ...options }
  }

  /** Something has been kept, completed or removed. */
  changed(): void {
    this.#worker?.postMessage({ changed: true } satisfies GalleryRequestMessage)
  }

  /** Ends the worker; what is under way is refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#endWorker(new CoverslipError('INTERNAL', 'Coverslip is closing'))
  }

  /**
   * @throws what the worker throws; the signal's reason where it was aborted before; INTERNAL when the thread is closed
   */
  async ask<Type extends GalleryRequest['type']>(
    request: Extract<GalleryRequest, { type: Type }> & { readonly type: Type },
    signal: AbortSignal | undefined,
  ): Promise<AnswerTo<Type>> {
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
      const timer = setTimeout(() => this.#giveUp(number), this.#options.limitOf(waiting.request))
      this.#asked.set(number, { waiting, timer, givenUp: false })
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
    const { dataFolder, entry } = this.#options
    const workerData: GalleryWorkerData = { dataFolder }
    const worker = new Worker(entry, {
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
      void this.#endWorker(gaveUp(reason))
    }
    worker.on('error', (error) => failed(error instanceof Error ? error.message : String(error)))
    worker.on('exit', () => failed('its thread ended'))
    return worker
  }

  #settle(number: number, outcome: GalleryAnswer | CoverslipError): void {
    const asked = this.#asked.get(number)
    if (asked === undefined) return
    this.#forget(number)
    asked.waiting.settle(outcome)
    this.#next()
  }

  /** Tells who asked, and has the worker leave off. */
  #giveUp(number: number): void {
    const asked = this.#asked.get(number)
    if (asked === undefined) return
    asked.givenUp = true
    const { request, settle } = asked.waiting
    settle(tooLong(request, this.#options.limitOf(request)))
    this.#worker?.postMessage({ dropped: number } satisfies GalleryRequestMessage)
    asked.timer = setTimeout(() => void this.#replaceWorker(), this.#options.leaveOffMs)
  }

  /** It hangs: what else it was asked is asked of another, but for what may have been done already. */
  async #replaceWorker(): Promise<void> {
    for (const { waiting, givenUp } of [...this.#asked.values()].toReversed())
      if (!givenUp && isReading(waiting.request)) this.#waiting.unshift(waiting)
    for (const [number, { waiting }] of this.#asked) if (this.#waiting.includes(waiting)) this.#forget(number)
    await this.#endWorker(gaveUp('another file took too long'))
  }

  #forget(number: number): void {
    clearTimeout(this.#asked.get(number)?.timer)
    this.#asked.delete(number)
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

/** However many files are removed, they are no reason to end the worker, which would begin with them again. */
function limitFor({ type }: GalleryRequest): number {
  return type === 'removeDeleted' ? 100 * limitMs : limitMs
}

/** What changes nothing may be asked twice. */
function isReading({ type }: GalleryRequest): boolean {
  return type !== 'delete' && type !== 'rename' && type !== 'restore' && type !== 'removeDeleted'
}

function gaveUp(reason: string): CoverslipError {
  return new CoverslipError('UNREADABLE_IMAGE', `The gallery gave up: ${reason}`, {
    hint: 'Try again; if it happens with the same file, that file is damaged or too large.',
  })
}

function tooLong(request: GalleryRequest, afterMs: number): CoverslipError {
  const what = 'id' in request ? request.id : 'key' in request ? request.key : 'The list'
  if (!isReading(request))
    return new CoverslipError('DATA_FOLDER', `${what} took longer than ${afterMs / 1000} s`, {
      hint: 'It may be done all the same: look at the list again. Check the disk it is on.',
    })
  const ofStack =
    request.type === 'section' || ('zProjection' in request && request.zProjection !== undefined)
  return new CoverslipError('UNREADABLE_IMAGE', `${what} took longer than ${afterMs / 1000} s to read`, {
    hint: ofStack
      ? 'Ask for a smaller copy (level) where there is one, and for fewer planes at a time.'
      : 'Check the disk it is on, or whether another program opens it.',
  })
}
