/** Plans in the editor: loading them, from files, templates and acquisitions, and keeping them. */
import { type PlanRemark, readPlan } from '../../src-shared/plan/read-plan.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { failureOf, type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import {
  emptyDraft,
  isOn,
  type PlanDraft,
  type PlanRun,
  planSections,
  withPlan,
  withRun,
} from '../stores/plan-draft.ts'
import { addNotice, noteOutcome, type PlanSource } from '../stores/session-store.ts'

type Plan = Readonly<Record<string, unknown>>

/** What came with a plan that is put into the editor. */
type PlanCompany = {
  /** What was found odd when it was read. */
  readonly remarks?: readonly PlanRemark[]
  /** How it was run and kept; absent: that stays as it is in the editor. */
  readonly run?: PlanRun | undefined
}

/** Puts `plan` (of a template, or an acquisition) into the editor. @returns why it cannot be read */
function putIn(
  services: Services,
  plan: Plan,
  { remarks = [], run }: PlanCompany = {},
): CallFailure | undefined {
  try {
    const { sequence, warnings } = readPlan(plan)
    const edited = withPlan(services.plan.getState(), sequence, remarks.length > 0 ? remarks : warnings)
    replacePlan(services, run === undefined ? edited : withRun(edited, run))
    return undefined
  } catch (error) {
    return callFailure(error)
  }
}

/** Shows another plan in the editor; the one before can be brought back, unless it was empty. */
function replacePlan({ plan, session }: Services, next: PlanDraft): void {
  const before = plan.getState()
  const isEmpty = planSections.every((section) => !isOn(before.sequence, section))
  if (!isEmpty) session.setState({ planBefore: before })
  plan.setState(next)
}

/** Puts `plan` into the editor; the editor says why it cannot be read. */
export function editPlan(services: Services, plan: Plan): void {
  tellLoaded(services, putIn(services, plan))
}

/** Brings back the plan that was replaced last; the present one takes its place. */
export function bringBackPlan({ plan, session }: Services): void {
  const { planBefore } = session.getState()
  if (planBefore === undefined) return
  session.setState({ planBefore: plan.getState(), loadFailure: undefined })
  plan.setState(planBefore)
}

function tellLoaded({ session }: Services, failure: CallFailure | undefined, source?: PlanSource): void {
  session.setState({ loadFailure: failure === undefined ? undefined : { failure, source } })
}

/** Shows the Acquire view with the plan of an earlier acquisition, ready to be started as it was. */
export function repeatAcquisition(services: Services, plan: Plan, run: PlanRun | undefined): void {
  const failure = putIn(services, plan, { run })
  if (failure === undefined) {
    tellLoaded(services, undefined)
    services.view.setState({ place: 'acquire' })
  }
  noteOutcome(services.session, 'The acquisition cannot be repeated', failure)
}

/** Says that the plan being edited is larger than what this computer remembers. */
export function tellTooLarge(session: Services['session']): void {
  addNotice(session, 'The plan is not remembered', {
    code: 'TOO_LARGE',
    message: 'It is too large to be there again when this page is opened anew.',
    hint: 'Save it as a file, or keep it as a template.',
    details: undefined,
  })
}

/**
 * The plan of last time was read in part.
 * @param keptAs where the browser still has all of it
 */
export function tellUnreadable(session: Services['session'], keptAs: string): void {
  addNotice(session, 'Part of the remembered plan cannot be read', {
    code: 'INVALID_INPUT',
    message: 'It is empty now; the rest is as it was.',
    hint: `Look through the plan before you run it. What was remembered is still in this browser’s local storage, under ${keptAs}.`,
    details: undefined,
  })
}

/** An empty plan in place of the one being edited. */
export function newPlan(services: Services): void {
  replacePlan(services, { ...emptyDraft, run: services.plan.getState().run })
  tellLoaded(services, undefined)
}

/** Largest plan file that is read, bytes. */
const maxFileBytes = 10_000_000

/** Reads a plan file, JSON or YAML, into the editor, which says why it cannot be read. */
export async function loadPlanFile(services: Services, file: File): Promise<void> {
  if (file.size > maxFileBytes) {
    tellLoaded(services, {
      code: 'TOO_LARGE',
      message: `${file.name} is larger than any plan.`,
      hint: 'Plans are JSON or YAML files of useq-schema (MDASequence).',
      details: undefined,
    })
    return
  }
  const read = await outcome(file.text())
  if (read.ok) await loadPlanText(services, { fileName: file.name, openedAt: Date.now(), text: read.value })
  else tellLoaded(services, read.failure)
}

/** Reads the text of a plan file into the editor, which says why it cannot be read. */
export async function loadPlanText(services: Services, source: PlanSource): Promise<void> {
  const { text } = source
  const read = await outcome(services.backend.client.plans.read({ text }))
  const failure = read.ok ? putIn(services, read.value.plan, { remarks: read.value.warnings }) : read.failure
  tellLoaded(services, failure, source)
}

/** How a plan is written as text; useq-schema reads both. */
export type PlanFileFormat = 'json' | 'yaml'

/** The plan being edited as the text of a file. */
export function planFileText(
  { backend, plan }: Services,
  format: PlanFileFormat,
): Promise<Outcome<{ text: string }>> {
  return outcome(backend.client.plans.write({ plan: { ...writePlan(plan.getState().sequence) }, format }))
}

/** Names of the templates that were kept. */
export function listTemplates({ backend }: Services) {
  return outcome(backend.client.plans.list())
}

/** Puts a kept template into the editor, which says why it cannot be read. */
export async function loadTemplate(services: Services, name: string): Promise<void> {
  const kept = await outcome(services.backend.client.plans.get({ name }))
  const failure = kept.ok ? putIn(services, kept.value.plan, { remarks: kept.value.warnings }) : kept.failure
  tellLoaded(services, failure)
}

/** Keeps the plan being edited as a template. */
export function saveTemplate(
  { backend, plan }: Services,
  { name, replace }: { readonly name: string; readonly replace: boolean },
): Promise<CallFailure | undefined> {
  const { sequence } = plan.getState()
  return failureOf(backend.client.plans.save({ name, plan: { ...writePlan(sequence) }, replace }))
}

/** Removes a template that was kept. @returns why it could not be */
export function removeTemplate({ backend }: Services, name: string): Promise<CallFailure | undefined> {
  return failureOf(backend.client.plans.remove({ name }))
}
