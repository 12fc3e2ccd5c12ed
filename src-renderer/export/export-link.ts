/** The worker of an export, as the page sees it: one request after the other, each with its answer. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ExportReport, ExportRequest } from './export-messages.ts'

type Waiting = { resolve(report: ExportReport): void; reject(reason: unknown): void }

export class ExportLink {
  readonly #worker: Worker
  readonly #signal: AbortSignal
  #waiting: Waiting | undefined

  /**
   * @param worker that runs `export-worker.ts`
   * @param signal ends it, whatever it is doing; a file that it has not completed is not there
   */
  constructor(worker: Worker, signal: AbortSignal) {
    this.#worker = worker
    this.#signal = signal
    worker.addEventListener('message', ({ data }: MessageEvent<ExportReport>) => this.#waiting?.resolve(data))
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#waiting?.reject(
        new CoverslipError(
          'INTERNAL',
          `The export cannot go on: ${event.message || 'its worker could not be loaded'}`,
          {
            hint: 'Try smaller pictures, or fewer of them.',
          },
        ),
      )
    })
    signal.addEventListener('abort', () => {
      worker.terminate()
      this.#waiting?.reject(signal.reason)
    })
  }

  /** @throws ExportError as the worker tells it; the reason of the signal */
  async ask(request: ExportRequest): Promise<Exclude<ExportReport, { type: 'failed' }>> {
    this.#signal.throwIfAborted()
    const report = await new Promise<ExportReport>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(request)
    })
    if (report.type === 'failed') throw new ExportError(report.error)
    return report
  }

  /** Ends the worker. */
  end(): void {
    this.#worker.terminate()
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
