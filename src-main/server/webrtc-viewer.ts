/** A viewer who comes over HTTP to watch by WebRTC, in whichever form the offer was sent. */
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { WebrtcAnswer, WebrtcOffer } from '../../src-shared/webrtc.ts'
import type { Engine } from '../engine/create-engine.ts'
import { RateLimit } from './rate-limit.ts'
import { guarded, look, type ServerContext } from './server-context.ts'

/** Offers per second of one caller: a whole class that opens its link at once passes. */
const offersPerSecond = 20
const rememberedCallers = 1000

/** Each offer costs a peer: a flood of them must not reach the engine, by whichever route it comes. */
const limits = new WeakMap<Engine, Map<string, RateLimit>>()

/**
 * Answers an offer for the sender of `request`, who counts as present while the session lasts.
 * @throws CoverslipError as `WebrtcSignalling.answer`, and UNAUTHORIZED, FORBIDDEN, RATE_LIMITED.
 */
export function answerViewer(
  context: ServerContext,
  request: IncomingMessage,
  { action, offer }: { readonly action: string; readonly offer: WebrtcOffer },
): Promise<WebrtcAnswer & { readonly callerId: string }> {
  return guarded(context, request, { ...look, action }, async (caller) => {
    const { access, engine } = context
    limitOffers(engine, caller)
    const { id: callerId, label, role, address } = caller
    const answer = await engine.webrtc.answer(offer, { callerId, label, role, address, client: 'webrtc' })
    const absent = access.present(caller)
    whenClosed(engine, answer.sessionId, absent)
    return { ...answer, callerId }
  })
}

/** Calls `ended` once, when the session has ended; at once when that has happened already. */
export function whenClosed({ webrtc }: Engine, sessionId: string, ended: () => void): void {
  const unfollow = webrtc.onClosed((closed) => {
    if (closed !== sessionId) return
    unfollow()
    ended()
  })
  if (webrtc.has(sessionId)) return
  unfollow()
  ended()
}

function limitOffers(engine: Engine, { id }: Caller): void {
  const callers = limits.get(engine) ?? new Map<string, RateLimit>()
  limits.set(engine, callers)
  const limit = callers.get(id) ?? new RateLimit(offersPerSecond)
  // The caller moves to the end: those at the front have not been heard of for longest.
  callers.delete(id)
  callers.set(id, limit)
  const [oldest] = callers.keys()
  if (callers.size > rememberedCallers && oldest !== undefined) callers.delete(oldest)
  if (limit.allows(performance.now())) return
  throw new CoverslipError('RATE_LIMITED', `More than ${offersPerSecond} WebRTC offers in a second`, {
    hint: 'Wait a second before the next offer.',
  })
}
