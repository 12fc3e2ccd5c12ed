import type { Services } from '../services.ts'
import { shownDetectors } from '../stores/layout.ts'
import { whyNotAct } from '../stores/permission.ts'
import { deviceById } from '../stores/selectors.ts'

/** What is needed to begin the live view by itself. */
export type AutoStartServices = Pick<Services, 'engine' | 'view'>

/**
 * Starts the live views of the cameras shown when the page opens, if the settings say so, this page may, and nothing
 * streams yet. Waits for cameras that are still connecting. After a connection that was lost while something streamed
 * the engine may be a new one, which streams nothing: then the same applies again.
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
    const cameras = shownDetectors(state, view.getState()).map((id) => ({
      id,
      state: deviceById(state, id)?.status.state,
    }))
    const ready = cameras.filter((camera) => camera.state === 'ready')
    if (ready.length === 0 || cameras.some((camera) => camera.state === 'connecting')) return
    due = false
    for (const { id } of ready) start(id)
  }
  check()
  return end
}
