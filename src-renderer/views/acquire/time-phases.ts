/** Phases of a time lapse, from one way of giving them to another. */
import type { TimePhase } from '../../../src-shared/plan/time-plan.ts'

/** Ways to say how long a phase lasts, as the user reads them. */
export const phaseKinds: readonly { readonly value: TimePhase['kind']; readonly label: string }[] = [
  { value: 'intervalLoops', label: 'Interval and number' },
  { value: 'intervalDuration', label: 'Interval and duration' },
  { value: 'durationLoops', label: 'Duration and number' },
]

/** How long a phase lasts, in every way. */
export type PhaseFacts = { readonly intervalS: number; readonly durationS: number; readonly loops: number }

/** All three of what a phase gives two of. */
export function phaseFacts(phase: TimePhase): PhaseFacts {
  switch (phase.kind) {
    case 'intervalLoops':
      return {
        intervalS: phase.intervalS,
        loops: phase.loops,
        durationS: phase.intervalS * (phase.loops - 1),
      }
    case 'intervalDuration':
      return {
        intervalS: phase.intervalS,
        durationS: phase.durationS,
        loops: Math.floor(phase.durationS / phase.intervalS) + 1,
      }
    case 'durationLoops':
      return {
        durationS: phase.durationS,
        loops: phase.loops,
        intervalS: phase.loops === 1 ? phase.durationS : phase.durationS / (phase.loops - 1),
      }
  }
}

/** The same time points, given otherwise. */
export function phaseOfKind(phase: TimePhase, kind: TimePhase['kind']): TimePhase {
  if (phase.kind === kind) return phase
  const { intervalS, durationS, loops } = phaseFacts(phase)
  switch (kind) {
    case 'intervalLoops':
      return { kind, intervalS, loops, prioritizeDuration: false }
    case 'durationLoops':
      return { kind, durationS, loops, prioritizeDuration: false }
    case 'intervalDuration':
      // As fast as possible has no duration.
      return { kind, intervalS: intervalS > 0 ? intervalS : 1, durationS, prioritizeDuration: true }
  }
}
