import { hasOwnTime } from '../plans/plan-clock.ts'
import type { NumberedEvent } from './acquisition-hardware.ts'

/** When the events of a plan are due, ms of the run's clock. */
export class RunTimer {
  /** Time 0 of the events; undefined until the timer was reset. */
  #zero: number | undefined
  #last: NumberedEvent | undefined

  /** Undefined: at once. An event that resets the timer is on time whenever it begins. */
  dueAt({ minStartS, resetTimer }: NumberedEvent): number | undefined {
    if (minStartS === undefined || resetTimer || this.#zero === undefined) return undefined
    return this.#zero + 1000 * minStartS
  }

  /** `event` begins now. @returns how late it is, ms; undefined: it has no time of its own */
  begun(event: NumberedEvent, now: number): number | undefined {
    const due = this.dueAt(event)
    const last = this.#last
    this.#last = event
    if (event.resetTimer) this.#zero = now - 1000 * (event.minStartS ?? 0)
    return due === undefined || !hasOwnTime(event, last) ? undefined : Math.max(0, now - due)
  }

  /** Everything that is due moves by a pause of `ms`; what the timer is reset for later does not. */
  moveBy(ms: number): void {
    if (this.#zero !== undefined) this.#zero += ms
  }
}
