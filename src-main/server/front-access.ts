import { constants, createPublicKey, publicEncrypt, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { silenceMs } from './front-messages.ts'
import { RateLimit } from '../access/rate-limit.ts'
import type { RedisBus } from './redis-bus.ts'
import { presentedToken } from './session-cookie.ts'

/** Questions to the microscope's server per second; more viewers at once have to try again. */
const questionsPerSecond = 50
/** No secret is longer; RSA-OAEP with 2048 bits takes 190 bytes. */
const longestSecret = 180

/**
 * Access to a front server: the microscope's server is asked about each token, through Redis, and again while its viewer
 * stays, so that a revoked token ends there, too. Nothing is kept here, and the secret crosses Redis encrypted for the
 * microscope's server. Whoever may watch gets the role `viewer` here: a front has nothing to operate.
 */
export class FrontAccess {
  readonly #bus: RedisBus
  readonly #front: string
  readonly #asked = new Map<string, (caller: Caller | undefined) => void>()
  readonly #limit = new RateLimit(questionsPerSecond)
  #publicKey: string | undefined

  constructor({ bus, front }: { bus: RedisBus; front: string }) {
    this.#bus = bus
    this.#front = front
    bus.on('microscope', ({ publicKey }) => {
      this.#publicKey = publicKey
    })
    bus.on('who_answer', ({ front: to, ask, caller }) => {
      if (to === front) this.#asked.get(ask)?.(caller)
    })
  }

  /**
   * Who presents `secret`.
   * @throws CoverslipError UNAUTHORIZED; RATE_LIMITED; DEVICE_UNAVAILABLE when the microscope's server does not answer.
   */
  async identify(secret: string, client: { id: string; address: string }): Promise<Caller> {
    if (secret === '' || secret.length > longestSecret) throw unauthorized()
    const key = this.#publicKey
    if (!this.#bus.up || key === undefined) throw unanswered()
    if (!this.#limit.allows(performance.now())) {
      throw new CoverslipError('RATE_LIMITED', 'Too many viewers come at once', {
        hint: 'Try again in a moment.',
      })
    }
    const answer = await this.#ask(encryptFor(key, secret), client)
    if (answer === undefined) throw unauthorized()
    return answer
  }

  #ask(secret: string, client: { id: string; address: string }): Promise<Caller | undefined> {
    const ask = randomUUID()
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#asked.delete(ask)
      }
      const timer = setTimeout(() => {
        end()
        reject(unanswered())
      }, silenceMs)
      this.#asked.set(ask, (caller) => {
        end()
        resolve(caller)
      })
      this.#bus.send('who', { front: this.#front, ask, secret, client })
    })
  }
}

/** The token of a socket: in `auth: { token }` of socket.io, or as in any other request; empty when there is none. */
export function secretOf(request: IncomingMessage, auth: unknown): string {
  if (typeof auth === 'object' && auth !== null && 'token' in auth && typeof auth.token === 'string')
    return auth.token
  return presentedToken(request)?.secret ?? ''
}

function encryptFor(publicKey: string, secret: string): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({ key, padding, oaepHash: 'sha256' }, Buffer.from(secret, 'utf8')).toString('base64')
}

function unauthorized(): CoverslipError {
  return new CoverslipError('UNAUTHORIZED', 'A valid access token is needed', {
    hint: 'Open the link you were given, or ask at the microscope for a new one.',
  })
}

function unanswered(): CoverslipError {
  return new CoverslipError('DEVICE_UNAVAILABLE', 'The microscope’s server does not answer', {
    hint: 'Try again when it is back. It must run with --redis and the same --redis-channel.',
  })
}
