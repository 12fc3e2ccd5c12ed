/** The server's HTTP API, as far as this page needs it. */

/** What went wrong, in words, and what to do about it. */
export class Problem extends Error {
  /** @param retry whether it may go away by itself */
  constructor(message, { hint = '', retry = false } = {}) {
    super(message)
    this.hint = hint
    this.retry = retry
  }
}

const answerWithinMs = 15_000

export class MicroscopeServer {
  #origin
  #token

  /** @throws Problem when `address` is none. */
  constructor(address, token) {
    this.#token = token.trim()
    const text = address.trim()
    const full = /^https?:\/\//i.test(text)
      ? text
      : `${location.protocol === 'https:' ? 'https' : 'http'}://${text}`
    if (!URL.canParse(full)) {
      throw new Problem(`${text || 'Nothing'} is no server address`, {
        hint: 'Write it as https://microscope:8443.',
      })
    }
    this.#origin = new URL(full).origin
  }

  /** Cameras, as `{ id, name, ready }`. */
  async cameras() {
    const devices = await (await this.#request('GET', '/api/devices')).json()
    return devices
      .filter(({ description }) => description.kind === 'camera')
      .map(({ id, description, status }) => ({ id, name: description.name, ready: status.state === 'ready' }))
  }

  /** STUN and TURN servers, from the Link headers of the WHEP endpoint. */
  async iceServers() {
    const response = await this.#request('OPTIONS', '/whep')
    return parseIceServers(response.headers.get('link') ?? '')
  }

  /** @returns `{ sdp, sessionId, detectorName }` */
  async offer(sdp, detectorName) {
    const named = detectorName === '' ? {} : { detectorName }
    const response = await this.#request('POST', '/liveview/webrtc_offer', { sdp, type: 'offer', ...named })
    return response.json()
  }

  async close(sessionId) {
    await this.#request('POST', '/api/webrtc/close', { sessionId })
  }

  async #request(method, path, body) {
    let response
    try {
      response = await fetch(this.#origin + path, {
        method,
        headers: {
          ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: 'no-store',
        // A closing page still says that it leaves.
        keepalive: path.endsWith('/close'),
        signal: AbortSignal.timeout(answerWithinMs),
      })
    } catch {
      throw unreachable(this.#origin)
    }
    if (!response.ok) throw await refusal(response)
    return response
  }
}

function unreachable(origin) {
  if (location.protocol === 'https:' && origin.startsWith('http:')) {
    return new Problem(`${origin} cannot be reached from an encrypted page`, {
      hint: 'Give its https address, or open this page from that server.',
    })
  }
  const foreign = origin !== location.origin
  return new Problem(`${origin} does not answer`, {
    hint: foreign
      ? `Check the address and the network. The server must also allow pages from ${location.origin} (Share → Connection → Other sites).`
      : 'Check that Coverslip runs and that this device is in its network.',
    retry: true,
  })
}

async function refusal(response) {
  const { status } = response
  const body = await response.json().catch(() => ({}))
  const message = typeof body.message === 'string' ? body.message : `The server answers with status ${status}`
  if (status === 401) {
    return new Problem(message, {
      hint: 'Open the link you were given, or enter its token under Connection.',
    })
  }
  const hint = body.hint ?? body.data?.hint
  return new Problem(message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    // Refused for good: the offer, the role, the camera. Anything else may pass.
    retry: ![400, 403, 404, 413, 415, 501].includes(status),
  })
}

/** Link headers (RFC 9725, section 4.6) as `RTCIceServer`s. */
export function parseIceServers(header) {
  const links = header.matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+(?:=(?:"(?:[^"\\]|\\.)*"|[^",;\s]*))?)*)/g)
  return [...links].flatMap(([, urls, parameters]) => {
    const values = Object.fromEntries(
      [...parameters.matchAll(/;\s*([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))/g)].map(
        ([, name, quoted, plain]) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain],
      ),
    )
    if (values.rel !== 'ice-server') return []
    const { username, credential } = values
    return [{ urls, ...(username === undefined ? {} : { username, credential }) }]
  })
}
