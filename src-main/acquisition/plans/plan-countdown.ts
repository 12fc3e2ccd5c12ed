import type { NumberedEvent } from '../run/acquisition-hardware.ts'
import { type ClockOptions, PlanClock } from './plan-clock.ts'

/** How long a plan under way will still take, by what was estimated of it. */
export class PlanCountdown {
  readonly #clock: PlanClock
  readonly #durationS: number
  /** Of the event last told of, s after the plan's beginning. */
  #event: { readonly number: number; readonly startS: number } = { number: -1, startS: 0 }

  constructor(durationS: number, options: ClockOptions) {
    this.#durationS = durationS
    this.#clock = new PlanClock(options)
  }

  /** Seconds from the beginning of `event` to the end of the plan; events are told of one after the other. */
  from(event: NumberedEvent): number {
    if (event.number > this.#event.number)
      this.#event = { number: event.number, startS: this.#clock.next(event).startS }
    return Math.max(0, this.#durationS - this.#event.startS)
  }
}
