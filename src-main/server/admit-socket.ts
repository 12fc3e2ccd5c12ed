import type { IncomingMessage } from 'node:http'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ServerContext } from './server-context.ts'

type Decide = (error: string | null, success: boolean) => void

/** For a socket.io server's `allowRequest`: lets in whom HTTP would let in, by the same token or cookie. */
export function admitSocket({ refusal, callerOf }: ServerContext) {
  return (request: IncomingMessage, decide: Decide): void => {
    const why = refusal(request) ?? strangerReason(callerOf, request)
    decide(why ?? null, why === undefined)
  }
}

function strangerReason(callerOf: ServerContext['callerOf'], request: IncomingMessage): string | undefined {
  try {
    callerOf(request)
    return undefined
  } catch (error) {
    return CoverslipError.from(error).message
  }
}
