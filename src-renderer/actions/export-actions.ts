/** Exporting images of the gallery as videos and pictures. */
import { callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { initialViewerState, withOpened } from '../stores/viewer-store.ts'

/**
 * Opens the dialog that exports an item of the gallery: one that is open in the viewer as it is seen there, another one as
 * it would be when it is opened. Nothing happens while an export runs.
 * @param id as the gallery lists it
 */
export async function openExport(services: Services, id: string): Promise<void> {
  const { exporting, viewing, backend } = services
  if (exporting.getState().phase === 'running') return
  const viewer = viewing.getState().viewer
  const seen = viewer?.id === id ? viewer.store.getState() : undefined
  if (seen?.opened !== undefined) {
    exporting.setState({ phase: 'choosing', subject: { id, state: { ...seen, playing: undefined } } }, true)
    return
  }
  exporting.setState({ phase: 'opening' }, true)
  try {
    const opened = await backend.client.gallery.open({ id })
    // It may have been closed meanwhile.
    if (exporting.getState().phase !== 'opening') return
    const state = withOpened(initialViewerState, opened)
    exporting.setState({ phase: 'choosing', subject: { id, state } }, true)
  } catch (error) {
    if (exporting.getState().phase === 'opening')
      exporting.setState({ phase: 'refused', failure: callFailure(error) }, true)
  }
}

/** Closes the dialog; one of an export that runs stays. */
export function closeExport({ exporting }: Services): void {
  if (exporting.getState().phase !== 'running') exporting.setState({ phase: 'closed' }, true)
}
