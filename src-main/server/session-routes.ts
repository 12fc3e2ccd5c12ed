/**
 * `/api/session`: a browser exchanges the token of its link for a cookie, which scripts of the page cannot read and
 * which `<img>` and sockets send along.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Caller, Session } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { controlFor } from '../engine/caller-events.ts'
import { type Entrance, unauthorized } from './entrance.ts'
import type { RefusalTally } from './refusal-tally.ts'
import type { ServerContext } from './server-context.ts'
import { addressOf, endedSessionCookie, newClientId, sessionCookie } from './session-cookie.ts'
import { WrongTries } from './wrong-tries.ts'

const inputSchema = z.strictObject({ token: z.string().min(1).max(100) })
const wrongTriesPerMinute = 10

type Options = {
  readonly context: ServerContext
  readonly entrance: Entrance
  readonly tally: RefusalTally
  /** The server speaks TLS: the cookie must never travel without. */
  readonly secure: boolean
}

/** Adds `POST` and `DELETE /api/session`. */
export function addSession(app: FastifyInstance, { context, entrance, tally, secure }: Options): void {
  const { access } = context
  const wrongTries = new WrongTries(wrongTriesPerMinute)
  const sessionOf = (caller: Caller): Session => ({ caller, control: controlFor(caller, access.control()) })

  const begin = (request: IncomingMessage, secret: string): { caller: Caller; cookie: string } => {
    const { cookie, clientId } = newClientId()
    const address = addressOf(request)
    const caller = access.identify(secret, { id: clientId, address })
    if (caller === undefined) {
      tally.count('token')
      if (!wrongTries.add(address, performance.now())) throw unauthorized(true)
      throw new CoverslipError('RATE_LIMITED', 'Too many wrong access tokens from this address', {
        hint: 'Wait a minute, and open the link you were given.',
      })
    }
    const maxAgeS = secondsLeft(context, caller)
    const lifetime = maxAgeS === undefined ? {} : { maxAgeS }
    return { caller, cookie: sessionCookie({ secret, client: cookie, secure, ...lifetime }) }
  }

  app.post('/api/session', { config: { isPublic: true } }, (request, reply) => {
    reply.header('cache-control', 'no-store')
    // On this computer nobody is asked, and a link that is opened here needs no cookie.
    if (entrance.kind === 'local') return sessionOf(entrance.callerOf(request.raw))
    const input = inputSchema.safeParse(request.body)
    if (!input.success) {
      throw new CoverslipError('INVALID_INPUT', 'The body must be {"token": "…"}', {
        hint: 'The token is what follows #token= in the link.',
      })
    }
    const { caller, cookie } = begin(request.raw, input.data.token)
    reply.header('set-cookie', cookie)
    return sessionOf(caller)
  })

  app.delete('/api/session', { config: { isPublic: true } }, (request, reply) => {
    if (entrance.kind === 'tokens') {
      const caller = callerIfAny(entrance, request.raw)
      if (caller !== undefined) access.releaseControl(caller)
      reply.header('set-cookie', endedSessionCookie({ secure }))
    }
    return reply.code(204).send()
  })
}

/** How long the caller's token is valid, s; undefined: without end. */
function secondsLeft({ access }: ServerContext, caller: Caller): number | undefined {
  const token = access.tokens().find(({ id }) => caller.id.startsWith(`${id}.`))
  return token?.expiresAt === undefined ? undefined : (token.expiresAt - Date.now()) / 1000
}

function callerIfAny({ callerOf }: Entrance, request: IncomingMessage): Caller | undefined {
  try {
    return callerOf(request)
  } catch {
    // Whoever is not let in has no session to end.
    return undefined
  }
}
