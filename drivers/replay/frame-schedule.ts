/** Lag up to which frames that are late are made up for, ms. */
const toleratedLagMs = 1000
/** How close frames may follow each other while a lag is made up for, periods. */
const closest = 0.25

/**
 * When frames are due: whole periods after each other, so that the mean rate is exact although timers are not.
 * After a hold-up frames follow faster until the lag is made up for, but never in a burst; after a long one the
 * schedule begins anew.
 */
export class FrameSchedule {
  #periodMs: number
  /** When the next frame would be due without any lag. */
  #nominalMs: number
  #sentMs = Number.NEGATIVE_INFINITY

  constructor(periodMs: number, nowMs: number) {
    this.#periodMs = periodMs
    this.#nominalMs = nowMs
  }

  /** When the next frame is due, on the clock that `nowMs` is read from. */
  get dueMs(): number {
    return Math.max(this.#nominalMs, this.#sentMs + closest * this.#periodMs)
  }

  /** Counts the frame that was due as sent at `nowMs`. */
  advance(nowMs: number): void {
    this.#sentMs = nowMs
    this.#nominalMs += this.#periodMs
    if (nowMs - this.#nominalMs > toleratedLagMs) this.#nominalMs = nowMs + this.#periodMs
  }

  /** Changes the period, counted from the last frame. */
  setPeriod(periodMs: number): void {
    this.#nominalMs += periodMs - this.#periodMs
    this.#periodMs = periodMs
  }

  /** Makes a frame due now. */
  restart(nowMs: number): void {
    this.#nominalMs = nowMs
    this.#sentMs = Number.NEGATIVE_INFINITY
  }
}
