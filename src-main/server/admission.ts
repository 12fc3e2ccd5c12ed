/** What every HTTP request passes first: Host and Origin, CORS, access token, rate. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Entrance } from './entrance.ts'
import { fromFastifyError } from './http-error.ts'
import { RateLimits } from '../access/rate-limits.ts'
import type { RefusalTally } from './refusal-tally.ts'
import { allowedForeignOrigin } from './request-guard.ts'
import { addressOf } from './session-cookie.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served without an access token: files that are the same for everybody. Every other route needs one. */
    isPublic?: boolean
  }
}

/** How many requests are answered. */
export type RequestRates = {
  /** Requests per second of one caller, and at once. */
  readonly perCaller: number
  /** Of all callers at one address, valid or not: a classroom may be behind one. */
  readonly perAddress: number
}

type Options = {
  readonly entrance: Entrance
  readonly tally: RefusalTally
  readonly rates: RequestRates
  allowedOrigins(): readonly string[]
}

/** What pages from allowed origins may read of answers, and may send. */
const exposedHeaders = 'etag, link, location, accept-patch, retry-after'
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const preflightSeconds = '600'

/** Adds the checks to `app`, for all its routes. */
export function admitRequests(app: FastifyInstance, options: Options): void {
  const { entrance, tally, rates } = options
  const callers = new RateLimits(rates.perCaller)
  const addresses = new RateLimits(rates.perAddress)

  const admit = (request: FastifyRequest): void => {
    const why = entrance.refusal(request.raw)
    if (why !== undefined) {
      tally.count('origin')
      throw new CoverslipError('HOST_REFUSED', why)
    }
    if (entrance.kind === 'local') return
    const nowMs = performance.now()
    if (!addresses.allows(addressOf(request.raw), nowMs)) throw tooFast(tally)
    if (request.routeOptions.config.isPublic === true) return
    const caller = entrance.callerOf(request.raw)
    if (!callers.allows(caller.id, nowMs)) throw tooFast(tally)
  }

  app.addHook('onRequest', async (request, reply) => {
    // On the raw response, so that routes which write to it themselves send them too.
    const { raw } = reply
    raw.setHeader('x-content-type-options', 'nosniff')
    // Addresses may carry a token.
    raw.setHeader('referrer-policy', 'no-referrer')
    raw.setHeader('vary', 'origin')
    const origin = allowedForeignOrigin(request.headers, options.allowedOrigins())
    if (origin !== undefined) {
      // The very origin, never a wildcard: cookies and tokens come along.
      raw.setHeader('access-control-allow-origin', origin)
      raw.setHeader('access-control-allow-credentials', 'true')
      raw.setHeader('access-control-expose-headers', exposedHeaders)
      // The browser's own question, which carries no token.
      if (isPreflight(request)) return answerPreflight(request, reply)
    }
    try {
      admit(request)
      return undefined
    } catch (error) {
      return refuse(reply, CoverslipError.from(error))
    }
  })
}

function tooFast(tally: RefusalTally): CoverslipError {
  tally.count('rate')
  return new CoverslipError('RATE_LIMITED', 'Too many requests', { hint: 'Wait a second, then send fewer.' })
}

function refuse(reply: FastifyReply, error: CoverslipError): FastifyReply {
  if (error.code === 'UNAUTHORIZED') reply.header('www-authenticate', 'Bearer')
  if (error.code === 'RATE_LIMITED') reply.header('retry-after', '1')
  const body = fromFastifyError(error)
  return reply.code(body.status).send(body)
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wanted = headers['access-control-request-headers']
  reply
    .header('access-control-allow-methods', allowedMethods)
    .header('access-control-max-age', preflightSeconds)
  if (wanted !== undefined) reply.header('access-control-allow-headers', wanted)
  // Chrome asks before a page of the internet may reach an address of a private network.
  if (headers['access-control-request-private-network'] === 'true')
    reply.header('access-control-allow-private-network', 'true')
  return reply.code(204).send()
}
