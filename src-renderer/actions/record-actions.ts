import type { RecordingRequest } from '../../src-shared/acquisition/acquisition-requests.ts'
import type { AcquisitionStatus, RecordingEstimate } from '../../src-shared/acquisition/acquisition-status.ts'
import { storageOptionsSchema } from '../../src-shared/acquisition/storage-options.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { addNotice } from '../stores/session-store.ts'
import type { RecordingChoice } from '../stores/view-store.ts'
import { permitted } from './control-actions.ts'
import { selectedDetector } from './live-actions.ts'

/** What `choice` asks for, of the camera on show. */
function requestOf(services: Services, choice: RecordingChoice): Partial<RecordingRequest> {
  const detectorName = selectedDetector(services)
  const until: RecordingRequest['until'] =
    choice.until === 'frames'
      ? { kind: 'frames', frames: choice.frames }
      : choice.until === 'seconds'
        ? { kind: 'seconds', seconds: choice.seconds }
        : { kind: 'stopped' }
  return {
    ...(detectorName === undefined ? {} : { detectorNames: [detectorName] }),
    storage: storageOptionsSchema.parse({ format: choice.format }),
    until,
  }
}

/** Whether something is being recorded now. */
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

/** Ends the recording; a notice says why it could not. */
export async function stopRecording(services: Services): Promise<void> {
  try {
    await services.backend.client.recording.stop({})
  } catch (error) {
    addNotice(services.session, 'The recording could not be stopped', callFailure(error))
  }
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
