import type { Indexed } from '../../../src-shared/plan/plan-parts.ts'

/** Neighbours looked at in each list; of longer ones the whole length is compared. */
const mostSteps = 10_000
/** What floating point loses, relative to the step. */
const tolerance = 1e-6

/** How far neighbours lie apart, where that is the same in all `lists`; undefined: uneven, nothing, or no neighbours. */
export function evenStep(lists: readonly Indexed<number>[]): number | undefined {
  let step: number | undefined
  for (const list of lists) {
    const last = list.length - 1
    for (let i = 0; i < Math.min(last, mostSteps); i++) {
      const next = Math.abs(list.at(i + 1) - list.at(i))
      step ??= next
      if (!isClose(next, step)) return undefined
    }
    if (last > mostSteps && !isClose(Math.abs(list.at(last) - list.at(0)) / last, step ?? 0)) return undefined
  }
  return step === 0 ? undefined : step
}

const isClose = (a: number, b: number) => Math.abs(a - b) <= tolerance * b
