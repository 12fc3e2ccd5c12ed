import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { NumberedEvent } from '../run/acquisition-hardware.ts'
import { type BatchRules, inSequences, type InSequence } from '../run/microscope/event-batches.ts'
import { PlanClock } from './plan-clock.ts'
import type { PlanCosts } from './plan-costs.ts'

/** How long a plan under way will still take, by what was estimated of it. */
export class PlanCountdown {
  readonly #steps: Iterator<InSequence>
  readonly #clock: PlanClock
  readonly #durationS: number
  /** Events of the plan that the clock has gone through, and when the last of them begins, s after the plan's beginning. */
  #passed = 0
  #startS = 0

  /** Of a plan of `events`, in their order, that takes `durationS`. */
  constructor(events: Iterable<AcquisitionEvent>, { durationS, costs, rules }: CountdownOptions) {
    this.#steps = inSequences(events, rules)
    this.#durationS = durationS
    this.#clock = new PlanClock(costs)
  }

  /** Seconds from the beginning of `event` to the end of the plan; asked of any events, in their order. */
  from({ number }: NumberedEvent): number {
    while (this.#passed <= number) {
      const next = this.#steps.next()
      if (next.done === true) break
      this.#startS = this.#clock.next(next.value).startS
      this.#passed += 1
    }
    return Math.max(0, this.#durationS - this.#startS)
  }
}

type CountdownOptions = {
  readonly durationS: number
  readonly costs: Pick<PlanCosts, 'setUpS' | 'eventS'>
  readonly rules: BatchRules
}
