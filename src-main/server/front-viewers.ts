/** The viewers of a front server: who is let in, for how long, and what serves them. */
import type { Server, Socket } from 'socket.io'
import { type Caller, usesToken } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { ViewerBoard } from '../live-view/viewer-board.ts'
import { frameTransport, serveViewer } from './frame-socket.ts'
import { FrontAccess, secretOf } from './front-access.ts'
import type { FrontStreams } from './front-streams.ts'
import type { RedisBus } from './redis-bus.ts'
import type { RefusalTally } from './refusal-tally.ts'

/** A viewer's token is asked about again after this time, ms. */
const askAgainMs = 15_000

type Options = {
  readonly bus: RedisBus
  /** This front's id. */
  readonly front: string
  readonly streams: FrontStreams
  readonly tally: RefusalTally
  /** Nobody is asked for a token. */
  readonly open: boolean
}

/** Serves the sockets of `io` with what is in `streams`. */
export function serveFrontViewers(io: Server, { bus, front, streams, tally, open }: Options): void {
  const access = new FrontAccess({ bus, front })
  const transport = frameTransport(io)
  const board = new ViewerBoard()
  const engine = { devices: streams, frames: streams.frames, viewers: board }
  // Kept by the sockets themselves: whoever leaves while he is asked about leaves nothing behind.
  const callers = new WeakMap<Socket, Caller>()
  const whoIs = (socket: Socket): Promise<Caller> => {
    const address = socket.handshake.address
    if (open) return Promise.resolve({ id: socket.id, role: 'viewer', label: 'This computer', address })
    return access.identify(secretOf(socket.request, socket.handshake.auth), { id: socket.id, address })
  }
  const admit = async (socket: Socket, next: (refused?: Error) => void): Promise<void> => {
    try {
      callers.set(socket, await whoIs(socket))
    } catch (error) {
      count(tally, error)
      next(connectError(error))
      return
    }
    next()
  }
  io.use((socket, next) => void admit(socket, next))
  io.on('connection', (socket) => {
    const caller = callers.get(socket)
    if (caller === undefined) {
      socket.disconnect(true)
      return
    }
    const { id, label, address } = caller
    serveViewer(socket, {
      engine,
      transport,
      caller: { id, label, address, role: 'viewer' },
      hostTimeMs: () => streams.hostTimeMs(),
    })
    // For the page, which does not know what to subscribe to; other clients need not listen.
    socket.emit('cameras', streams.cameras)
    const again = setInterval(() => {
      whoIs(socket).catch((error: unknown) => {
        // A microscope that is away shows nothing; a token that is not valid any more ends the connection.
        if (CoverslipError.from(error).code === 'UNAUTHORIZED') socket.disconnect(true)
      })
    }, askAgainMs)
    socket.on('disconnect', () => clearInterval(again))
  })
  bus.on('revoked', ({ tokenIds }) => {
    for (const socket of io.of('/').sockets.values()) {
      const id = callers.get(socket)?.id
      if (id !== undefined && tokenIds.some((tokenId) => usesToken(id, tokenId))) socket.disconnect(true)
    }
  })
  bus.on('dismiss', ({ front: to }) => {
    if (to === front) io.disconnectSockets(true)
  })
}

/** A wrong token is one thing, too many at once another; a microscope that is away is no fault of the viewer. */
function count(tally: RefusalTally, error: unknown): void {
  const { code } = CoverslipError.from(error)
  if (code === 'UNAUTHORIZED') tally.count('token')
  if (code === 'RATE_LIMITED') tally.count('rate')
}

/** What socket.io tells a client that may not connect: `error.message`, and code and hint in `error.data`. */
function connectError(cause: unknown): Error & { data: { code: string; hint?: string } } {
  const { code, message, hint } = CoverslipError.from(cause)
  return Object.assign(new Error(message), { data: { code, ...(hint === undefined ? {} : { hint }) } })
}
