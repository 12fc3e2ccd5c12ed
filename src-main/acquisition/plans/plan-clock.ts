/** How long a plan takes: what its times, exposures and moves add up to. */
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { InSequence } from '../run/microscope/event-batches.ts'
import type { PlanCosts } from './plan-costs.ts'

/** What the clock says of one event, s after the plan's beginning. */
type EventTimes = { readonly startS: number; readonly endS: number; readonly lateS: number }

/** Goes through a plan event by event, as the runner does, without waiting. */
export class PlanClock {
  readonly #costs: Pick<PlanCosts, 'setUpS' | 'eventS'>
  #last: AcquisitionEvent | undefined
  #nowS = 0
  /** When the timer was reset last. */
  #zeroS = 0

  constructor(costs: Pick<PlanCosts, 'setUpS' | 'eventS'>) {
    this.#costs = costs
  }

  /** Of the next event of the plan. */
  next(step: InSequence): EventTimes {
    const { event } = step
    const last = this.#last
    this.#last = event
    const readyS = this.#nowS + this.#costs.setUpS(step, last)
    if (event.resetTimer) this.#zeroS = readyS - (event.minStartS ?? 0)
    const dueS = event.minStartS === undefined ? undefined : this.#zeroS + event.minStartS
    const startS = Math.max(readyS, dueS ?? 0)
    const lateS = dueS === undefined || !hasOwnTime(event, last) ? 0 : Math.max(0, readyS - dueS)
    this.#nowS = startS + this.#costs.eventS(step, last)
    return { startS, endS: this.#nowS, lateS }
  }
}

/** Whether an event waits for a time of its own: the images of one time point share one, which the first waits for. */
export function hasOwnTime(
  { minStartS, resetTimer }: AcquisitionEvent,
  last: AcquisitionEvent | undefined,
): boolean {
  return minStartS !== undefined && (resetTimer || minStartS !== last?.minStartS)
}
