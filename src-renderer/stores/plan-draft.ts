/** The plan being edited: pure functions from one draft to the next. */
import type { z } from 'zod'
import { type PlanRequest, planRequestSchema } from '../../src-shared/acquisition/acquisition-requests.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type PlanRemark, problemsOfRefusal, readPlan } from '../../src-shared/plan/read-plan.ts'
import { type Axis, defaultAxisOrder, type MdaSequence } from '../../src-shared/plan/sequence.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'

/** How it is run and kept: what a plan's file does not say. */
export const runOptionsSchema = planRequestSchema.omit({ plan: true, name: true })
export type RunOptions = z.infer<typeof runOptionsSchema>
/** The same with the name of the acquisition: how one was run. */
export type PlanRun = Omit<PlanRequest, 'plan'>

export type PlanDraft = {
  /** Of the acquisition; empty: named by the time of its start. */
  readonly name: string
  /** What will be run. Fields that the editor does not show stay as they are in it. */
  readonly sequence: MdaSequence
  /** Settings of sections that are switched off, for when they are switched on again. */
  readonly shelf: MdaSequence
  readonly run: RunOptions
  /** What was found odd when the plan was loaded. Not remembered. */
  readonly remarks: readonly PlanRemark[]
}

/** Parts of a plan that can be switched on and off. */
export const planSections = ['channels', 'z', 'positions', 'grid', 'time', 'autofocus'] as const
export type PlanSection = (typeof planSections)[number]

/** The axis that a section goes through; autofocus has none. */
const axisOf = { channels: 'c', z: 'z', positions: 'p', grid: 'g', time: 't', autofocus: undefined } as const

/** A plan of nothing: one image where the microscope stands. */
export const emptySequence: MdaSequence = {
  metadata: {},
  axisOrder: defaultAxisOrder,
  positions: [],
  grid: undefined,
  channels: [],
  time: undefined,
  z: undefined,
  autofocus: undefined,
  setup: undefined,
  keepShutterOpenAcross: [],
}

/** Before anything has been planned. */
export const emptyDraft: PlanDraft = {
  name: '',
  sequence: emptySequence,
  shelf: emptySequence,
  run: runOptionsSchema.parse({}),
  remarks: [],
}

/** Whether `sequence` has settings for `section`. */
export function isOn(sequence: MdaSequence, section: PlanSection): boolean {
  const part = sequence[section]
  return Array.isArray(part) ? part.length > 0 : part !== undefined
}

/** `order` with `axis` in it: where it lies by default among those that are there. */
function withAxis(order: readonly Axis[], axis: Axis | undefined): readonly Axis[] {
  if (axis === undefined || order.includes(axis)) return order
  const later = defaultAxisOrder.slice(defaultAxisOrder.indexOf(axis) + 1)
  const before = order.findIndex((other) => later.includes(other))
  return before < 0 ? [...order, axis] : order.toSpliced(before, 0, axis)
}

/** The draft with other settings in its plan; axes that have settings are in its order. */
export function withSequence(draft: PlanDraft, patch: Partial<MdaSequence>): PlanDraft {
  const sequence = { ...draft.sequence, ...patch }
  const axisOrder = planSections
    .filter((section) => isOn(sequence, section))
    .reduce((order, section) => withAxis(order, axisOf[section]), sequence.axisOrder)
  return { ...draft, sequence: { ...sequence, axisOrder } }
}

/** Switches a section off; its settings are kept. */
export function switchOff(draft: PlanDraft, section: PlanSection): PlanDraft {
  return {
    ...draft,
    sequence: { ...draft.sequence, [section]: emptySequence[section] },
    shelf: { ...draft.shelf, [section]: draft.sequence[section] },
  }
}

/** Switches a section on, with the settings that it had, or else with those of `usual`. */
export function switchOn(draft: PlanDraft, section: PlanSection, usual: MdaSequence): PlanDraft {
  if (isOn(draft.sequence, section)) return draft
  const source = isOn(draft.shelf, section) ? draft.shelf : usual
  return withSequence(draft, { [section]: source[section] })
}

/** The draft with the plan of a file or a template; name and run options stay. */
export function withPlan(
  draft: PlanDraft,
  sequence: MdaSequence,
  remarks: readonly PlanRemark[] = [],
): PlanDraft {
  return { ...withSequence({ ...draft, sequence, shelf: emptySequence }, {}), remarks }
}

/** The draft to be run and kept as an acquisition was. */
export function withRun(draft: PlanDraft, { name = '', ...run }: PlanRun): PlanDraft {
  return { ...draft, name, run }
}

type PlanCheck = {
  /** Why it cannot be run, whatever the microscope. */
  readonly problems: readonly PlanRemark[]
  readonly warnings: readonly PlanRemark[]
}

/** Whether a plan contradicts itself. */
export function checkPlan(sequence: MdaSequence): PlanCheck {
  try {
    return { problems: [], warnings: readPlan(writePlan(sequence)).warnings }
  } catch (error) {
    if (!(error instanceof CoverslipError)) throw error
    return { problems: problemsOfRefusal(error), warnings: [] }
  }
}
