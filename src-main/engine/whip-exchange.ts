/** The HTTP side of WHIP (RFC 9725) as a publisher: one session at a media server. */
import { CoverslipError } from '../../src-shared/errors.ts'
import { maxSdpLength } from '../../src-shared/webrtc.ts'

const answerWithinMs = 10_000
const mostRedirects = 3

/** Where to publish, and with which permission. */
export type WhipEndpoint = { readonly url: string; readonly bearerToken?: string | undefined }

/** A session that the media server has accepted. */
export type WhipSession = {
  readonly answerSdp: string
  /** Ends the session at the server; a server that is away has ended it already. */
  end(): Promise<void>
}

/**
 * Offers a stream to the media server. Redirects that keep the method (307, 308) are followed, to http and https only,
 * never from https to http; the token goes to the origin it was given for and to no other.
 * @throws CoverslipError INVALID_INPUT or UNAUTHORIZED (the server refuses), DEVICE_UNAVAILABLE (it cannot be reached),
 * TOO_LARGE.
 */
export async function openWhipSession(
  endpoint: WhipEndpoint,
  offerSdp: string,
  signal: AbortSignal,
): Promise<WhipSession> {
  let url = new URL(endpoint.url)
  for (let redirects = 0; ; redirects++) {
    const response = await request(endpoint, url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', accept: 'application/sdp' },
      body: offerSdp,
      signal,
    })
    const location = response.headers.get('location')
    if (response.status === 307 || response.status === 308) {
      await response.body?.cancel()
      if (redirects === mostRedirects) throw refused(url, `redirects more than ${mostRedirects} times`)
      url = target(location, url)
      continue
    }
    await demandSession(response, url)
    const session = location === null ? undefined : target(location, url)
    const end = async () => {
      if (session !== undefined) await deleteSession(endpoint, session)
    }
    try {
      return { answerSdp: await limitedText(response, url), end }
    } catch (error) {
      await end()
      throw error
    }
  }
}

async function request(
  endpoint: WhipEndpoint,
  url: URL,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
) {
  const { bearerToken } = endpoint
  const known = bearerToken !== undefined && url.origin === new URL(endpoint.url).origin
  const signals = [AbortSignal.timeout(answerWithinMs), ...(init.signal ? [init.signal] : [])]
  try {
    return await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(known ? { authorization: `Bearer ${bearerToken}` } : {}) },
      redirect: 'manual',
      signal: AbortSignal.any(signals),
    })
  } catch (error) {
    throw unavailable(url, 'does not answer', error)
  }
}

async function demandSession(response: Response, url: URL): Promise<void> {
  const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (response.status === 201 && type === 'application/sdp') return
  await response.body?.cancel()
  if (response.status === 401 || response.status === 403) {
    throw new CoverslipError(
      'UNAUTHORIZED',
      `The media server ${url.host} refuses the token (${response.status})`,
      {
        hint: 'Check the bearer token of the publishing settings.',
      },
    )
  }
  throw refused(
    url,
    response.status === 201
      ? `sends ${type ?? 'nothing'} instead of SDP`
      : `answers with status ${response.status}`,
  )
}

async function deleteSession(endpoint: WhipEndpoint, session: URL): Promise<void> {
  try {
    const response = await request(endpoint, session, { method: 'DELETE' })
    await response.body?.cancel()
  } catch (error) {
    // A server that has gone has no session left to end; it ends one without media by itself, too.
    if (!(error instanceof CoverslipError)) throw error
  }
}

/** The body. @throws CoverslipError TOO_LARGE above `maxSdpLength` bytes; DEVICE_UNAVAILABLE when it breaks off. */
async function limitedText(response: Response, url: URL): Promise<string> {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength
      // Leaving the loop lets the rest go.
      if (bytes > maxSdpLength) break
      text += decoder.decode(chunk, { stream: true })
    }
  } catch (error) {
    throw unavailable(url, 'broke off its answer', error)
  }
  if (bytes <= maxSdpLength) return text + decoder.decode()
  throw new CoverslipError(
    'TOO_LARGE',
    `The media server ${url.host} answers with more than ${maxSdpLength} bytes`,
  )
}

function unavailable(url: URL, what: string, error: unknown): CoverslipError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `The media server ${url.host} ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { hint: 'Check that it runs and that its address is right; Coverslip keeps trying.', cause: error },
  )
}

/** Where a Location header points. */
function target(location: string | null, from: URL): URL {
  if (location === null || !URL.canParse(location, from.href)) throw refused(from, 'redirects to nowhere')
  const to = new URL(location, from)
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
  if (!safe) throw refused(from, `redirects to ${to.protocol}//${to.host}, which is not as safe`)
  return to
}

function refused(url: URL, what: string): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `The media server ${url.host} ${what}`, {
    hint: 'Check the WHIP address in the publishing settings.',
  })
}
