/** Goes through a search for the focus on a microscope. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FocusSample } from './focus-peak.ts'
import { type FocusFound, focusSearch, type SweepRange } from './focus-search.ts'
import type { Sharpness } from './sharpness.ts'

/** What a search needs of a microscope. */
export interface FocusSteps {
  /** Moves the focus drive; resolves when it has arrived. */
  moveTo(zUm: number): Promise<void>
  /** The sharpness of an image whose exposure begins after the call. */
  measure(): Promise<Sharpness>
}

/** How to look for the focus, and where to go then. */
export type FocusRun = {
  readonly range: SweepRange
  /** Where to stop above the sharpest plane, µm. */
  readonly offsetUm?: number
  /** Waited after each move, ms. */
  readonly settleMs?: number
  readonly signal: AbortSignal
  readonly measured?: (sample: FocusSample) => void
}

/** Before the drive goes back, it goes so much further, and comes to each plane from the same side, µm. */
const backlashUm = 5

/**
 * Finds the focus and goes there. When that fails the drive stands anywhere in the range: the caller puts it back.
 * @throws CoverslipError NO_FOCUS; whatever `steps` throw; the reason of `signal`.
 */
export async function findFocus(steps: FocusSteps, run: FocusRun): Promise<FocusFound> {
  const { range, offsetUm = 0, settleMs = 0, signal, measured } = run
  const { fromUm, toUm } = range
  const direction = Math.sign(toUm - fromUm)
  let at: number | undefined
  const approach = async (zUm: number): Promise<void> => {
    signal.throwIfAborted()
    if (at !== undefined && (zUm - at) * direction < 0) {
      const before = zUm - direction * backlashUm
      const first = direction > 0 ? Math.max(before, fromUm) : Math.min(before, fromUm)
      if ((zUm - first) * direction > 0) await steps.moveTo(first)
    }
    signal.throwIfAborted()
    await steps.moveTo(zUm)
    at = zUm
    if (settleMs > 0) await delay(settleMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    signal.throwIfAborted()
  }
  const search = focusSearch(range)
  let step = search.next()
  while (step.done !== true) {
    const zUm = step.value
    await approach(zUm)
    const sharpness = await steps.measure()
    signal.throwIfAborted()
    measured?.({ zUm, ...sharpness })
    step = search.next(sharpness)
  }
  const { zUm, score } = step.value
  if (offsetUm !== 0) await approach(zUm + offsetUm)
  return { zUm: zUm + offsetUm, score }
}
