/** WebRTC as the ways in see it (contract, WHEP, façades); the engine's `webrtc`. */
import type { IceCandidate, WebrtcAnswer, WebrtcOffer } from '../../../src-shared/webrtc.ts'
import type { ViewerIdentity } from '../viewer-board.ts'

/** Sessions of viewers and media servers with the engine's WebRTC streams. */
export interface WebrtcSignalling {
  /**
   * Answers a viewer's offer with all of this side's candidates. Starts the detector's WebRTC stream if it does not
   * run; such a stream stops with its last viewer. `viewer.disconnect` is supplied by this side. The offer's parameters
   * are taken as they are: who calls sees to it that the viewer may choose them.
   * @throws CoverslipError INVALID_INPUT (not SDP, no video in it), UNKNOWN_DEVICE, NO_CAMERA, PROTOCOL_IN_USE,
   * LONG_EXPOSURE, PROTOCOL_UNAVAILABLE (no WebRTC library on this computer), RATE_LIMITED (too many viewers, or too many
   * of one token that have not connected), DEVICE_TIMEOUT.
   */
  answer(offer: WebrtcOffer, viewer: Omit<ViewerIdentity, 'id' | 'disconnect'>): Promise<WebrtcAnswer>
  /** @throws CoverslipError UNKNOWN_SESSION, INVALID_INPUT. */
  addCandidates(sessionId: string, candidates: readonly IceCandidate[]): Promise<void>
  /** Unknown sessions are ignored: it may have ended by itself. */
  close(sessionId: string): Promise<void>
  has(sessionId: string): boolean
  /** A session has ended, from whichever side. */
  onClosed(listener: (sessionId: string) => void): () => void
  /**
   * Makes an offer for a stream that is sent to a media server (WHIP), and takes its answer.
   * @throws as `answer`.
   */
  publish(
    request: { readonly detectorName?: string | undefined },
    exchange: (offerSdp: string) => Promise<string>,
  ): Promise<{ readonly sessionId: string; readonly detectorName: string }>
}
