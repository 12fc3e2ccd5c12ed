/** Finding the focus by the camera's image. */
import { callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { permittedToFindFocus } from './control-actions.ts'
import { selectedDetector } from './live-actions.ts'

/**
 * Searches with the camera on show, in the range of the panel; the search that is under way, it ends. A second press
 * before the page knows what came of the first is none.
 */
export async function toggleFocusSearch(services: Services): Promise<void> {
  const { engine, view, backend, session } = services
  const call = engine.getState().focus?.state === 'searching' ? 'stop' : 'find'
  const { focusCalls } = session.getState()
  if (focusCalls.includes('stop') || focusCalls.includes(call)) return
  session.setState({ focusCalls: [...focusCalls, call] })
  try {
    if (call === 'stop') {
      await backend.client.focus.stop()
      return
    }
    const detectorName = selectedDetector(services)
    if (detectorName === undefined) return
    if (!permittedToFindFocus(services, 'The focus was not searched for')) return
    await backend.client.focus.find({ detectorName, rangeUm: view.getState().focusRangeUm })
    noteOutcome(session, 'The focus was not found', undefined)
  } catch (error) {
    noteOutcome(session, 'The focus was not found', callFailure(error))
  } finally {
    session.setState((state) => ({ focusCalls: state.focusCalls.filter((one) => one !== call) }))
  }
}
