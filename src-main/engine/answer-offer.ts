/** Viewers who watch by WebRTC, whichever way their offers come. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { WebrtcAnswer, WebrtcOffer } from '../../src-shared/webrtc.ts'
import { beginWatching } from './begin-watching.ts'
import type { CallContext } from './call-context.ts'
import type { Engine } from './create-engine.ts'

/** WebRTC offers per second of one caller: a whole class that opens its link at once passes. */
export const offersPerSecond = 20

/**
 * Answers the caller's offer; he counts as present while the session lasts. `action` is its name in the audit log.
 * @throws CoverslipError RATE_LIMITED, and as `WebrtcSignalling.answer`.
 */
export async function answerOffer(
  context: Pick<CallContext, 'engine' | 'access' | 'caller'>,
  { action, offer }: { readonly action: string; readonly offer: WebrtcOffer },
): Promise<WebrtcAnswer> {
  const { engine, access, caller } = context
  if (!engine.offerLimits.allows(caller.id, performance.now())) {
    throw new CoverslipError('RATE_LIMITED', `More than ${offersPerSecond} WebRTC offers in a second`, {
      hint: 'Wait a second before the next offer.',
    })
  }
  const { id: callerId, label, role, address } = caller
  const { params: wanted, client = 'webrtc', ...rest } = offer
  const wish = { action, detectorName: offer.detectorName, protocol: 'webrtc', params: wanted } as const
  const answer = await beginWatching(context, wish, (params) =>
    engine.webrtc.answer(
      { ...rest, ...(params === undefined ? {} : { params }) },
      { callerId, label, role, address, client },
    ),
  )
  whenClosed(engine, answer.sessionId, access.present(caller))
  return answer
}

/** Calls `ended` once, when the session has ended; at once when that has happened already. */
export function whenClosed({ webrtc }: Pick<Engine, 'webrtc'>, sessionId: string, ended: () => void): void {
  const unfollow = webrtc.onClosed((closed) => {
    if (closed !== sessionId) return
    unfollow()
    ended()
  })
  if (webrtc.has(sessionId)) return
  unfollow()
  ended()
}
