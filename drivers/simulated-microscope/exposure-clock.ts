import { hostTimeMs } from './host-clock.ts'

/** How late a frame may be handed out before the schedule gives way: two periods, or this, ms. */
const patienceMs = 10
/** A running exposure is cut short for a new, shorter one when it would take this much longer, ms. */
const impatienceMs = 100

/** How long a frame takes. */
export type ExposureTiming = {
  readonly exposureMs: number
  /** Time from one frame to the next; at least the exposure. */
  readonly periodMs: number
}

/** A frame whose exposure has ended. */
export type ExposedFrame = {
  readonly sequence: number
  readonly exposureMs: number
  /** When the exposure ended, on `hostTimeMs`' clock. */
  readonly endMs: number
}

/**
 * Times the exposures of a free-running camera. The schedule goes on by whole periods, so that the mean rate is exact
 * whatever the timers do. Where the simulation is too slow for it, exposures begin later by whole periods: the camera
 * is slower then, but it has lost nothing, so its frame numbers have no gap.
 */
export class ExposureClock {
  readonly #timing: () => ExposureTiming
  readonly #deliver: (frame: ExposedFrame) => void
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #sequence = 0
  /** The exposure under way. */
  #current: ExposureTiming = { exposureMs: 0, periodMs: 0 }
  #endMs = 0

  /** `timing` is asked at the beginning of each exposure; `deliver` is called when one has ended. */
  constructor(timing: () => ExposureTiming, deliver: (frame: ExposedFrame) => void) {
    this.#timing = timing
    this.#deliver = deliver
  }

  start(): void {
    this.#sequence = 0
    this.#current = this.#timing()
    this.#endMs = hostTimeMs() + this.#current.exposureMs
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
  }

  /** To be called when the timing has changed: a long exposure gives way to a much shorter one. */
  retime(): void {
    if (this.#timer === undefined && this.#immediate === undefined) return
    const timing = this.#timing()
    const endMs = hostTimeMs() + timing.periodMs
    if (endMs + impatienceMs > this.#endMs) return
    this.stop()
    this.#current = timing
    this.#endMs = endMs
    this.#schedule()
  }

  #schedule(): void {
    const waitMs = this.#endMs - hostTimeMs()
    // Timers tick in whole ms; one that fires early would announce an exposure that has not ended.
    if (waitMs > 0) {
      this.#immediate = undefined
      this.#timer = setTimeout(() => this.#tick(), Math.ceil(waitMs))
    } else {
      this.#timer = undefined
      this.#immediate = setImmediate(() => this.#tick())
    }
  }

  #tick(): void {
    const lateMs = hostTimeMs() - this.#endMs
    if (lateMs < 0) {
      this.#schedule()
      return
    }
    const { exposureMs, periodMs } = this.#current
    if (lateMs > Math.max(2 * periodMs, patienceMs)) this.#endMs += Math.floor(lateMs / periodMs) * periodMs
    const frame = { sequence: this.#sequence, exposureMs, endMs: this.#endMs }
    this.#sequence += 1
    this.#current = this.#timing()
    this.#endMs += this.#current.periodMs
    // Before the delivery, which may stop the clock.
    this.#schedule()
    this.#deliver(frame)
  }
}
