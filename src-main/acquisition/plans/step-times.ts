import type { PlanStep } from '../../../src-shared/acquisition/acquisition-status.ts'
import { LineFit } from './line-fit.ts'

/** What a plan does between and with its images. */
export type Step = {
  readonly kind: PlanStep
  /** What does it: a stage, a channel, an autofocus device, cameras. */
  readonly by: string
  /** Of a move, µm; absent: it does not matter. */
  readonly distanceUm?: number
}

type StepTime = { readonly seconds: number; readonly isMeasured: boolean }

/** Of a motorised microscope of today, where nothing has been measured: seconds, and µm/s where there is a distance. */
const assumed: Readonly<Record<PlanStep, { readonly seconds: number; readonly umPerSecond: number }>> = {
  stage: { seconds: 0.1, umPerSecond: 5000 },
  focus: { seconds: 0.03, umPerSecond: 500 },
  channel: { seconds: 0.08, umPerSecond: Infinity },
  autofocus: { seconds: 1.5, umPerSecond: Infinity },
  // From the end of an exposure to the next image's beginning, when nothing moves.
  image: { seconds: 0.02, umPerSecond: Infinity },
  // Of a camera that says how fast it is.
  burst: { seconds: 0, umPerSecond: Infinity },
  // Of a piezo.
  plane: { seconds: 0.01, umPerSecond: 500 },
  // Light, the first frame, and a look whether all was as it should be.
  sequence: { seconds: 0.1, umPerSecond: Infinity },
}

/** How long the steps of plans take: as they took in the plans until now, device by device; or else as is usual. */
export class StepTimes {
  readonly #measured = new Map<string, LineFit>()

  /** A step has taken `seconds`. */
  measured({ kind, by, distanceUm = 0 }: Step, seconds: number): void {
    const key = `${kind}\n${by}`
    const fit = this.#measured.get(key) ?? new LineFit()
    fit.add(distanceUm, seconds)
    this.#measured.set(key, fit)
  }

  /** Does `action`, and notes how long `step` has taken by that, unless it fails. */
  async timed(step: Step, action: () => Promise<unknown>): Promise<void> {
    const began = performance.now()
    await action()
    this.measured(step, (performance.now() - began) / 1000)
  }

  of({ kind, by, distanceUm = 0 }: Step): StepTime {
    const { seconds, umPerSecond } = assumed[kind]
    const measured = this.#measured.get(`${kind}\n${by}`)?.at(distanceUm, 1 / umPerSecond)
    return measured === undefined
      ? { seconds: seconds + distanceUm / umPerSecond, isMeasured: false }
      : { seconds: measured, isMeasured: true }
  }
}
