/** Who operates: taking, handing over and giving back control. */
import { callFailure } from '../backend/call-failure.ts'
import { outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { type Refusal, whyNotByHand, whyNotFindFocus, whyNotOperate } from '../stores/permission.ts'
import { addNotice, noteOutcome } from '../stores/session-store.ts'

/** Takes control where it is free (or this is the owner), else asks who has it. */
export async function takeControl({ backend, engine, session }: Services): Promise<void> {
  try {
    const result = await backend.client.access.takeControl()
    noteOutcome(session, 'Control was not given', undefined)
    const { caller, control } = engine.getState()
    if (caller === undefined) return
    // The event says the same a moment later; the answer must be seen at once.
    engine.apply({
      type: 'controlChanged',
      control:
        result.status === 'granted'
          ? { holder: caller }
          : { ...control, holder: result.holder, request: { caller, until: result.until } },
    })
  } catch (error) {
    noteOutcome(session, 'Control was not given', callFailure(error))
  }
}

/** Stops operating, or asking to. */
export async function releaseControl({ backend, engine, session }: Services): Promise<void> {
  const released = await outcome(backend.client.access.releaseControl())
  if (released.ok) engine.apply({ type: 'controlChanged', control: released.value })
  noteOutcome(session, 'Control was not released', released.ok ? undefined : released.failure)
}

/** Answers who asks for control. */
export async function answerControl(
  { backend, engine, session }: Services,
  answer: { readonly grant: boolean },
): Promise<void> {
  const answered = await outcome(backend.client.access.answerControl(answer))
  if (answered.ok) engine.apply({ type: 'controlChanged', control: answered.value })
  noteOutcome(session, 'The answer did not arrive', answered.ok ? undefined : answered.failure)
}

/** Says why something was not done; a control that can be asked for is offered beside it. */
export function tellRefusal({ session }: Services, title: string, { reason, askable, code }: Refusal): void {
  addNotice(session, title, {
    code: code ?? (askable ? 'CONTROL_TAKEN' : 'FORBIDDEN'),
    message: reason,
    hint: undefined,
    details: undefined,
  })
}

/** Whether the microscope may be operated now; when not, says why, under `title`. */
export function permitted(services: Services, title: string): boolean {
  return isAllowed(services, title, whyNotOperate(services.engine.getState()))
}

/** Whether stage, light and channel may be set by hand now; when not, says why, under `title`. */
export function permittedByHand(services: Services, title: string): boolean {
  return isAllowed(services, title, whyNotByHand(services.engine.getState()))
}

/** Whether the focus may be searched for now; when not, says why, under `title`. */
export function permittedToFindFocus(services: Services, title: string): boolean {
  return isAllowed(services, title, whyNotFindFocus(services.engine.getState()))
}

function isAllowed(services: Services, title: string, refusal: Refusal | undefined): boolean {
  if (refusal === undefined) return true
  tellRefusal(services, title, refusal)
  return false
}
