/**
 * ImSwitch's socket.io interface at `/imswitch/socket.io/`: every client gets the frames of the stream that was started
 * last (JPEG or binary), acknowledges them, and hears of changes.
 */
import type { Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import { type Caller, usesToken } from '../../../src-shared/access.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import type { ActiveStream } from '../../../src-shared/live-view.ts'
import type { FrameTransport } from '../../live-view/stream-outlet.ts'
import { admitSocket } from '../admit-socket.ts'
import { SocketPlaces } from '../socket-places.ts'
import type { ServerContext } from '../server-context.ts'
import { ImSwitchClient } from './imswitch-client.ts'
import { frameIds, isReadable, packFrame } from './imswitch-frame.ts'
import { firstSignals, followSignals, packSignal } from './imswitch-signals.ts'
import type { ImSwitchState } from './imswitch-state.ts'
import { activeStreams } from './stream-reports.ts'

/** Largest message a client may send, bytes: clients send only acknowledgements. */
const largestMessage = 100_000
/** How often clients are looked at that owe acknowledgements, ms. */
const expireEveryMs = 250

const capabilities = { messagepack: true, binary_streaming: true, protocol_version: '1.0' } as const

/** Serves ImSwitch's clients on `httpServer` until it is closed by `close`. */
export function serveImSwitchSocket(
  httpServer: HttpServer,
  context: ServerContext,
  state: ImSwitchState,
): { close(): void } {
  const { engine, access } = context
  const places = new SocketPlaces(context)
  const io = new Server(httpServer, {
    path: '/imswitch/socket.io/',
    serveClient: false,
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: largestMessage,
    perMessageDeflate: false,
    httpCompression: false,
    // Other sockets of this server have their own paths.
    destroyUpgrade: false,
    // Who may come in at all is decided by `allowRequest`.
    cors: { origin: true, credentials: true },
    allowRequest: admitSocket(context, places),
  })
  places.follow(io)
  const clients = new Map<string, ImSwitchClient>()
  const transport = frameTransport(io, context, clients)

  /** All clients see the same: their pages draw whatever comes onto one canvas. */
  const showNewest = (restarted: boolean): void => {
    const shown = activeStreams(engine).find(isForClients)
    for (const client of clients.values()) {
      if (restarted) client.show(undefined)
      client.show(shown)
    }
  }
  io.on('connection', (socket) => {
    let caller: Caller
    try {
      caller = context.callerOf(socket.request)
    } catch {
      socket.disconnect(true)
      return
    }
    const client = new ImSwitchClient({ socket, caller, engine, transport })
    const absent = access.present(caller)
    clients.set(client.id, client)
    socket.on('disconnect', () => {
      clients.delete(client.id)
      client.leave()
      if (clients.size === 0) transport.forgetAll()
      absent()
    })
    socket.emit('server_capabilities', capabilities)
    for (const message of firstSignals(engine)) socket.emit('signal_msgpack', packSignal(message))
    client.show(activeStreams(engine).find(isForClients))
  })
  const ends = [
    engine.on((event) => {
      if (event.type === 'streamStarted') showNewest(isForClients(event.stream))
      if (event.type === 'streamStopped' || event.type === 'streamChanged') showNewest(false)
      if (event.type === 'streamStopped') transport.forget(event.detectorName)
    }),
    followSignals(engine, state, (message) => {
      if (clients.size > 0) io.emit('signal_msgpack', packSignal(message))
    }),
    access.onRevoked((tokenIds) => {
      for (const client of clients.values())
        if (tokenIds.some((tokenId) => usesToken(client.callerId, tokenId))) client.disconnect()
    }),
  ]
  const timer = setInterval(() => {
    const nowMs = performance.now()
    for (const client of clients.values()) client.expire(nowMs)
  }, expireEveryMs).unref()
  return {
    close: () => {
      clearInterval(timer)
      for (const end of ends) end()
      io.disconnectSockets(true)
      io.engine.close()
    },
  }
}

/** Whether clients could decode the stream, as far as its settings say. */
function isForClients({ params }: ActiveStream): boolean {
  if (params.protocol === 'jpeg') return true
  if (params.protocol !== 'binary' || params.compression === 'zstd') return false
  return params.filter === 'none' || params.compression === 'none'
}

function frameTransport(
  io: Server,
  { engine }: ServerContext,
  clients: ReadonlyMap<string, ImSwitchClient>,
): FrameTransport & { forget(detectorName: string): void; forgetAll(): void } {
  const packed = new WeakMap<FrameMessage, { readonly frameId: number; readonly bytes: Buffer }>()
  let nextId = 0
  /** Detectors whose frames cannot be read, and whose viewers know. */
  const unreadable = new Set<string>()

  /** The same bytes for all clients: their acknowledgements only repeat the id. */
  const pack = (message: FrameMessage, packet: Uint8Array) => {
    const known = packed.get(message)
    if (known !== undefined) return known
    const frameId = nextId
    nextId = (nextId + 1) % frameIds
    const frame = { frameId, bytes: packFrame(message, packet, { frameId, quality: qualityOf(message) }) }
    packed.set(message, frame)
    return frame
  }
  const qualityOf = ({ detectorname }: FrameMessage): number => {
    const streams = engine.liveView.getActiveStreams()
    const stream = streams.find(
      ({ detectorName, protocol }) => detectorName === detectorname && protocol === 'jpeg',
    )
    return stream?.params.protocol === 'jpeg' ? stream.params.quality : 80
  }
  return {
    send: (viewerIds, message, packet) => {
      const readable = isReadable(message)
      if (readable) {
        forget(message.detectorname)
        io.to([...viewerIds]).emit('frame', pack(message, packet).bytes)
      } else tellUnreadable(message, viewerIds)
      // What cannot be read is never acknowledged: so hardly anything is encoded for nothing.
      const frameId = readable ? pack(message, packet).frameId : -1
      for (const viewerId of viewerIds) clients.get(viewerId)?.sent(frameId, message)
    },
    forget,
    forgetAll: () => {
      for (const detectorName of [...unreadable]) forget(detectorName)
    },
    report: (viewerId, { code, message }) => {
      io.to(viewerId).emit('channel_error', { ok: false, code, message })
    },
  }

  function forget(detectorName: string): void {
    if (unreadable.delete(detectorName)) engine.alerts.clear(`imswitch:${detectorName}`)
  }

  function tellUnreadable({ detectorname, metadata }: FrameMessage, viewerIds: readonly string[]): void {
    if (unreadable.has(detectorname)) return
    unreadable.add(detectorname)
    const message = `ImSwitch’s viewer cannot show the ${metadata.pixel_format} frames of ${detectorname} as a binary stream`
    const hint = 'Choose JPEG in ImSwitch, or watch in Coverslip.'
    io.to([...viewerIds]).emit('channel_error', { ok: false, code: 'PROTOCOL_UNAVAILABLE', message, hint })
    engine.alerts.raise({
      id: `imswitch:${detectorname}`,
      severity: 'warning',
      source: 'ImSwitch interface',
      message,
      hint,
    })
  }
}
