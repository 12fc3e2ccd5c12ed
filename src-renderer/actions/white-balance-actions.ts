/** White balance of colour images whose pixel values come here. */
import { callFailure } from '../backend/call-failure.ts'
import { evenGains } from '../display/display-types.ts'
import { whiteGains } from '../display/white-gains.ts'
import type { Services } from '../services.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { patchDisplay } from '../stores/view-store.ts'
import { selectedDetector } from './live-actions.ts'
import { currentWindow } from './window-actions.ts'

/** Makes the brightest parts of the image on show white. */
export async function balanceWhite(services: Services): Promise<void> {
  const { display, view, pane, shown } = services
  const detector = selectedDetector(services)
  if (detector === undefined || shown.getState().frame === undefined) return
  try {
    const image = await display.readPixels()
    if (image.frame.detectorName !== detector) return
    const [red, green, blue] = whiteGains(image, currentWindow(services).low)
    patchDisplay(view, { pane, detector }, { gains: [red, green, blue] })
    noteOutcome(services.session, 'White was not balanced', undefined)
  } catch (error) {
    noteOutcome(services.session, 'White was not balanced', callFailure(error))
  }
}

/** Takes the white balance of the active view back. */
export function resetWhite(services: Services): void {
  const detector = selectedDetector(services)
  if (detector === undefined) return
  const [red, green, blue] = evenGains
  patchDisplay(services.view, { pane: services.pane, detector }, { gains: [red, green, blue] })
}
