import type { z } from 'zod'
import type { iceServerSchema } from '../../src-shared/stream-params.ts'

/** STUN and TURN servers as values of Link headers (RFC 9725, section 4.6). */
export function iceServerLinks(servers: readonly z.infer<typeof iceServerSchema>[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    urls.filter(isPlain).map((url) => {
      const secret =
        username === undefined || credential === undefined || !url.startsWith('turn')
          ? ''
          : `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`
      return `<${url}>; rel="ice-server"${secret}`
    }),
  )
}

/** RFC 9110, section 5.6.4; what a header cannot carry is left out. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '').replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

const isPlain = (url: string) => /^[\x21-\x7e]+$/.test(url) && !/[<>]/.test(url)
