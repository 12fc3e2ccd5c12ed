import type { FastifyRequest } from 'fastify'
import { CoverslipError } from '../../../src-shared/errors.ts'

/**
 * Many of ImSwitch's GET calls change something. A link or image on a foreign page makes a browser send such a GET
 * without an Origin that could be checked, but browsers say where it comes from (Fetch Metadata).
 * @throws CoverslipError HOST_REFUSED.
 */
export function refuseForeignPages({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || site === undefined || site === 'same-origin' || site === 'none') return
  throw new CoverslipError('HOST_REFUSED', 'Pages from elsewhere may not change anything here', {
    hint: 'Call this from a script, or from a page of this server.',
  })
}
