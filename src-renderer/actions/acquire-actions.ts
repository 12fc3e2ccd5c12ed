/** Plans: loading, keeping, estimating and running them. */
import type { PlanRequest } from '../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate, PlanStatus } from '../../src-shared/acquisition/acquisition-status.ts'
import { type PlanRemark, readPlan } from '../../src-shared/plan/read-plan.ts'
import type { PlanPosition } from '../../src-shared/plan/sequence.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { failureOf, type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { emptyDraft, type PlanDraft, type PlanRun, withPlan, withRun } from '../stores/plan-draft.ts'
import { focusStage, xyStage } from '../stores/selectors.ts'
import { addNotice, noteOutcome } from '../stores/session-store.ts'
import { permitted } from './control-actions.ts'
import { moveStageTo } from './stage-actions.ts'

type Plan = Readonly<Record<string, unknown>>

/** What the engine is asked to run, or to estimate. */
export function requestOf({ name, sequence, run }: PlanDraft): PlanRequest {
  return { plan: { ...writePlan(sequence) }, ...run, ...(name.trim() === '' ? {} : { name: name.trim() }) }
}

/** What the plan would take, and why it could not be run. */
export function estimatePlan({ backend }: Services, draft: PlanDraft): Promise<Outcome<PlanEstimate>> {
  return outcome(backend.client.acquisition.estimate(requestOf(draft)))
}

/** Whether a plan is under way. */
export function isRunning(status: PlanStatus | undefined): boolean {
  return status !== undefined && status.state !== 'finished'
}

/** Starts the plan being edited; a notice says why it did not. */
export async function startPlan(services: Services): Promise<void> {
  if (!permitted(services, 'The plan was not started')) return
  const { backend, engine, plan, session } = services
  const started = await outcome(backend.client.acquisition.start(requestOf(plan.getState())))
  noteOutcome(session, 'The plan was not started', started.ok ? undefined : started.failure)
  // The event says the same; the answer must be seen at once, and not after what followed it.
  if (started.ok && engine.getState().acquisition?.id !== started.value.id)
    engine.apply({ type: 'acquisitionChanged', acquisition: started.value })
}

/** Pauses the plan that runs after the event under way. */
export async function pausePlan({ backend, session }: Services): Promise<void> {
  noteOutcome(session, 'The plan was not paused', await failureOf(backend.client.acquisition.pause({})))
}

/** Goes on with the plan that is paused. */
export async function resumePlan({ backend, session }: Services): Promise<void> {
  noteOutcome(session, 'The plan did not go on', await failureOf(backend.client.acquisition.resume({})))
}

/** Ends the plan that runs; what was acquired is kept. */
export async function cancelPlan({ backend, session }: Services): Promise<void> {
  noteOutcome(
    session,
    'The plan could not be cancelled',
    await failureOf(backend.client.acquisition.cancel({})),
  )
}

/** What came with a plan that is put into the editor. */
export type PlanCompany = {
  /** What was found odd when it was read. */
  readonly remarks?: readonly PlanRemark[]
  /** How it was run and kept; absent: that stays as it is in the editor. */
  readonly run?: PlanRun | undefined
}

/** Puts `plan` (of a template, or an acquisition) into the editor. @returns why it cannot be read */
export function editPlan(
  { plan: store }: Services,
  plan: Plan,
  { remarks = [], run }: PlanCompany = {},
): CallFailure | undefined {
  try {
    const { sequence, warnings } = readPlan(plan)
    store.setState((draft) => {
      const edited = withPlan(draft, sequence, remarks.length > 0 ? remarks : warnings)
      return run === undefined ? edited : withRun(edited, run)
    })
    return undefined
  } catch (error) {
    return callFailure(error)
  }
}

/** Shows the Acquire view with the plan of an earlier acquisition, ready to be started as it was. */
export function repeatAcquisition(services: Services, plan: Plan, run: PlanRun | undefined): void {
  const failure = editPlan(services, plan, { run })
  if (failure === undefined) services.view.setState({ place: 'acquire' })
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
export function newPlan({ plan }: Services): void {
  plan.setState((draft) => ({ ...emptyDraft, run: draft.run }))
}

/** Largest plan file that is read, bytes. */
const maxFileBytes = 10_000_000

/** Reads a plan file, JSON or YAML, into the editor. @returns why it cannot be read */
export async function loadPlanFile(services: Services, file: File): Promise<CallFailure | undefined> {
  if (file.size > maxFileBytes) {
    return {
      code: 'TOO_LARGE',
      message: `${file.name} is larger than any plan.`,
      hint: 'Plans are JSON or YAML files of useq-schema (MDASequence).',
      details: undefined,
    }
  }
  const read = await outcome(file.text().then((text) => services.backend.client.plans.read({ text })))
  return read.ok ? editPlan(services, read.value.plan, { remarks: read.value.warnings }) : read.failure
}

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

/** Puts a kept template into the editor. @returns why it cannot be read */
export async function loadTemplate(services: Services, name: string): Promise<CallFailure | undefined> {
  const kept = await outcome(services.backend.client.plans.get({ name }))
  return kept.ok ? editPlan(services, kept.value.plan, { remarks: kept.value.warnings }) : kept.failure
}

/** Keeps the plan being edited as a template. */
export function saveTemplate(
  { backend, plan }: Services,
  { name, replace }: { readonly name: string; readonly replace: boolean },
): Promise<CallFailure | undefined> {
  const { sequence } = plan.getState()
  return failureOf(backend.client.plans.save({ name, plan: { ...writePlan(sequence) }, replace }))
}

export function removeTemplate({ backend }: Services, name: string): Promise<CallFailure | undefined> {
  return failureOf(backend.client.plans.remove({ name }))
}

/** Moves the stage, and the focus, to a position of the plan; axes that it does not name stay. */
export async function goToPosition(
  services: Services,
  { xUm, yUm, zUm }: Pick<PlanPosition, 'xUm' | 'yUm' | 'zUm'>,
): Promise<void> {
  if (!permitted(services, 'The stage was not moved')) return
  const { devices } = services.engine.getState()
  const [xy, focus] = [xyStage(devices), focusStage(devices)]
  const target = { ...(xUm === undefined ? {} : { x: xUm }), ...(yUm === undefined ? {} : { y: yUm }) }
  if (xy !== undefined && Object.keys(target).length > 0) await moveStageTo(services, xy.id, target)
  if (focus !== undefined && zUm !== undefined) await moveStageTo(services, focus.id, { z: zUm })
}
