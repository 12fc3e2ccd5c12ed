/**
 * Recordings that were interrupted are completed at the start. Whether one of another computer, or of another container,
 * is still under way only time tells: those that seem to be are looked at again.
 */
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { completeInterrupted, type RecordingPlace, silentMs } from './complete-interrupted.ts'

type Options = {
  readonly dataFolder: string
  readonly alerts: AlertSink
  /** Some that seemed to be under way are complete now. */
  completed(): void
}

export class InterruptedRecordings {
  readonly #options: Options
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Completes those of before, before anything is recorded. */
  async start(): Promise<void> {
    const { dataFolder, alerts } = this.#options
    this.#lookAgain(await completeInterrupted(dataFolder, alerts))
  }

  /** Waits for what is being completed. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#looking
  }

  /** Only at those: others may be recordings of this very program by then. */
  #lookAgain(places: readonly RecordingPlace[]): void {
    if (this.#closed || places.length === 0) return
    const { dataFolder, alerts, completed } = this.#options
    this.#timer = setTimeout(() => {
      this.#looking = completeInterrupted(dataFolder, alerts, places).then((still) => {
        if (still.length < places.length) completed()
        this.#lookAgain(still)
      })
    }, silentMs).unref()
  }
}
