import { whyNotByHand, whyNotOperate } from './permission.ts'
import type { EngineState } from './engine-state.ts'
import type { EngineStore } from './engine-store.ts'
import { dropNotices, type Notice, type SessionStore } from './session-store.ts'

/** Whether what a notice complains of is no longer so. */
export function isOver({ failure }: Notice, state: EngineState): boolean {
  switch (failure.code) {
    case 'UNREACHABLE':
      return state.connection.state === 'connected'
    case 'CONTROL_TAKEN':
    case 'FORBIDDEN':
      return whyNotOperate(state) === undefined
    case 'SET_BY_PLAN':
      return whyNotByHand(state) === undefined
    case 'ACQUISITION_RUNNING':
      return (
        [state.recording, state.acquisition].every((run) => run === undefined || run.state === 'finished') &&
        state.focus?.state !== 'searching'
      )
    default:
      return false
  }
}

/** Takes notices away once their cause is gone. @returns its end */
export function forgetNotices(engine: EngineStore, session: SessionStore): () => void {
  return engine.subscribe((state, before) => {
    // A cause that was not there when the notice came is none of its.
    dropNotices(session, (notice) => isOver(notice, state) && !isOver(notice, before))
  })
}
