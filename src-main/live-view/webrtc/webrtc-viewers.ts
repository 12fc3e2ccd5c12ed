/** Answers viewers' offers and keeps count of them. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { IceCandidate, WebrtcAnswer } from '../../../src-shared/webrtc.ts'
import type { LiveViewController } from '../live-view-controller.ts'
import type { ViewerBoard } from '../viewer-board.ts'
import type { WebrtcSignalling } from './webrtc-signalling.ts'

type Options = { readonly liveView: LiveViewController; readonly viewers: ViewerBoard }

const missing = () => new CoverslipError('PROTOCOL_UNAVAILABLE', 'WebRTC is being built')

export class WebrtcViewers implements WebrtcSignalling {
  readonly options: Options

  constructor(options: Options) {
    this.options = options
  }

  async answer(): Promise<WebrtcAnswer> {
    throw missing()
  }

  async addCandidates(sessionId: string, _candidates: readonly IceCandidate[]): Promise<void> {
    throw new CoverslipError('UNKNOWN_SESSION', `There is no session ${sessionId}`)
  }

  async close(): Promise<void> {}

  has(): boolean {
    return false
  }

  onClosed(): () => void {
    return () => undefined
  }

  async publish(): Promise<{ sessionId: string; detectorName: string }> {
    throw missing()
  }
}
