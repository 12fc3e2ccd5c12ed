import type { Step, StepTimes } from '../../plans/step-times.ts'

/** Times how a burst or a triggered stack is gone through, while it is. */
export class SequencePace {
  readonly #beganAt = performance.now()
  /** When the image after the first began, and the last: then the one before was there. */
  #secondAt = 0
  #lastAt = 0
  #images = 0

  /** Another image begins. */
  begun(): void {
    this.#images += 1
    this.#lastAt = performance.now()
    if (this.#images === 2) this.#secondAt = this.#lastAt
  }

  /**
   * Notes what `step`, from one image to the next, has taken beyond `knownMs`; and what the sequence has taken besides, to
   * begin and to end, by the same. Of fewer than three images nothing can be told.
   */
  ended(times: StepTimes, step: Step, knownMs: number): void {
    if (this.#images < 3) return
    const periodMs = (this.#lastAt - this.#secondAt) / (this.#images - 2)
    const besidesMs = performance.now() - this.#beganAt - this.#images * periodMs
    times.measured(step, Math.max(0, periodMs - knownMs) / 1000)
    times.measured({ kind: 'sequence', by: step.by }, Math.max(0, besidesMs) / 1000)
  }
}
