/**
 * `POST /liveview/webrtc_offer`: watching by WebRTC as the original design of the live view and ImSwitch ask for it.
 * One JSON exchange, all candidates in the SDP; fields in camelCase or snake_case.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type StreamParamsPatch, webrtcParamsSchema } from '../../src-shared/stream-params.ts'
import { maxSdpLength, type WebrtcOffer } from '../../src-shared/webrtc.ts'
import { answerPlainError } from './http-error.ts'
import { readLiveViewInput } from './live-view-input.ts'
import type { ServerContext } from './server-context.ts'
import { answerViewer } from './webrtc-viewer.ts'

/** An SDP of the greatest length with its line ends escaped, and room for the rest. */
const bodyLimit = 2 * maxSdpLength + 20_000

const sdpFieldsSchema = z.looseObject({
  sdp: z.string('is missing: the SDP of your offer').min(1),
  type: z.literal('offer', 'must be "offer"').nullish(),
  sdp_type: z.literal('offer', 'must be "offer"').nullish(),
})

/** What the old clients read, and the session's id for `POST /api/webrtc/close`. */
export type WebrtcOfferReply = {
  readonly status: 'success'
  readonly type: 'answer'
  readonly sdp: string
  readonly sessionId: string
  readonly detectorName: string
}

/** Adds the route to `app`. */
export async function addWebrtcOffer(app: FastifyInstance, context: ServerContext): Promise<void> {
  await app.register(async (routes) => {
    routes.setErrorHandler((error, _request, reply) => answerPlainError(reply, error))
    routes.post('/liveview/webrtc_offer', { bodyLimit }, ({ raw, body }) =>
      answerWebrtcOffer(context, raw, { action: 'liveview.webrtc_offer', body }),
    )
  })
}

/**
 * Answers the JSON `body` of an offer: `{sdp, type?|sdp_type?, detectorName?, params?}`. Parameters may be ours or
 * ImSwitch's (`throttle_ms`, `max_width`); those that WebRTC does not have (`subsampling_factor`) are ignored.
 * @throws CoverslipError INVALID_INPUT naming the field, TOO_LARGE, and as `answerViewer`.
 */
export async function answerWebrtcOffer(
  context: ServerContext,
  request: IncomingMessage,
  { action, body }: { readonly action: string; readonly body: unknown },
): Promise<WebrtcOfferReply> {
  const { sdp, sessionId, detectorName } = await answerViewer(context, request, {
    action,
    offer: readOffer(body),
  })
  return { status: 'success', type: 'answer', sdp, sessionId, detectorName }
}

function readOffer(body: unknown): WebrtcOffer {
  const parsed = sdpFieldsSchema.safeParse(body)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    throw new CoverslipError('INVALID_INPUT', problems.join('; '), {
      hint: 'Send {"detectorName": …, "sdp": …, "type": "offer"} as JSON.',
    })
  }
  const { sdp, type: _type, sdp_type: _sdpType, ...rest } = parsed.data
  const { detectorName, params } = readLiveViewInput(rest, { ignoreUnknown: false })
  return {
    sdp,
    ...(detectorName === undefined ? {} : { detectorName }),
    ...(Object.keys(params).length === 0 ? {} : { params: ofWebrtc(params) }),
  }
}

function ofWebrtc(params: StreamParamsPatch): StreamParamsPatch {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name in webrtcParamsSchema.shape))
}
