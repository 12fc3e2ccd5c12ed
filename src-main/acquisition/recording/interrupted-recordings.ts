/**
 * Recordings that were interrupted are completed at the start. Whether one of another computer, or of another container,
 * is still under way only time tells: those that may be are looked at again.
 */
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { completeInterrupted, type DoubtfulRecording } from './complete-interrupted.ts'

/** Whatever writes a recording has changed something by then, also where the disk is slow. */
const lookAgainMs = 60_000

type Options = {
  readonly dataFolder: string
  readonly alerts: AlertSink
  /** Some that might have been under way are complete now. */
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
  #lookAgain(places: readonly DoubtfulRecording[]): void {
    if (this.#closed || places.length === 0) return
    const { dataFolder, alerts, completed } = this.#options
    this.#timer = setTimeout(() => {
      this.#looking = completeInterrupted(dataFolder, alerts, places).then((still) => {
        if (still.length < places.length) completed()
        this.#lookAgain(still)
      })
    }, lookAgainMs).unref()
  }
}
