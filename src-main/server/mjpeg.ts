/** Watching a camera by MJPEG: every request is a viewer of its own. */
import { randomUUID } from 'node:crypto'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../src-shared/access.ts'
import type { StreamParamsPatch } from '../../src-shared/stream-params.ts'
import { beginWatching } from '../engine/begin-watching.ts'
import { FrameViewer } from '../live-view/frame-viewer.ts'
import type { StreamHold } from '../live-view/stream-holds.ts'
import { MjpegResponse, mjpegHeaders } from './mjpeg-response.ts'
import { refuseForeignPages } from './refuse-foreign-pages.ts'
import { guarded, look, type ServerContext } from './server-context.ts'

/** Its name in the audit log. */
const action = 'liveView.watch'
/** A camera that was lost may come back within this time; until then its viewers wait. */
const lostStreamMs = 30_000

/** What a viewer wants to see. */
export type MjpegWish = {
  /** Id or name of a camera; absent: the first. */
  readonly detectorName?: string | undefined
  /** Of operators, for a stream that begins with them; one that runs keeps its own. Those of viewers are ignored. */
  readonly params?: StreamParamsPatch | undefined
}

/**
 * Answers `request` with the camera's MJPEG stream, started where it does not run; ends when the stream is stopped or
 * the client leaves. A HEAD request gets the headers and starts nothing. Images on foreign pages that are not allowed
 * show nothing: they would start the camera, and nobody has asked the user.
 * @throws CoverslipError before anything was answered: UNAUTHORIZED, FORBIDDEN, HOST_REFUSED, UNKNOWN_DEVICE, NO_CAMERA,
 * DEVICE_UNAVAILABLE, PROTOCOL_IN_USE naming the protocol, LONG_EXPOSURE, INVALID_INPUT naming the parameter.
 */
export async function serveMjpeg(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { detectorName, params }: MjpegWish = {},
): Promise<FastifyReply> {
  const { devices, liveView } = context.engine
  refuseForeignPages(context, request.raw)
  return guarded(context, request.raw, { ...look, action }, async (caller) => {
    const headers: OutgoingHttpHeaders = Object.fromEntries(Object.entries(reply.getHeaders()))
    if (request.method === 'HEAD') {
      devices.camera(detectorName)
      reply.hijack()
      reply.raw.writeHead(200, { ...headers, ...mjpegHeaders }).end()
      return reply
    }
    const wish = { action, detectorName, protocol: 'mjpeg', params } as const
    const hold = await beginWatching({ ...context, caller }, wish, (counting) =>
      liveView.holdStream({ detectorName, protocol: 'mjpeg', params: counting ?? {} }),
    )
    reply.hijack()
    if (request.raw.socket.destroyed) hold.release()
    else watch(context, { caller, hold, response: reply.raw, headers, player: playerOf(request) })
    return reply
  })
}

type Visit = {
  readonly caller: Caller
  readonly hold: StreamHold
  readonly response: ServerResponse
  readonly headers: OutgoingHttpHeaders
  readonly player: 'element' | 'program'
}

/** Fetch Metadata says what asks, but not over plain HTTP from other computers; then what is accepted tells. */
function playerOf({ headers }: FastifyRequest): Visit['player'] {
  const { 'sec-fetch-dest': destination, accept = '' } = headers
  const isElement = destination === undefined ? accept.startsWith('image/') : destination === 'image'
  return isElement ? 'element' : 'program'
}

/** Sends frames until the stream is stopped or the client has gone. */
function watch({ engine, access }: ServerContext, { caller, hold, response, headers, player }: Visit): void {
  const { detectorName } = hold
  const { id: callerId, label, role, address } = caller
  let dropped = false
  const transport = new MjpegResponse({
    response,
    headers,
    player,
    taken: ({ metadata }) => viewer.acknowledge({ detectorName, frameId: metadata.frame_id }),
    stalled: () => {
      dropped = true
    },
  })
  const disconnect = () => response.destroy()
  const viewer = new FrameViewer({
    viewer: { id: `mjpeg-${randomUUID()}`, callerId, label, role, address, client: 'mjpeg', disconnect },
    engine,
    transport,
  })

  const absent = access.present(caller)
  const unfollow = followStream(engine.liveView, detectorName, () => response.end())
  response.once('close', () => {
    unfollow()
    viewer.leave({ dropped })
    hold.release()
    absent()
  })
  // A client that breaks off is no fault of anybody here; `close` follows.
  response.on('error', () => undefined)
  viewer.subscribe({ detectorName, decodes: ['jpeg'], protocol: 'mjpeg' })
}

/** Calls `ended` when the MJPEG stream of a detector has ended for good; returns what ends the following. */
function followStream(
  liveView: ServerContext['engine']['liveView'],
  detectorName: string,
  ended: () => void,
): () => void {
  let timer: NodeJS.Timeout | undefined
  const unfollow = liveView.on((event) => {
    if (event.type === 'streamStopped') {
      if (event.detectorName !== detectorName || event.protocol !== 'mjpeg') return
      clearTimeout(timer)
      timer = setTimeout(ended, event.reason === 'failed' ? lostStreamMs : 0)
    } else if (event.type === 'streamStarted') {
      const { stream } = event
      if (stream.detectorName === detectorName && stream.protocol === 'mjpeg') clearTimeout(timer)
    }
  })
  return () => {
    clearTimeout(timer)
    unfollow()
  }
}
