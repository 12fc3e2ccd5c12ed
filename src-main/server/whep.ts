/**
 * WHEP (draft-ietf-wish-whep): any WHEP player watches a camera by WebRTC. `POST /whep/<camera>` takes the offer and
 * answers with the session, which `PATCH` adds candidates to and `DELETE` ends. What the draft shares with WHIP is
 * RFC 9725's. ICE restarts are refused with 422, as section 4.3.3 asks of servers that trickle only.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CoverslipError } from '../../src-shared/errors.ts'
import { maxSdpLength } from '../../src-shared/webrtc.ts'
import { whenClosed } from '../engine/answer-offer.ts'
import { type HttpErrorBody, errorBody, httpError } from './http-error.ts'
import { iceServerLinks } from './ice-server-links.ts'
import { iceCredentials, parseSdpFragment } from './sdp-fragment.ts'
import { guarded, look, type ServerContext } from './server-context.ts'
import { answerViewer } from './webrtc-viewer.ts'

const sdpType = 'application/sdp'
const fragmentType = 'application/trickle-ice-sdpfrag'

type Session = {
  /** Only who made a session may change it. */
  readonly callerId: string
  readonly etag: string
  readonly ice: ReturnType<typeof iceCredentials>
}

/** By id. */
type Sessions = Map<string, Session>

type EndpointRequest = FastifyRequest<{ Params: { detector?: string } }>
type SessionRequest = FastifyRequest<{ Params: { id: string } }>

/** Adds the routes to `app`. */
export async function addWhep(app: FastifyInstance, context: ServerContext): Promise<void> {
  await app.register(async (whep) => {
    whep.removeAllContentTypeParsers()
    whep.addContentTypeParser(
      [sdpType, fragmentType],
      { parseAs: 'string', bodyLimit: maxSdpLength },
      (_request, body, done) => done(null, body),
    )
    whep.setErrorHandler((error, request, reply) => answerError(reply, request, error))
    const sessions: Sessions = new Map()
    addEndpoint(whep, context, sessions)
    addSessions(whep, context, sessions)
  })
}

function addEndpoint(whep: FastifyInstance, context: ServerContext, sessions: Sessions): void {
  const url = '/whep/:detector?'
  const { engine } = context
  const links = () => iceServerLinks(engine.settings.settings.iceServers)

  whep.post(url, { preParsing: demandType(sdpType) }, async (request: EndpointRequest, reply) => {
    if (!accepts(request.headers.accept, sdpType)) {
      return reply.code(406).send(httpErrorWith(406, `The answer is ${sdpType}`, `Accept ${sdpType}.`))
    }
    const { detector = '' } = request.params
    const offer = { sdp: textOf(request), ...(detector === '' ? {} : { detectorName: detector }) }
    const answer = await answerViewer(context, request.raw, { action: 'whep.post', offer })
    const { sessionId, callerId, sdp } = answer
    const session = { callerId, etag: `"${randomUUID()}"`, ice: iceCredentials(offer.sdp) }
    sessions.set(sessionId, session)
    whenClosed(engine, sessionId, () => sessions.delete(sessionId))
    return reply
      .code(201)
      .header('location', `/whep/sessions/${encodeURIComponent(sessionId)}`)
      .header('etag', session.etag)
      .header('accept-patch', fragmentType)
      .header('link', links())
      .type(sdpType)
      .send(sdp)
  })

  // TURN credentials are for those who may watch: preflights, which carry no token, are answered before they come here.
  whep.options(url, (_request, reply) =>
    reply
      .code(204)
      .header('allow', 'POST, OPTIONS')
      .header('accept-post', sdpType)
      .header('link', links())
      .send(),
  )
  refuseOthers(whep, url, { methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], allow: 'POST, OPTIONS' })
}

function addSessions(whep: FastifyInstance, context: ServerContext, sessions: Sessions): void {
  const url = '/whep/sessions/:id'
  const { webrtc } = context.engine

  whep.patch(url, { preParsing: demandType(fragmentType) }, async (request: SessionRequest, reply) =>
    guarded(context, request.raw, { ...look, action: 'whep.patch' }, async ({ id: callerId }) => {
      const { etag, ice } = sessionOf(sessions, request.params.id, callerId)
      const wanted = request.headers['if-match']
      if (wanted === undefined) {
        return reply
          .code(428)
          .send(httpErrorWith(428, 'If-Match is missing', `Send If-Match: ${etag}, the ETag of the session.`))
      }
      if (!matches(wanted, etag)) {
        return reply
          .code(412)
          .header('etag', etag)
          .send(httpErrorWith(412, `${wanted} is not this session’s ETag`, 'Use that of the 201 answer.'))
      }
      const { iceUfrag, icePwd, candidates } = parseSdpFragment(textOf(request))
      const restarts =
        (iceUfrag !== undefined && iceUfrag !== ice.ufrag) || (icePwd !== undefined && icePwd !== ice.pwd)
      if (restarts) {
        return reply
          .code(422)
          .send(httpErrorWith(422, 'ICE restarts are not supported', 'Make a new session by another POST.'))
      }
      if (candidates.length > 0) await webrtc.addCandidates(request.params.id, candidates)
      return reply.code(204).header('etag', etag).send()
    }),
  )

  whep.delete(url, async (request: SessionRequest, reply) =>
    guarded(context, request.raw, { ...look, action: 'whep.delete' }, async ({ id: callerId }) => {
      const { id } = request.params
      sessionOf(sessions, id, callerId)
      sessions.delete(id)
      await webrtc.close(id)
      return reply.code(200).send()
    }),
  )

  whep.options(url, (_request, reply) =>
    reply.code(204).header('allow', 'PATCH, DELETE, OPTIONS').header('accept-patch', fragmentType).send(),
  )
  refuseOthers(whep, url, { methods: ['GET', 'HEAD', 'PUT', 'POST'], allow: 'PATCH, DELETE, OPTIONS' })
}

/** @throws CoverslipError UNKNOWN_SESSION, also for somebody else’s: its existence is nobody’s business. */
function sessionOf(sessions: Sessions, id: string, callerId: string): Session {
  const session = sessions.get(id)
  if (session?.callerId === callerId) return session
  throw new CoverslipError('UNKNOWN_SESSION', 'There is no such session', {
    hint: 'It may have ended; make a new one by another POST.',
  })
}

/** Refuses bodies of another type, and requests without one, before they are read. */
function demandType(type: string) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    if (headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === type) return
    throw Object.assign(new Error(`The body must be ${type}`), { statusCode: 415 })
  }
}

/** Refuses methods before their bodies are read. */
function refuseOthers(
  whep: FastifyInstance,
  url: string,
  { methods, allow }: { readonly methods: string[]; readonly allow: string },
): void {
  const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await reply
      .code(405)
      .header('allow', allow)
      .send(httpErrorWith(405, `${request.method} means nothing here`, `Allowed: ${allow}.`))
  }
  whep.route({ method: methods, url, onRequest: refuse, handler: refuse })
}

function textOf({ body }: FastifyRequest): string {
  if (typeof body === 'string' && body.trim() !== '') return body
  throw new CoverslipError('INVALID_INPUT', 'The request has no body', { hint: 'Send SDP.' })
}

/** RFC 9110, section 13.1.1: any of the listed tags, compared strongly. */
function matches(ifMatch: string, etag: string): boolean {
  return ifMatch.trim() === '*' || ifMatch.split(',').some((tag) => tag.trim() === etag)
}

/** Whether an Accept header (RFC 9110, section 12.5.1) takes `type`. */
function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true
  const [family = ''] = type.split('/')
  return header.split(',').some((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    return !refused && [type, `${family}/*`, '*/*'].includes(name)
  })
}

/** Statuses that are WHEP’s own and have no error code. */
function httpErrorWith(status: number, message: string, hint: string): HttpErrorBody {
  return { ...httpError('INVALID_INPUT', message, hint), status }
}

function answerError(reply: FastifyReply, request: FastifyRequest, error: unknown): FastifyReply {
  const known = errorBody(error)
  const { status } = known
  if (status === 415)
    reply.header(request.method === 'PATCH' ? 'accept-patch' : 'accept-post', acceptedBy(request))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 429 || status === 503) reply.header('retry-after', '2')
  const hint = error instanceof CoverslipError ? error.hint : hintFor(status, request)
  const { hint: _hint, ...data } = known.data
  return reply.code(status).send({ ...known, data: hint === undefined ? data : { ...data, hint } })
}

function hintFor(status: number, request: FastifyRequest): string | undefined {
  if (status === 415) return `Send ${acceptedBy(request)}.`
  return status === 413 ? `Send at most ${maxSdpLength} bytes.` : undefined
}

const acceptedBy = ({ method }: FastifyRequest) => (method === 'PATCH' ? fragmentType : sdpType)
