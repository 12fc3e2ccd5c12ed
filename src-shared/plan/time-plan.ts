/** When images are taken: useq-schema's time plans (`useq/_time.py`). */
import { z } from 'zod'
import { durationSchema } from './duration.ts'
import { fieldWithDefault, type Indexed, oneOfKinds, readAs } from './plan-parts.ts'

/** One phase. `loops`: number of time points. `prioritizeDuration`: a hint that useq-schema carries along. */
export type TimePhase =
  | {
      readonly kind: 'intervalLoops'
      readonly intervalS: number
      readonly loops: number
      readonly prioritizeDuration: boolean
    }
  | {
      readonly kind: 'durationLoops'
      readonly durationS: number
      readonly loops: number
      readonly prioritizeDuration: boolean
    }
  | {
      readonly kind: 'intervalDuration'
      readonly intervalS: number
      readonly durationS: number
      readonly prioritizeDuration: boolean
    }

/** Phases one after the other; the last time point of one is the first of the next. */
export type TimePlan = { readonly phases: readonly TimePhase[] }

const loops = z.number().int().positive()

const intervalDuration = z
  .strictObject({
    interval: durationSchema.refine((seconds) => seconds > 0, {
      message: 'must be longer than 0, or give loops instead of duration',
    }),
    duration: durationSchema,
    loops: z.unknown().optional(),
    prioritize_duration: fieldWithDefault(z.boolean(), true),
  })
  .transform(
    ({ interval, duration, prioritize_duration }): TimePhase => ({
      kind: 'intervalDuration',
      intervalS: interval,
      durationS: duration,
      prioritizeDuration: prioritize_duration,
    }),
  )

const intervalLoops = z
  .strictObject({
    interval: durationSchema,
    loops,
    prioritize_duration: fieldWithDefault(z.boolean(), false),
  })
  .transform(
    ({ interval, loops: count, prioritize_duration }): TimePhase => ({
      kind: 'intervalLoops',
      intervalS: interval,
      loops: count,
      prioritizeDuration: prioritize_duration,
    }),
  )

const durationLoops = z
  .strictObject({
    duration: durationSchema,
    loops,
    prioritize_duration: fieldWithDefault(z.boolean(), false),
  })
  .transform(
    ({ duration, loops: count, prioritize_duration }): TimePhase => ({
      kind: 'durationLoops',
      durationS: duration,
      loops: count,
      prioritizeDuration: prioritize_duration,
    }),
  )

const phaseSchema = oneOfKinds('time plan', [
  // Interval and duration win over loops, as in useq-schema.
  { keys: ['interval', 'duration'], schema: intervalDuration },
  { keys: ['interval', 'loops'], schema: intervalLoops },
  { keys: ['duration', 'loops'], schema: durationLoops },
])

const phasesSchema = z.array(phaseSchema).min(1)
const multiPhaseSchema = z.strictObject({ phases: phasesSchema }).transform(({ phases }) => phases)
const singlePhaseSchema = phaseSchema.transform((phase) => [phase])

/** Undefined: no plan (`null` and `{}`). */
export const timePlanSchema = z.unknown().transform((value, context): TimePlan | undefined => {
  if (value === null || value === undefined || isEmptyObject(value)) return undefined
  const hasPhases = typeof value === 'object' && 'phases' in value
  const schema = Array.isArray(value) ? phasesSchema : hasPhases ? multiPhaseSchema : singlePhaseSchema
  return { phases: readAs(schema, value, context) }
})

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}

function pointsOf(phase: TimePhase): { readonly count: number; readonly stepS: number } {
  switch (phase.kind) {
    case 'intervalLoops':
      return { count: phase.loops, stepS: phase.intervalS }
    case 'durationLoops':
      // One point has no distance; useq-schema divides by zero here.
      return { count: phase.loops, stepS: phase.loops === 1 ? 0 : phase.durationS / (phase.loops - 1) }
    case 'intervalDuration':
      return { count: Math.floor(phase.durationS / phase.intervalS) + 1, stepS: phase.intervalS }
  }
}

/** Start times, s after the timer was last reset. */
export function timesOf({ phases }: TimePlan): Indexed<number> {
  let length = 0
  let offsetS = 0
  const parts = phases.map((phase, i) => {
    const { count, stepS } = pointsOf(phase)
    // Later phases begin where the one before ended, which is a point already.
    const skipped = i === 0 ? 0 : 1
    const part = { first: length, skipped, stepS, offsetS }
    length += count - skipped
    offsetS += (count - 1) * stepS
    return part
  })
  return {
    length,
    at(index) {
      const part = parts.findLast(({ first }) => first <= index)
      if (part === undefined) throw new RangeError(`No time point ${index} of ${length}`)
      return part.offsetS + (index - part.first + part.skipped) * part.stepS
    },
  }
}
