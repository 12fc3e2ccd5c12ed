/**
 * Who may talk to the server at all. On loopback only names of this machine are accepted as Host, so that a foreign web
 * page cannot reach the microscope through a DNS name that points here (DNS rebinding); requests of pages from
 * elsewhere (Origin) are refused, over HTTP and for sockets alike.
 */
import type { IncomingHttpHeaders } from 'node:http'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Is `host` an address that only this machine reaches? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Why a request with these headers is refused; undefined when it is welcome. */
export function refusal(headers: IncomingHttpHeaders, boundTo: string): string | undefined {
  const { host, origin } = headers
  if (host === undefined) return 'The Host header is missing'
  const hostName = host.replace(/:\d+$/, '')
  if (isLoopback(boundTo) && !loopbackNames.has(hostName) && !isLoopback(hostName)) {
    return `This server answers on this machine only, not as ${hostName}`
  }
  if (origin !== undefined && !sameHost(origin, host)) return `Pages from ${origin} may not use this server`
  return undefined
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}
