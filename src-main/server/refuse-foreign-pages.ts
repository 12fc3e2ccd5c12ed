import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ServerContext } from './server-context.ts'

/**
 * For requests by GET that do something. A link or image on a foreign page makes a browser send one without an Origin
 * that could be checked, and as the user; but browsers say where it comes from (Fetch Metadata). Programs say nothing
 * and pass, and so does who brings an access token along where tokens are asked for.
 * @throws CoverslipError HOST_REFUSED.
 */
export function refuseForeignPages(
  { isFromForeignPage }: Pick<ServerContext, 'isFromForeignPage'>,
  request: IncomingMessage,
): void {
  if (!isFromForeignPage(request)) return
  throw new CoverslipError('HOST_REFUSED', 'Pages from elsewhere may not do this', {
    hint: 'Call this from a script or from a page of this server, or allow that page in the sharing settings.',
  })
}

/**
 * Whether a page from elsewhere (another port is elsewhere, too) made the browser send this, and is not allowed. An
 * Origin has been checked by `originRefusal`; where there is none, an allowed page is known by its Referer, which pages
 * can leave out but not forge.
 */
export function isOfForeignPage(headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): boolean {
  const { origin, referer = '', 'sec-fetch-site': site } = headers
  if (origin !== undefined || site === undefined || site === 'same-origin' || site === 'none') return false
  const page = URL.canParse(referer) ? new URL(referer).origin : undefined
  return !allowedOrigins.some((allowed) => URL.canParse(allowed) && new URL(allowed).origin === page)
}
