import type { Services } from '../services.ts'
import { whyNotAct } from '../stores/permission.ts'
import { currentDetector, deviceById } from '../stores/selectors.ts'

export type AutoStartServices = Pick<Services, 'engine' | 'view'>

/**
 * Starts the live view of the first camera when the page opens, if the settings say so, this page may, and nothing
 * streams yet. Waits for the camera when it is still connecting. After a connection that was lost while something
 * streamed the engine may be a new one, which streams nothing: then the same applies again.
 * @param start starts the live view of a camera
 * @returns an end
 */
export function autoStart(services: AutoStartServices, start: (detector: string) => void): () => void {
  const { engine, view } = services
  let due = true
  let streamed = false
  const end = engine.subscribe(check)
  function check() {
    const state = engine.getState()
    if (state.connection.state !== 'connected') {
      due ||= streamed
      return
    }
    streamed = state.streams.length > 0
    if (!due) return
    if (state.settings?.autoStart !== true || streamed || whyNotAct(state) !== undefined) {
      due = false
      return
    }
    const detector = currentDetector(state, view.getState())
    if (detector === undefined || deviceById(state, detector)?.status.state !== 'ready') return
    due = false
    start(detector)
  }
  check()
  return end
}
