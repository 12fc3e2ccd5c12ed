import type { Services } from '../services.ts'
import { currentDetector, deviceById } from '../stores/selectors.ts'
import { startLive } from './live-actions.ts'

/**
 * Starts the live view of the first camera when the page opens, if the settings say so and nothing streams yet.
 * Waits for the camera when it is still connecting. Returns an end; it ends by itself after the first stream.
 */
export function autoStart(services: Services): () => void {
  const { engine, view } = services
  const end = engine.subscribe(check)
  function check() {
    const state = engine.getState()
    if (!state.synchronised) return
    if (state.settings?.autoStart !== true || state.streams.length > 0) return end()
    const detector = currentDetector(state, view.getState())
    if (detector === undefined || deviceById(state, detector)?.status.state !== 'ready') return
    end()
    void startLive(services, { detector })
  }
  check()
  return end
}
