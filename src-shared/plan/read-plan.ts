import { z } from 'zod'
import { CoverslipError } from '../errors.ts'
import { fieldPath, type FieldProblem, leafIssues, plainWords, problemText } from '../field-problems.ts'
import { isRelativeGrid } from './grid-plan.ts'
import { imageFocusRemarks } from './image-focus.ts'
import { type MdaSequence, mdaSequenceSchema } from './sequence.ts'

/** Something about a plan that its author should know. */
export const planRemarkSchema = z.object({ path: z.string(), message: z.string() })
/** What is odd about a field of a plan. */
export type PlanRemark = FieldProblem

/** A plan, and what its author should know. */
export type ReadPlan = {
  readonly sequence: MdaSequence
  /** What was passed over, or will be otherwise than one may think. */
  readonly warnings: readonly PlanRemark[]
}

/** How many times unknown keys are looked for anew: a key may hide behind another one's problem. */
const maxPasses = 8
/** A file with more of them is no plan. */
const mostUnknown = 10_000
/** Problems that the message itself names. */
const mostTold = 5

/**
 * Reads a plan (an MDASequence of useq-schema, as parsed JSON or YAML). Unknown keys are warned of, as they are often
 * misspelt ones.
 * @throws CoverslipError INVALID_INPUT naming the path of everything that cannot be run; `data.problems` lists them.
 */
export function readPlan(file: unknown): ReadPlan {
  try {
    return read(file)
  } catch (error) {
    // Of calls within calls: nobody plans so deeply.
    if (error instanceof RangeError) throw planRefusal([{ path: '', message: 'is nested too deeply' }])
    throw error
  }
}

function read(file: unknown): ReadPlan {
  const warnings: PlanRemark[] = []
  const input = structuredClone(file)
  for (let pass = 0; pass < maxPasses; pass++) {
    const parsed = mdaSequenceSchema.safeParse(input, { error: plainWords })
    if (parsed.success) {
      const sequence = parsed.data
      return { sequence, warnings: [...warnings, ...imageFocusRemarks(sequence), ...unexpected(sequence)] }
    }
    const issues = leafIssues(parsed.error.issues)
    const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys')
    if (unknown.length === 0)
      throw planRefusal(issues.map(({ path, message }) => ({ path: fieldPath(path), message })))
    const count = unknown.reduce((sum, { keys }) => sum + keys.length, warnings.length)
    if (count > mostUnknown)
      throw planRefusal([
        { path: '', message: `has ${count} fields that are not known: is it another file?` },
      ])
    for (const { path, keys } of unknown) {
      for (const key of keys)
        warnings.push({ path: fieldPath([...path, key]), message: 'is not known, and not used' })
      removeKeys(input, path, keys)
    }
  }
  throw planRefusal([{ path: '', message: 'is nested too deeply' }])
}

/** The error that refuses a plan for `problems`; `data.problems` lists them. */
export function planRefusal(problems: readonly PlanRemark[]): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `The plan cannot be run: ${problemText(problems, mostTold)}`, {
    hint: 'Correct the fields named; docs/acquisition.md describes the format.',
    data: { problems },
  })
}

/** What a refused plan was refused for; of any other error, that itself. */
export function problemsOfRefusal({
  data,
  message,
}: Pick<CoverslipError, 'data' | 'message'>): readonly PlanRemark[] {
  const problems = z.array(planRemarkSchema).safeParse(data?.['problems'])
  return problems.success ? problems.data : [{ path: '', message }]
}

/** Takes `keys` from the object at `path` of `input`. */
function removeKeys(input: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  let at = input
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return
    at = Reflect.get(at, step)
  }
  if (typeof at !== 'object' || at === null) return
  for (const key of keys) Reflect.deleteProperty(at, key)
}

/** What is allowed and seldom meant. */
function unexpected({ axisOrder, channels, grid, positions, z: stack }: MdaSequence): readonly PlanRemark[] {
  const remarks: PlanRemark[] = []
  const before = (a: 'c' | 't', b: 'c' | 't') => axisOrder.indexOf(a) < axisOrder.indexOf(b)
  const skipping = channels.findIndex(({ acquireEvery }) => acquireEvery > 1)
  if (skipping >= 0 && axisOrder.includes('t') && before('c', 't'))
    remarks.push({
      path: `channels[${skipping}].acquire_every`,
      message: 'skips time points of a channel that is taken as a whole: put t before c in axis_order',
    })
  const offset = channels.findIndex(({ zOffsetUm }) => zOffsetUm !== 0)
  if (offset >= 0 && stack === undefined)
    remarks.push({ path: `channels[${offset}].z_offset`, message: 'has no effect without a z_plan' })
  if ('plate' in positions) {
    if (positions.wells.length === 0)
      remarks.push({ path: 'stage_positions.selected_wells', message: 'names no well: none is visited' })
    return remarks
  }
  for (const [i, { sequence }] of positions.entries())
    if (sequence?.setup !== undefined)
      remarks.push({
        path: `stage_positions[${i}].sequence.setup`,
        message: 'is not used: only that of the whole plan is set, before its first image',
      })
  if (grid === undefined || isRelativeGrid(grid)) return remarks
  const placed = positions.findIndex(({ xUm, yUm }) => xUm !== undefined || yUm !== undefined)
  if (placed >= 0)
    remarks.push({
      path: `stage_positions[${placed}]`,
      message: 'x and y are not used, as grid_plan says where its tiles are',
    })
  if (positions.filter(({ sequence }) => sequence?.grid === undefined).length > 1)
    remarks.push({ path: 'grid_plan', message: 'is imaged once for each position, at the same places' })
  return remarks
}
