/** Recording: estimating, starting, beginning what waits, ending. */
import type { AcquisitionStatus, RecordingEstimate } from '../../src-shared/acquisition/acquisition-status.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { shownDetectors } from '../stores/layout.ts'
import { addNotice } from '../stores/session-store.ts'
import type { RecordingChoice } from '../stores/view-store.ts'
import { permitted } from './control-actions.ts'
import { selectedDetector } from './live-actions.ts'
import { recordingRequest } from './recording-request.ts'
import { currentWindow } from './window-actions.ts'

function requestOf(services: Services, choice: RecordingChoice) {
  const { engine, view, shown } = services
  const active = selectedDetector(services)
  const detectors =
    choice.cameras === 'shown'
      ? shownDetectors(engine.getState(), view.getState())
      : active === undefined
        ? []
        : [active]
  // Several cameras have windows of their own; before the first frame there is none.
  const seen = detectors.length === 1 && shown.getState().frame !== undefined
  return recordingRequest(choice, detectors, seen ? currentWindow(services) : undefined)
}

/** Whether something is being recorded now, or is going to be. */
export function isRecording(status: AcquisitionStatus | undefined): boolean {
  return status !== undefined && status.state !== 'finished'
}

/** Starts a recording as the user chose last; a notice says why it could not. */
export async function startRecording(services: Services): Promise<void> {
  if (!permitted(services, 'Nothing is recorded')) return
  const { recording } = services.view.getState()
  try {
    await services.backend.client.recording.start(requestOf(services, recording))
  } catch (error) {
    addNotice(services.session, 'Nothing is recorded', callFailure(error))
  }
}

/** Begins the recording that waits; a notice says why it could not. */
export async function beginRecording(services: Services): Promise<void> {
  if (!permitted(services, 'The recording has not begun')) return
  try {
    await services.backend.client.recording.begin()
  } catch (error) {
    addNotice(services.session, 'The recording has not begun', callFailure(error))
  }
}

/** Ends the recording; a notice says why it could not. */
export async function stopRecording(services: Services): Promise<void> {
  try {
    await services.backend.client.recording.stop({})
  } catch (error) {
    addNotice(services.session, 'The recording could not be stopped', callFailure(error))
  }
}

/** What the button and its key do now: start, begin what waits, or end. */
export function toggleRecording(services: Services): Promise<void> {
  const { recording } = services.engine.getState()
  if (recording?.state === 'waiting') return beginRecording(services)
  return isRecording(recording) ? stopRecording(services) : startRecording(services)
}

export type EstimateResult =
  | { readonly ok: true; readonly estimate: RecordingEstimate }
  | { readonly ok: false; readonly failure: CallFailure }

/** What a recording as `choice` says would take. */
export async function estimateRecording(
  services: Services,
  choice: RecordingChoice,
): Promise<EstimateResult> {
  try {
    const estimate = await services.backend.client.recording.estimate(requestOf(services, choice))
    return { ok: true, estimate }
  } catch (error) {
    return { ok: false, failure: callFailure(error) }
  }
}
