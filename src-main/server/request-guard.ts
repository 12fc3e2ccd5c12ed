/**
 * Which pages may talk to the server. Requests of pages from elsewhere (Origin) are refused, over HTTP and for sockets
 * alike, unless the settings allow that site.
 */
import type { IncomingHttpHeaders } from 'node:http'

const loopbackNames = new Set(['localhost', '[::1]'])

/** Is `host` an address that only this machine reaches? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Why a request to a server that asks nobody for a token is refused because of its Host: only names of this machine
 * are accepted, so that a foreign web page cannot reach the microscope through a DNS name that points here (DNS
 * rebinding).
 */
export function hostRefusal({ host }: IncomingHttpHeaders): string | undefined {
  if (host === undefined) return 'The Host header is missing'
  const name = host.replace(/:\d+$/, '')
  if (loopbackNames.has(name) || isLoopback(name)) return undefined
  return `This server answers on this machine only, not as ${name}`
}

/** Why a request of a page from elsewhere is refused; undefined for requests of no page. */
export function originRefusal(
  { host, origin }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): string | undefined {
  if (origin === undefined || isSameHost(origin, host) || isAllowed(origin, allowedOrigins)) return undefined
  return `Pages from ${origin} may not use this server`
}

/** The origin of a page from elsewhere that may use this server, to be named in CORS headers. */
export function allowedForeignOrigin(
  { host, origin }: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): string | undefined {
  if (origin === undefined || isSameHost(origin, host)) return undefined
  return isAllowed(origin, allowedOrigins) ? origin : undefined
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}

/** Allowed origins may be given with a path or a slash at the end, which origins never have. */
function isAllowed(origin: string, allowedOrigins: readonly string[]): boolean {
  return allowedOrigins.some((allowed) => URL.canParse(allowed) && new URL(allowed).origin === origin)
}
