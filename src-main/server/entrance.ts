/** How people come in: who a request is from, and whether it may come in at all. */
import type { IncomingMessage } from 'node:http'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Access } from '../access/access.ts'
import { localCaller } from '../access/local-caller.ts'
import type { CallerConnections } from './caller-connections.ts'
import type { RefusalTally } from './refusal-tally.ts'
import { isOfForeignPage } from './refuse-foreign-pages.ts'
import { hostRefusal, originRefusal } from './request-guard.ts'
import type { ServerContext } from './server-context.ts'
import { addressOf, bringsToken, presentedToken } from './session-cookie.ts'

/** Who may come in at one server, and as whom. */
export type Entrance = Pick<ServerContext, 'callerOf' | 'refusal' | 'isFromForeignPage'> & {
  /** `local`: only this computer's own programs, nobody is asked. `tokens`: everybody presents an access token. */
  readonly kind: 'local' | 'tokens'
}

type AllowedOrigins = () => readonly string[]

/** For a server on loopback. */
export function localEntrance(allowedOrigins: AllowedOrigins): Entrance {
  return {
    kind: 'local',
    callerOf: () => localCaller,
    refusal: ({ headers }) => hostRefusal(headers) ?? originRefusal(headers, allowedOrigins()),
    isFromForeignPage: ({ headers }) => isOfForeignPage(headers, allowedOrigins()),
  }
}

type TokenOptions = {
  readonly access: Access
  readonly connections: CallerConnections
  readonly tally: RefusalTally
  readonly allowedOrigins: AllowedOrigins
}

/**
 * For a server that others reach. Any Host is welcome: a page that comes here under a name of its own has no token.
 * Tokens are looked up each time, so that none outlives its revocation.
 */
export function tokenEntrance({ access, connections, tally, allowedOrigins }: TokenOptions): Entrance {
  const callerOf = (request: IncomingMessage) => {
    const presented = presentedToken(request)
    const caller =
      presented === undefined
        ? undefined
        : access.identify(presented.secret, { id: presented.clientId, address: addressOf(request) })
    if (caller === undefined) {
      tally.count('token')
      throw unauthorized(presented !== undefined)
    }
    connections.add(caller.id, request.socket)
    return caller
  }
  return {
    kind: 'tokens',
    callerOf,
    refusal: ({ headers }) => originRefusal(headers, allowedOrigins()),
    // A token in the address or a header is the page's own; a cookie is not.
    isFromForeignPage: (request) =>
      !bringsToken(request) && isOfForeignPage(request.headers, allowedOrigins()),
  }
}

/** The error for a request without a valid token. */
export function unauthorized(presented: boolean): CoverslipError {
  return presented
    ? new CoverslipError('UNAUTHORIZED', 'This access token is not valid', {
        hint: 'It was revoked or has expired: ask whoever shares the microscope for a new link.',
      })
    : new CoverslipError('UNAUTHORIZED', 'An access token is needed', {
        hint: 'Open the link you were given, or send “Authorization: Bearer <token>”.',
      })
}
