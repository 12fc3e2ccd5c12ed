/** The listening socket of a server: plain or TLS, with limits against clients that hold it up. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { IdleConnections } from './idle-connections.ts'
import type { RefusalTally } from './refusal-tally.ts'

/** A certificate and its key. */
export type TlsCredentials = {
  /** PEM; a chain may follow the server's own certificate. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

/** How many connections are taken, and how long they may take. */
export type ListenerLimits = {
  readonly connections: number
  /** Of one address: a classroom may be behind one, and a browser opens half a dozen. */
  readonly connectionsPerAddress: number
  /** For a request's headers to arrive, and for all of it. Answers may take as long as they like. */
  readonly headersMs: number
  readonly requestMs: number
}

/** Limits of servers for other computers. */
export const listenerLimits: ListenerLimits = {
  connections: 800,
  connectionsPerAddress: 400,
  headersMs: 10_000,
  requestMs: 30_000,
}

const keepAliveMs = 60_000
const handshakeMs = 10_000

type Options = {
  readonly tls: TlsCredentials | undefined
  /** Undefined: as many connections as may come, for a server that only this computer reaches. */
  readonly limits: ListenerLimits | undefined
  readonly tally: RefusalTally
}

/** A server that calls `handler`, not listening yet. */
export function createListener(handler: RequestListener, { tls, limits, tally }: Options): Server {
  const { headersMs, requestMs } = limits ?? listenerLimits
  const times = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(2000, headersMs),
  }
  const server: Server =
    tls === undefined
      ? createHttpServer(times, handler)
      : createHttpsServer(
          { ...times, cert: tls.certificate, key: tls.key, handshakeTimeout: handshakeMs },
          handler,
        )
  if (tls !== undefined) closeHandshakes(server)
  if (limits !== undefined) limitConnections(server, limits, tally)
  return server
}

/** Connections whose handshake is not over are unknown to Node's `closeAllConnections`: they held a closing server up. */
function closeHandshakes(server: Server): void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const closeRequests = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    closeRequests()
    for (const socket of open) socket.destroy()
  }
}

/**
 * Where an address has all its connections, a new one takes the place of that which has gone without a request for the
 * longest: half a request, or none, must not keep others at that address out. Only where all are answering requests is
 * the new one refused.
 */
function limitConnections(server: Server, limits: ListenerLimits, tally: RefusalTally): void {
  const open = new Map<string, number>()
  const idle = new IdleConnections(server)
  server.maxConnections = limits.connections
  server.on('drop', () => tally.count('connection'))
  // With TLS this is the connection beneath: it counts before any handshake is paid for.
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = open.get(address) ?? 0
    if (count >= limits.connectionsPerAddress) {
      tally.count('connection')
      const longest = idle.takeLongest(address)
      if (longest === undefined) return socket.destroy()
      longest.destroy()
    }
    idle.add(socket)
    open.set(address, (open.get(address) ?? 0) + 1)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}
