import type { IncomingMessage } from 'node:http'
import type { Server } from 'socket.io'
import { tokenIdOf } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ServerContext } from './server-context.ts'

/** A class that came in by one link; whoever opens session after session is stopped here, and nobody else is. */
const perToken = 400
const inAll = 1600

/** How many socket.io sessions those with one access token, and all together, may have at a server. */
export class SocketPlaces {
  readonly #callerOf: ServerContext['callerOf']
  readonly #counts = new Map<string, number>()
  #all = 0

  constructor({ callerOf }: Pick<ServerContext, 'callerOf'>) {
    this.#callerOf = callerOf
  }

  /**
   * Whether the sender of `request` may have one more.
   * @throws CoverslipError UNAUTHORIZED, RATE_LIMITED.
   */
  check(request: IncomingMessage): void {
    const token = tokenIdOf(this.#callerOf(request).id)
    if (this.#all < inAll && (this.#counts.get(token) ?? 0) < perToken) return
    throw new CoverslipError('RATE_LIMITED', 'Too many connections are open', {
      hint: 'Close those that are not needed.',
    })
  }

  /** Counts the sessions of `io`. */
  follow(io: Server): void {
    io.engine.on(
      'connection',
      (session: { request: IncomingMessage; once(event: 'close', ended: () => void): void }) => {
        const token = this.#tokenIfKnown(session.request)
        this.#count(token, 1)
        session.once('close', () => this.#count(token, -1))
      },
    )
  }

  /** A token may end during the handshake; the session will, too. */
  #tokenIfKnown(request: IncomingMessage): string {
    try {
      return tokenIdOf(this.#callerOf(request).id)
    } catch {
      return ''
    }
  }

  #count(token: string, by: number): void {
    this.#all += by
    const count = (this.#counts.get(token) ?? 0) + by
    if (count > 0) this.#counts.set(token, count)
    else this.#counts.delete(token)
  }
}
