/** The worker of an export, as the page sees it: requests are dealt with one after the other, each has its answer. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ExportReport, ExportRequest } from './export-messages.ts'

type Waiting = { resolve(report: ExportReport): void; reject(reason: unknown): void }

export class ExportLink {
  readonly #worker: Worker
  readonly #signal: AbortSignal
  /** In the order of the answers. */
  readonly #waiting: Waiting[] = []

  /**
   * @param worker that runs `export-worker.ts`
   * @param signal ends it, whatever it is doing; a file that it has not completed is not there
   */
  constructor(worker: Worker, signal: AbortSignal) {
    this.#worker = worker
    this.#signal = signal
    worker.addEventListener('message', ({ data }: MessageEvent<ExportReport>) =>
      this.#waiting.shift()?.resolve(data),
    )
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#refuse(
        new CoverslipError(
          'INTERNAL',
          `The export cannot go on: ${event.message || 'its worker could not be loaded'}`,
          {
            hint: 'Try smaller pictures, or fewer of them.',
          },
        ),
      )
    })
    const end = () => {
      worker.terminate()
      this.#refuse(signal.reason)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  }

  /**
   * A request may follow before the one before was answered.
   * @param given memory that the request gives away
   * @throws ExportError as the worker tells it; the reason of the signal
   */
  async ask(
    request: ExportRequest,
    given: Transferable[] = [],
  ): Promise<Exclude<ExportReport, { type: 'failed' }>> {
    this.#signal.throwIfAborted()
    const report = await new Promise<ExportReport>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(request, given)
    })
    if (report.type === 'failed') throw new ExportError(report.error)
    return report
  }

  #refuse(reason: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }
}

/** What went wrong in the worker, in words for the user. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
  readonly code: string
  readonly hint: string | undefined

  constructor({ code, message, hint }: Extract<ExportReport, { type: 'failed' }>['error']) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
