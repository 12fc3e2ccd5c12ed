import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { iceServerLinks } from '../../../src-main/server/ice-server-links.ts'
import { parseSdpFragment } from '../../../src-main/server/sdp-fragment.ts'
import { addWhep } from '../../../src-main/server/whep.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { type WebrtcRoutes, webrtcRoutes } from '../../fixtures/webrtc-routes.ts'

const ufrag = 'EsAw'
const pwd = 'P2uYro0UCOQ4zxjKXaWCBui1'
const offer = `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\n`
const candidate = 'candidate:1 1 udp 2130706431 198.51.100.1 39132 typ host'
const fragment = (name = ufrag, password = pwd) =>
  `a=ice-ufrag:${name}\r\na=ice-pwd:${password}\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=${candidate}\r\na=end-of-candidates\r\n`

let routes: WebrtcRoutes
beforeEach(async () => {
  routes = await webrtcRoutes(addWhep)
})
afterEach(async () => {
  vi.useRealTimers()
  await routes.close()
})

type Headers = Record<string, string>
const as = (caller: string, headers: Headers = {}) => ({ authorization: `Bearer ${caller}`, ...headers })
const send = (
  method: 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'GET' | 'PUT',
  url: string,
  headers: Headers,
  payload?: string,
) => routes.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
const post = (url = '/whep', headers: Headers = as('anna'), payload = offer) =>
  send('POST', url, { 'content-type': 'application/sdp', ...headers }, payload)
const patch = (url: string, headers: Headers, payload = fragment()) =>
  send('PATCH', url, { 'content-type': 'application/trickle-ice-sdpfrag', ...headers }, payload)

async function newSession(caller = 'anna'): Promise<{ location: string; etag: string }> {
  const { headers } = await post('/whep', as(caller))
  return { location: String(headers['location']), etag: String(headers['etag']) }
}

describe('a WHEP endpoint', () => {
  it('answers an offer with a session, naming the camera of the path', async () => {
    const reply = await post('/whep/Test%20camera')
    expect(reply.statusCode).toBe(201)
    expect(reply.headers['content-type']).toBe('application/sdp')
    expect(reply.headers['location']).toMatch(/^\/whep\/sessions\/[\w-]+$/)
    expect(reply.headers['etag']).toMatch(/^"[^"]+"$/)
    expect(reply.body).toMatch(/^v=0/)
    expect(routes.webrtc.offers).toEqual([
      {
        offer: { sdp: offer, detectorName: 'Test camera' },
        viewer: {
          callerId: 'anna',
          label: 'Label of anna',
          role: 'viewer',
          address: '192.0.2.1',
          client: 'webrtc',
        },
      },
    ])
    await post('/whep')
    await post('/whep/')
    expect(routes.webrtc.offers.slice(1).map(({ offer: { detectorName } }) => detectorName)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('names STUN and TURN servers', async () => {
    routes.engine.settings.change({
      iceServers: [
        { urls: ['stun:stun.example.net'] },
        { urls: ['turn:turn.example.net?transport=udp'], username: 'user', credential: 'pass"word' },
      ],
    })
    const links = [
      '<stun:stun.example.net>; rel="ice-server"',
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="pass\\"word"; credential-type="password"',
    ]
    expect((await post()).headers['link']).toEqual(links)
    const known = await send('OPTIONS', '/whep', as('anna'))
    expect(known.headers).toMatchObject({
      link: links,
      'accept-post': 'application/sdp',
      allow: 'POST, OPTIONS',
    })
  })

  it('refuses what it cannot read or may not answer', async () => {
    const json = await post('/whep', as('anna', { 'content-type': 'application/json' }), '{}')
    expect([json.statusCode, json.headers['accept-post']]).toEqual([415, 'application/sdp'])
    expect((await send('POST', '/whep', as('anna'))).statusCode).toBe(415)
    expect((await post('/whep', as('anna', { accept: 'application/json' }))).statusCode).toBe(406)
    expect((await post('/whep', as('anna', { accept: 'application/sdp;q=0' }))).statusCode).toBe(406)
    expect((await post('/whep', as('anna', { accept: 'text/html, */*;q=0.1' }))).statusCode).toBe(201)
    expect((await post('/whep', as('anna'), '')).json()).toMatchObject({ code: 'INVALID_INPUT', status: 400 })
    expect((await post('/whep', as('anna'), 'not sdp')).json()).toMatchObject({ code: 'INVALID_INPUT' })
    const large = await post('/whep', as('anna'), `v=0${'x'.repeat(maxSdpLength)}`)
    expect(large.json()).toMatchObject({ code: 'TOO_LARGE', status: 413 })
    const unknown = await post('/whep', {})
    expect([unknown.statusCode, unknown.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(routes.webrtc.offers).toHaveLength(1)
  })

  it('passes the engine’s errors with hint and status', async () => {
    routes.webrtc.failure = new CoverslipError('PROTOCOL_IN_USE', 'Camera 1 streams by binary', {
      hint: 'Stop it.',
    })
    const reply = await post()
    expect(reply.statusCode).toBe(409)
    expect(reply.json()).toMatchObject({ code: 'PROTOCOL_IN_USE', data: { hint: 'Stop it.' } })
    routes.webrtc.failure = new CoverslipError('DEVICE_UNAVAILABLE', 'Camera 1 is away')
    expect((await post()).headers['retry-after']).toBeDefined()
  })

  it('answers other methods with 405 and those allowed', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      const reply = await send(method, '/whep/camera', as('anna'))
      expect([method, reply.statusCode, reply.headers['allow']]).toEqual([method, 405, 'POST, OPTIONS'])
    }
    const { location } = await newSession()
    const reply = await send('POST', location, as('anna', { 'content-type': 'application/sdp' }), offer)
    expect([reply.statusCode, reply.headers['allow']]).toEqual([405, 'PATCH, DELETE, OPTIONS'])
  })

  it('slows down a flood of offers by one caller, and nobody else', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const statuses = new Set<number>()
    for (let i = 0; i < 60; i++) statuses.add((await post()).statusCode)
    expect([...statuses]).toEqual([201, 429])
    expect((await post('/whep', as('bob'))).statusCode).toBe(201)
  })
})

describe('a WHEP session', () => {
  it('takes candidates under its ETag', async () => {
    const { location, etag } = await newSession()
    const reply = await patch(location, as('anna', { 'if-match': `"other", ${etag}` }))
    expect([reply.statusCode, reply.body]).toEqual([204, ''])
    expect((await patch(location, as('anna', { 'if-match': '*' }))).statusCode).toBe(204)
    expect(routes.webrtc.candidates).toEqual([
      [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }],
      [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }],
    ])
  })

  it('demands the ETag, and refuses another', async () => {
    const { location, etag } = await newSession()
    expect((await patch(location, as('anna'))).statusCode).toBe(428)
    expect((await patch(location, as('anna', { 'if-match': '"other"' }))).statusCode).toBe(412)
    expect((await patch(location, as('anna', { 'if-match': `W/${etag}` }))).statusCode).toBe(412)
    expect(routes.webrtc.candidates).toEqual([])
  })

  it('refuses ICE restarts, broken fragments and other types', async () => {
    const { location, etag } = await newSession()
    const headers = as('anna', { 'if-match': etag })
    expect((await patch(location, as('anna', { 'if-match': '*' }), fragment('abcd'))).statusCode).toBe(422)
    expect((await patch(location, headers, fragment(ufrag, 'x'.repeat(24)))).statusCode).toBe(422)
    expect((await patch(location, headers, 'a=candidate:nonsense')).statusCode).toBe(400)
    const typed = await patch(location, { ...headers, 'content-type': 'application/sdp' })
    expect([typed.statusCode, typed.headers['accept-patch']]).toEqual([
      415,
      'application/trickle-ice-sdpfrag',
    ])
    const large = await patch(location, headers, 'x'.repeat(maxSdpLength + 1))
    expect(large.statusCode).toBe(413)
    expect(routes.webrtc.candidates).toEqual([])
  })

  it('ends by DELETE; its caller counts as present until then', async () => {
    const { location } = await newSession()
    expect(routes.present).toEqual(new Set(['anna']))
    expect((await send('DELETE', location, as('anna'))).statusCode).toBe(200)
    expect(routes.webrtc.open.size).toBe(0)
    expect(routes.present).toEqual(new Set())
    expect((await send('DELETE', location, as('anna'))).statusCode).toBe(404)
  })

  it('is gone when its peer is', async () => {
    const { location, etag } = await newSession()
    for (const id of routes.webrtc.open) await routes.webrtc.close(id)
    const reply = await patch(location, as('anna', { 'if-match': etag }))
    expect(reply.json()).toMatchObject({ code: 'UNKNOWN_SESSION', status: 404 })
    expect(routes.present).toEqual(new Set())
  })

  it('belongs to its caller alone', async () => {
    const { location, etag } = await newSession()
    expect((await send('DELETE', location, as('bob'))).statusCode).toBe(404)
    expect((await patch(location, as('bob', { 'if-match': etag }))).statusCode).toBe(404)
    expect((await send('DELETE', '/whep/sessions/forged', as('anna'))).statusCode).toBe(404)
    expect((await send('DELETE', location, {})).statusCode).toBe(401)
    expect(routes.webrtc.open.size).toBe(1)
  })
})

describe('an SDP fragment', () => {
  it('places candidates by their medium', () => {
    const text = `a=ice-ufrag:${ufrag}\na=ice-pwd:${pwd}\nm=video 9 X 0\na=mid:v\na=${candidate}\nm=application 9 X 0\na=${candidate}\n`
    expect(parseSdpFragment(text)).toEqual({
      iceUfrag: ufrag,
      icePwd: pwd,
      candidates: [
        { candidate, sdpMid: 'v', sdpMLineIndex: 0 },
        { candidate, sdpMLineIndex: 1 },
      ],
    })
  })

  it.each([
    ['no SDP', 'hello'],
    ['a broken candidate', 'a=candidate:1 1 udp x 198.51.100.1 1 typ host'],
    ['two user names', 'a=ice-ufrag:abcd\r\na=ice-ufrag:abce'],
    ['a short password', 'a=ice-pwd:abc'],
    ['too many candidates', `a=${candidate}\r\n`.repeat(51)],
    ['a candidate without end', `a=${candidate} ${'x'.repeat(2000)}`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseSdpFragment(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  const token = fc.stringMatching(/^[A-Za-z0-9+/]{1,32}$/)
  const candidates = fc
    .record({
      foundation: token,
      component: fc.constantFrom(1, 2),
      transport: fc.constantFrom('udp', 'UDP', 'tcp'),
      priority: fc.nat(4_294_967_295),
      address: fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.uuid().map((id) => `${id}.local`),
      ),
      port: fc.nat(65_535),
      type: fc.constantFrom('host', 'srflx', 'prflx', 'relay'),
      extensions: fc.constantFrom('', ' raddr 0.0.0.0 rport 9', ' generation 0 ufrag EsAw network-cost 999'),
    })
    .map(
      ({ foundation, component, transport, priority, address, port, type, extensions }) =>
        `candidate:${foundation} ${component} ${transport} ${priority} ${address} ${port} typ ${type}${extensions}`,
    )

  it('returns every candidate that was written into it, with any line ends and order of lines', () => {
    const media = fc.array(fc.array(candidates, { maxLength: 6 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(media, fc.constantFrom('\r\n', '\n'), (written, end) => {
        const lines = written.flatMap((group, index) => [
          'm=video 9 UDP/TLS/RTP/SAVPF 0',
          `a=mid:${index}`,
          ...group.map((text) => `a=${text}`),
        ])
        const read = parseSdpFragment([`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, ...lines].join(end))
        expect(read.candidates).toEqual(
          written.flatMap((group, index) =>
            group.map((text) => ({ candidate: text, sdpMid: String(index), sdpMLineIndex: index })),
          ),
        )
      }),
    )
  })

  it('of anything at all is read or refused, never more', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('a=', 'm=', '\r\n', `a=${candidate}`, 'a=mid:', 'a=ice-pwd:'),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          expect(parseSdpFragment(pieces.join('')).candidates.length).toBeLessThanOrEqual(50)
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' })
        }
      }),
    )
  })
})

it('ICE servers never break a header', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, text, (rest, username, credential) => {
      for (const link of iceServerLinks([{ urls: [`turn:${rest}`], username, credential }])) {
        expect(link).toMatch(
          /^<[\x21-\x7e]+>; rel="ice-server"; username="([^"\\]|\\.)*"; credential="([^"\\]|\\.)*"; credential-type="password"$/,
        )
      }
    }),
  )
})
