/** Recording: estimating, starting, beginning what waits, ending. */
import type { AcquisitionStatus, RecordingEstimate } from '../../src-shared/acquisition/acquisition-status.ts'
import { type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { shownDetectors } from '../stores/layout.ts'
import type { EngineState } from '../stores/engine-state.ts'
import { type Refusal, whyNotAct, whyNotOperate } from '../stores/permission.ts'
import { noteOutcome, type SessionState } from '../stores/session-store.ts'
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

/** Whether a call about the recording waits for the one under way: an end waits for an earlier end only. */
export function mustWait(
  underWay: SessionState['recordingCall'],
  { ends }: { readonly ends: boolean },
): boolean {
  return underWay !== undefined && (underWay.ends || !ends)
}

type RecordingCall = {
  /** Of the notice that says why it failed. */
  readonly title: string
  /** It ends the recording. */
  readonly ends: boolean
  send(): Promise<AcquisitionStatus>
}

/**
 * Makes a call about the recording: one at a time, so that a second press meanwhile (the key twice, a double click) is
 * none. What it answers is shown at once: the next press goes by it.
 */
async function callOnce(services: Services, { title, ends, send }: RecordingCall): Promise<void> {
  const { engine, session } = services
  if (mustWait(session.getState().recordingCall, { ends })) return
  const underWay = { ends }
  session.setState({ recordingCall: underWay })
  try {
    const answer = await outcome(send())
    if (answer.ok && isNews(engine.getState().recording, answer.value))
      engine.apply({ type: 'recordingChanged', recording: answer.value })
    noteOutcome(session, title, answer.ok ? undefined : answer.failure)
  } finally {
    // Another one may have gone past it.
    if (session.getState().recordingCall === underWay) session.setState({ recordingCall: undefined })
  }
}

/** Waits for no answer that went with a lost connection. @returns its end */
export function forgetLostCalls({ engine, session }: Pick<Services, 'engine' | 'session'>): () => void {
  return engine.subscribe(({ connection }, before) => {
    if (connection.state === 'connected' && before.connection.state !== 'connected')
      session.setState({ recordingCall: undefined })
  })
}

/** Whether an answer tells more than the events that came before it: they may have gone past it. */
function isNews(known: AcquisitionStatus | undefined, answered: AcquisitionStatus): boolean {
  if (known?.id !== answered.id) return known === undefined || answered.startedAt >= known.startedAt
  return known.state !== 'finished' && (known.state === 'waiting' || answered.state === 'finished')
}

/** Starts a recording as the user chose last; a notice says why it could not. */
export async function startRecording(services: Services): Promise<void> {
  const title = 'Nothing is recorded'
  if (!permitted(services, title)) return
  const { recording } = services.view.getState()
  const { client } = services.backend
  await callOnce(services, {
    title,
    ends: false,
    send: () => client.recording.start(requestOf(services, recording)),
  })
}

/** Begins the recording that waits; a notice says why it could not. */
async function beginRecording(services: Services): Promise<void> {
  const title = 'The recording has not begun'
  if (!permitted(services, title)) return
  await callOnce(services, {
    title,
    ends: false,
    send: () => services.backend.client.recording.begin(),
  })
}

/** Ends the recording; a notice says why it could not. */
export async function stopRecording(services: Services): Promise<void> {
  const { client } = services.backend
  await callOnce(services, {
    title: 'The recording could not be stopped',
    ends: true,
    send: () => client.recording.stop({}),
  })
}

/** What the button and its key do now: start, begin what waits, or end; while it ends by itself, nothing. */
export async function toggleRecording(services: Services): Promise<void> {
  const { recording } = services.engine.getState()
  if (recording?.state === 'finishing') return
  if (recording?.state === 'waiting') await beginRecording(services)
  else if (isRecording(recording)) await stopRecording(services)
  else await startRecording(services)
}

/** Why the button and its key may not be used now: whoever may act can end a recording, starting takes control. */
export function whyNotRecord(state: EngineState): Refusal | undefined {
  const { recording } = state
  return isRecording(recording) && recording?.state !== 'waiting' ? whyNotAct(state) : whyNotOperate(state)
}

/** What a recording as `choice` says would take. */
export function estimateRecording(
  services: Services,
  choice: RecordingChoice,
): Promise<Outcome<RecordingEstimate>> {
  return outcome(services.backend.client.recording.estimate(requestOf(services, choice)))
}
