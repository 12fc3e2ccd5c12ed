/** Plans: estimating and running them. */
import type { PlanRequest } from '../../src-shared/acquisition/acquisition-requests.ts'
import type { PlanEstimate, PlanStatus } from '../../src-shared/acquisition/acquisition-status.ts'
import type { PlanPosition } from '../../src-shared/plan/sequence.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'
import { failureOf, type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import type { PlanDraft } from '../stores/plan-draft.ts'
import { focusStage, xyStage } from '../stores/selectors.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { permitted } from './control-actions.ts'
import { moveStageTo } from './stage-actions.ts'

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
