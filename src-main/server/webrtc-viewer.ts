/** A viewer who comes over HTTP to watch by WebRTC, in whichever form the offer was sent. */
import type { IncomingMessage } from 'node:http'
import type { WebrtcAnswer, WebrtcOffer } from '../../src-shared/webrtc.ts'
import { answerOffer } from '../engine/answer-offer.ts'
import { guarded, look, type ServerContext } from './server-context.ts'

/**
 * Answers an offer for the sender of `request`.
 * @throws CoverslipError as `answerOffer`, and UNAUTHORIZED, FORBIDDEN.
 */
export function answerViewer(
  context: ServerContext,
  request: IncomingMessage,
  { action, offer }: { readonly action: string; readonly offer: WebrtcOffer },
): Promise<WebrtcAnswer & { readonly callerId: string }> {
  return guarded(context, request, { ...look, action }, async (caller) => {
    const answer = await answerOffer({ ...context, caller }, { action, offer })
    return { ...answer, callerId: caller.id }
  })
}
