/**
 * A front server: viewers of a microscope whose own server is elsewhere, over the same socket.io messages, fed from
 * Redis. It has no devices and no engine, and nothing can be operated through it.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { hostname } from 'node:os'
import Fastify from 'fastify'
import { Server } from 'socket.io'
import { frameSocketOptions } from './frame-socket.ts'
import { heartbeatMs } from './front-messages.ts'
import { frontPage } from './front-page.ts'
import { FrontStreams } from './front-streams.ts'
import { serveFrontViewers } from './front-viewers.ts'
import { RedisBus, type RedisOptions } from './redis-bus.ts'
import { createListener, listenerLimits, type TlsCredentials } from './http-listener.ts'
import { listen } from './listen.ts'
import { RefusalTally } from './refusal-tally.ts'
import { hostRefusal, isLoopback, originRefusal } from './request-guard.ts'

/** Who has sent nothing for this time after the connection was opened is cut off, ms. */
const patienceMs = 10_000

/** What a front server is started with. */
export type FrontOptions = {
  readonly redis: RedisOptions
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Absent: unencrypted. */
  readonly tls?: TlsCredentials
  /** Ask for tokens on loopback, too: for a front behind a proxy. */
  readonly requireToken?: boolean
  /** How the front is called in the microscope's list of viewers; absent: the computer's name. */
  readonly name?: string
}

/** A front server that accepts connections. */
export type RunningFront = {
  readonly url: string
  readonly port: number
  /** Whether Redis can be used and the microscope's server was heard. */
  state(): { redis: boolean; microscope: boolean; viewers: number }
  /** Told when Redis comes or goes. */
  onRedis(listener: (up: boolean) => void): () => void
  close(): Promise<void>
}

/**
 * Serves viewers; resolves when connections are accepted, whether or not Redis is there yet.
 * @throws CoverslipError INVALID_INPUT (address of Redis), PORT_IN_USE, HOST_REFUSED.
 */
export async function createFront(options: FrontOptions): Promise<RunningFront> {
  const { host, redis, tls, requireToken = false, name = hostname() } = options
  const front = randomUUID()
  const bus = new RedisBus(redis)
  const open = isLoopback(host) && !requireToken
  // Nobody reads alerts here; the log says what was refused.
  const tally = new RefusalTally({ alerts: { raise: () => undefined, clear: () => undefined } })
  const refusal = (headers: IncomingHttpHeaders): string | undefined =>
    (open ? hostRefusal(headers) : undefined) ?? originRefusal(headers, [])
  const io = new Server({
    ...frameSocketOptions,
    connectTimeout: patienceMs,
    allowRequest: (request, decide) => {
      const why = refusal(request.headers)
      decide(why ?? null, why === undefined)
    },
  })
  const viewers = (): number => io.of('/').sockets.size
  const tell = (): void =>
    bus.send('front', { front, name: name.slice(0, 200), viewers: viewers(), demands: streams.demands() })
  const streams = new FrontStreams({
    bus,
    front,
    demandChanged: () => queueMicrotask(tell),
    camerasChanged: () => io.emit('cameras', streams.cameras),
  })
  const state = () => ({ redis: bus.up, microscope: bus.up && streams.alive, viewers: viewers() })

  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: 10_000,
    serverFactory: (handler) =>
      createListener(handler, { tls, tally, limits: open ? undefined : listenerLimits }),
  })
  app.addHook('onRequest', async (request, reply) => {
    const why = refusal(request.headers)
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    return why === undefined ? undefined : reply.code(403).send({ code: 'HOST_REFUSED', message: why })
  })
  frontPage(app)
  app.get('/health', (_request, reply) => {
    const { redis: up, microscope } = state()
    return reply.code(up && microscope ? 200 : 503).send({ redis: up, microscope })
  })

  io.attach(app.server)
  serveFrontViewers(io, { bus, front, streams, tally, open })
  const endBus = bus.onChange((up) => {
    if (up) tell()
  })
  const beat = setInterval(() => {
    streams.beat()
    tell()
  }, heartbeatMs)

  const close = async () => {
    clearInterval(beat)
    endBus()
    io.disconnectSockets(true)
    io.engine.close()
    await app.close()
    tally.close()
    streams.close()
    bus.send('front_leaves', { front })
    await bus.close()
  }
  try {
    const scheme = tls === undefined ? 'http' : 'https'
    const place = await listen(app, { host, port: options.port, scheme })
    return { ...place, state, onRedis: (listener) => bus.onChange(listener), close }
  } catch (error) {
    await close()
    throw error
  }
}
