import type { IncomingMessage } from 'node:http'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ServerContext } from './server-context.ts'
import type { SocketPlaces } from './socket-places.ts'

type Decide = (error: string | null, success: boolean) => void

/** For a socket.io server's `allowRequest`: lets in whom HTTP would let in, by the same token or cookie, while there are places. */
export function admitSocket({ refusal }: Pick<ServerContext, 'refusal'>, places: SocketPlaces) {
  return (request: IncomingMessage, decide: Decide): void => {
    const why = refusal(request) ?? reasonAgainst(places, request)
    decide(why ?? null, why === undefined)
  }
}

function reasonAgainst(places: SocketPlaces, request: IncomingMessage): string | undefined {
  try {
    places.check(request)
    return undefined
  } catch (error) {
    return CoverslipError.from(error).message
  }
}
