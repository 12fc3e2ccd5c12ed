/** How long a plan takes: what its times, exposures and moves add up to. */
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'

/** Seconds that steps between images take. */
type StepCosts = {
  readonly stageS: number
  readonly focusS: number
  readonly channelS: number
  readonly autofocusS: number
  /** From the end of an exposure to the next image's beginning, when nothing moves. */
  readonly imageS: number
}

/** Of a motorised microscope of today, where nothing has been measured. */
const assumedCosts: StepCosts = {
  stageS: 0.15,
  focusS: 0.03,
  channelS: 0.08,
  autofocusS: 1.5,
  imageS: 0.02,
}

export type ClockOptions = {
  readonly costs?: StepCosts
  /** Of an image, ms. */
  readonly exposureMs: (event: AcquisitionEvent) => number
  /** Images of a search for the focus; 0: a device finds it. */
  readonly focusImages?: (event: AcquisitionEvent) => number
}

/** What the clock says of one event, s after the plan's beginning. */
type EventTimes = { readonly startS: number; readonly endS: number; readonly lateS: number }

/** Goes through a plan event by event, as the runner does, without waiting. */
export class PlanClock {
  readonly #costs: StepCosts
  readonly #exposureMs: ClockOptions['exposureMs']
  readonly #focusImages: (event: AcquisitionEvent) => number
  #last: AcquisitionEvent | undefined
  #nowS = 0
  /** When the timer was reset last. */
  #zeroS = 0

  constructor({ costs = assumedCosts, exposureMs, focusImages = () => 0 }: ClockOptions) {
    this.#costs = costs
    this.#exposureMs = exposureMs
    this.#focusImages = focusImages
  }

  /** Of the next event of the plan. */
  next(event: AcquisitionEvent): EventTimes {
    const last = this.#last
    this.#last = event
    const readyS = this.#nowS + this.#moveS(event, last)
    if (event.resetTimer) this.#zeroS = readyS - (event.minStartS ?? 0)
    const dueS = event.minStartS === undefined ? undefined : this.#zeroS + event.minStartS
    const startS = Math.max(readyS, dueS ?? 0)
    const lateS = dueS === undefined || !hasOwnTime(event, last) ? 0 : Math.max(0, readyS - dueS)
    this.#nowS =
      startS + (event.action.type === 'acquireImage' ? this.#imageS(event) : this.#autofocusS(event))
    return { startS, endS: this.#nowS, lateS }
  }

  #imageS(event: AcquisitionEvent): number {
    return this.#exposureMs(event) / 1000 + this.#costs.imageS
  }

  #autofocusS(event: AcquisitionEvent): number {
    const images = this.#focusImages(event)
    return images === 0 ? this.#costs.autofocusS : images * (this.#costs.focusS + this.#imageS(event))
  }

  #moveS(event: AcquisitionEvent, last: AcquisitionEvent | undefined): number {
    const { stageS, focusS, channelS } = this.#costs
    const moves = event.xUm !== last?.xUm || event.yUm !== last?.yUm
    const channel = event.channel
    const sameChannel =
      channel?.config === last?.channel?.config &&
      channel?.group === last?.channel?.group &&
      event.camera === last?.camera
    return (moves ? stageS : event.zUm === last?.zUm ? 0 : focusS) + (sameChannel ? 0 : channelS)
  }
}

/** Whether an event waits for a time of its own: the images of one time point share one, which the first waits for. */
export function hasOwnTime(
  { minStartS, resetTimer }: AcquisitionEvent,
  last: AcquisitionEvent | undefined,
): boolean {
  return minStartS !== undefined && (resetTimer || minStartS !== last?.minStartS)
}
