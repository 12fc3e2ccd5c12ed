/** What the live view tells the rest of the engine, and is told by it. */
import type { EngineEvent } from '../../src-shared/contract/events.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'

/** What happens to streams; all but `frameReady` are also events of the engine. */
export type LiveViewEvent =
  | Extract<EngineEvent, { type: 'streamStarted' | 'streamChanged' | 'streamStopped' | 'streamStats' }>
  /** A frame was encoded: for the rest of the engine, not for viewers (they have the FrameHub). */
  | { readonly type: 'frameReady'; readonly detectorName: string; readonly message: FrameMessage }

/** Why a stream has ended. */
export type StopReason = Extract<EngineEvent, { type: 'streamStopped' }>['reason']

/** What the rest of the engine asks of the live view. */
export type LiveAcquisitionSignal =
  | { readonly type: 'startLiveAcquisition'; readonly detectorName?: string }
  | { readonly type: 'stopLiveAcquisition'; readonly detectorName?: string }
