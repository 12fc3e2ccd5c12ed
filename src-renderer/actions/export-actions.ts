/** Exporting images of the gallery as videos and pictures. */
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { failureOf } from '../backend/outcome.ts'
import { type ExportChoices, fileEndings } from '../export/export-choices.ts'
import { type ExportJobOptions, runExport } from '../export/export-job.ts'
import { ExportError } from '../export/export-link.ts'
import { fileStem, pictureCount } from '../export/export-plan.ts'
import { chooseFile, download } from '../export/save-file.ts'
import type { Services } from '../services.ts'
import type { ExportSubject } from '../stores/export-store.ts'
import { addNotice } from '../stores/session-store.ts'
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

/** Ends an export that runs; nothing of it is left. */
export function cancelExport({ exporting }: Services): void {
  const state = exporting.getState()
  if (state.phase === 'running') state.cancel()
}

/** After one that is complete: the same images once more, as they were chosen. */
export function exportAnother({ exporting }: Services): void {
  const state = exporting.getState()
  if (state.phase !== 'done') return
  const { subject, choices } = state
  exporting.setState({ phase: 'choosing', subject, choices }, true)
}

/** What an export needs of the services. */
export type ExportServices = Pick<Services, 'exporting' | 'session'> & {
  readonly backend: { readonly client: { readonly gallery: ExportJobOptions['gallery'] } }
}

/** Exports `subject`; asks for a file first, where the browser can. */
export async function startExport(
  { exporting, session, backend }: ExportServices,
  {
    subject,
    choices,
    page,
  }: { readonly subject: ExportSubject; readonly choices: ExportChoices; readonly page: Window },
): Promise<void> {
  const name = `${fileStem(subject.state.opened?.item.name ?? '')}.${fileEndings[choices.format]}`
  const file = await chooseFile(page, name)
  if (file === 'cancelled') return
  // The dialog may have been closed meanwhile.
  if (exporting.getState().phase !== 'choosing') {
    const left = file === undefined ? undefined : await failureOf(file.forget())
    if (left !== undefined) addNotice(session, `The empty file ${name} is left`, left)
    return
  }
  const ending = new AbortController()
  const total = pictureCount(subject.state, choices)
  const cancel = () => ending.abort()
  exporting.setState({ phase: 'running', subject, progress: { done: 0, total }, cancel }, true)
  try {
    const { download: content, ...result } = await runExport({
      subject,
      choices,
      gallery: backend.client.gallery,
      file: file?.handle,
      signal: ending.signal,
      onProgress: (progress) => exporting.setState({ phase: 'running', subject, progress, cancel }, true),
    })
    if (content !== undefined) download(page, content, name)
    const made = { fileName: file?.name ?? name, downloaded: content !== undefined, ...result }
    exporting.setState({ phase: 'done', subject, choices, result: made }, true)
  } catch (error) {
    const left = await file?.forget().catch(callFailure)
    const failure = ending.signal.aborted ? left : exportFailure(error)
    exporting.setState(
      { phase: 'choosing', subject, choices, ...(failure === undefined ? {} : { failure }) },
      true,
    )
  }
}

function exportFailure(error: unknown): CallFailure {
  if (!(error instanceof ExportError)) return callFailure(error)
  const { code, message, hint } = error
  return { code, message, hint, details: undefined }
}
