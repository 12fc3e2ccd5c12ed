/** The access token that a request carries, in whichever of three ways; and the cookie that carries it for browsers. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'

const cookieName = 'coverslip_session'
/** A browser comes back within this without its link, s. */
const longestSessionS = 30 * 24 * 3600

const clientPattern = /^[A-Za-z0-9_-]{22}$/

/** The access token of a request, and whose it is. */
export type PresentedToken = {
  readonly secret: string
  /** Tells browsers with one token apart; scripts with one token at one address are one. */
  readonly clientId: string
}

/**
 * The token of a request: `Authorization: Bearer` (scripts), `?token=` (`<img>`, VLC, ffmpeg), or the cookie (browsers).
 * Undefined when it carries none that could be one.
 */
export function presentedToken(request: IncomingMessage): PresentedToken | undefined {
  const secret = ownToken(request)
  if (secret !== undefined) return { secret, clientId: `address ${addressOf(request)}` }
  const cookie = parseCookie(request.headers.cookie ?? '')[cookieName]
  const [cookieSecret = '', clientId = ''] = cookie?.split('.') ?? []
  if (!clientPattern.test(clientId)) return undefined
  return { secret: cookieSecret, clientId: `browser ${clientId}` }
}

/** Whether a request carries a token by its address or a header, not by a cookie that the browser adds by itself. */
export const bringsToken = (request: IncomingMessage): boolean => ownToken(request) !== undefined

function ownToken({ headers, url }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? queryToken(url)
}

/** A new browser's id: never one that a request brings along, so that nobody can plant one. */
export function newClientId(): { readonly cookie: string; readonly clientId: string } {
  const cookie = randomBytes(16).toString('base64url')
  return { cookie, clientId: `browser ${cookie}` }
}

type SessionCookie = {
  readonly secret: string
  /** `cookie` of `newClientId`. */
  readonly client: string
  readonly secure: boolean
  /** How long the token is valid, s; absent: without end. */
  readonly maxAgeS?: number
}

/** Value of the `Set-Cookie` header that begins a session. */
export function sessionCookie({ secret, client, secure, maxAgeS = longestSessionS }: SessionCookie): string {
  const maxAge = Math.min(longestSessionS, Math.max(0, Math.floor(maxAgeS)))
  return stringifySetCookie({ name: cookieName, value: `${secret}.${client}`, maxAge, ...attributes(secure) })
}

/** Value of the `Set-Cookie` header that ends a session. */
export function endedSessionCookie({ secure }: { readonly secure: boolean }): string {
  return stringifySetCookie({ name: cookieName, value: '', maxAge: 0, ...attributes(secure) })
}

const attributes = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure }) as const

function queryToken(url: string | undefined): string | undefined {
  const query = url?.indexOf('?') ?? -1
  if (url === undefined || query < 0) return undefined
  return new URLSearchParams(url.slice(query)).get('token') ?? undefined
}

/** `url` without its token, which no call takes as input. */
export function withoutToken(url: string): string {
  const [path = '', query] = url.split('?', 2)
  if (query === undefined) return url
  const rest = new URLSearchParams(query)
  rest.delete('token')
  return rest.size === 0 ? path : `${path}?${rest}`
}

/** Network address of whoever sent a request; IPv4 as such also where the socket is IPv6. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? ''
}

/** The path of a request without its query, in which a token may be. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''
