/** Live frames over socket.io at `/socket.io/`: the messages of `src-shared/frame-channel.ts` as events. */
import type { Server as HttpServer } from 'node:http'
import { Server, type ServerOptions, type Socket } from 'socket.io'
import type { z } from 'zod'
import type { Caller } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import {
  type ChannelReply,
  frameAckSchema,
  subscribeSchema,
  unsubscribeSchema,
} from '../../src-shared/frame-channel.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { FrameTransport } from '../live-view/stream-outlet.ts'
import { type FrameSource, FrameViewer, refusalReply } from '../live-view/frame-viewer.ts'
import { admitSocket } from './admit-socket.ts'
import { SocketPlaces } from './socket-places.ts'
import { RateLimit } from '../access/rate-limit.ts'
import type { ServerContext } from './server-context.ts'

/** Largest message a viewer may send, bytes: viewers send only small ones. */
const largestMessage = 100_000
/** Messages a viewer may send per second: acknowledgements of the fastest streams, with room. */
const messagesPerSecond = 2000

/** How a socket.io server that serves frames is set up, whoever it lets in. */
export const frameSocketOptions = {
  path: '/socket.io/',
  serveClient: false,
  transports: ['websocket'],
  maxHttpBufferSize: largestMessage,
  // Compression of frames that are compressed already costs more time than anything else: it stays off.
  perMessageDeflate: false,
  httpCompression: false,
} satisfies Partial<ServerOptions>

/** Serves frames on `httpServer` until it is closed by `close`. */
export function serveFrames(httpServer: HttpServer, context: ServerContext): { close(): void } {
  const places = new SocketPlaces(context)
  const io = new Server(httpServer, {
    ...frameSocketOptions,
    allowRequest: admitSocket(context, places),
  })
  places.follow(io)
  const transport = frameTransport(io)
  io.on('connection', (socket) => {
    const { engine, access } = context
    const caller = callerOrNobody(context, socket)
    if (caller === undefined) return
    serveViewer(socket, { engine, transport, caller })
    socket.on('disconnect', access.present(caller))
  })
  return {
    close: () => {
      io.disconnectSockets(true)
      io.engine.close()
    },
  }
}

/** Who opened `socket`; a token that ended during the handshake ends the socket. */
function callerOrNobody({ callerOf }: ServerContext, socket: Socket): Caller | undefined {
  try {
    return callerOf(socket.request)
  } catch {
    socket.disconnect(true)
    return undefined
  }
}

/** Frames to the sockets of `io`. */
export function frameTransport(io: Server): FrameTransport {
  return {
    // One broadcast to the viewers that are ready: socket.io serialises it once.
    send: (viewerIds, message: FrameMessage, packet) => {
      io.to([...viewerIds]).emit('frame', message, packet)
    },
    report: (viewerId, error) => {
      io.to(viewerId).emit('channel_error', refusalReply(error))
    },
  }
}

/** What serving a viewer takes; `hostTimeMs` where the frames' clock is not this computer's. */
export type ViewerService = {
  readonly engine: FrameSource
  readonly transport: FrameTransport
  readonly caller: Pick<Caller, 'id' | 'label' | 'role' | 'address'>
  readonly hostTimeMs?: () => number
}

/** Obeys the messages of one viewer until it leaves. */
export function serveViewer(socket: Socket, { engine, transport, caller, hostTimeMs }: ViewerService): void {
  const limit = new RateLimit(messagesPerSecond)
  const { id: callerId, label, role, address } = caller
  const viewer = new FrameViewer({
    viewer: {
      id: socket.id,
      callerId,
      label,
      role,
      address,
      // Browsers say which page they come from; programs do not.
      client: socket.handshake.headers.origin === undefined ? 'socket' : 'app',
      disconnect: () => socket.disconnect(true),
    },
    engine,
    transport,
    ...(hostTimeMs === undefined ? {} : { hostTimeMs }),
  })

  socket.use((_event, next) => {
    if (limit.allows(performance.now())) next()
    else socket.disconnect(true)
  })
  socket.on('subscribe', (message: unknown, answer: unknown) => {
    respond(socket, answer, () => viewer.subscribe(parse(subscribeSchema, message, 'subscribe')))
  })
  socket.on('unsubscribe', (message: unknown, answer: unknown) => {
    respond(socket, answer, () => viewer.unsubscribe(parse(unsubscribeSchema, message, 'unsubscribe')))
  })
  socket.on('frame_ack', (message: unknown) => {
    respond(socket, undefined, () => viewer.acknowledge(parse(frameAckSchema, message, 'frame_ack')))
  })
  socket.on('clock', (answer: unknown) => {
    if (typeof answer === 'function') answer(viewer.clock())
  })
  // Who has vanished without a farewell is counted.
  socket.on('disconnect', (reason) => viewer.leave({ dropped: reason === 'ping timeout' }))
}

/** Does `action` and answers, by the acknowledgement where the viewer asked for one, else by an event on failure. */
function respond(socket: Socket, answer: unknown, action: () => void): void {
  try {
    action()
    if (typeof answer === 'function') answer({ ok: true } satisfies ChannelReply)
  } catch (error) {
    const failure = refusalReply(CoverslipError.from(error))
    if (typeof answer === 'function') answer(failure)
    else socket.emit('channel_error', failure)
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, message: unknown, event: string): z.infer<Schema> {
  const parsed = schema.safeParse(message)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CoverslipError(
    'INVALID_INPUT',
    `${event}: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'not valid'}`,
    {
      hint: 'See docs/architecture.md, "Frames to viewers".',
    },
  )
}
