import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { withoutSecrets } from '../../../src-main/engine/caller-events.ts'
import { SettingsFile } from '../../../src-main/engine/settings-file.ts'
import { WhipPublisher } from '../../../src-main/engine/whip-publisher.ts'
import { settingsSchema, whipSettingsSchema } from '../../../src-shared/settings.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { FakeSignalling } from '../../fixtures/fake-signalling.ts'

type Seen = {
  method: string
  path: string
  token: string | undefined
  type: string | undefined
  body: string
}

let server: Server
let url: string
let seen: Seen[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
let webrtc: FakeSignalling
let alerts: AlertBoard
let settings: SettingsFile
let publisher: WhipPublisher

const accept = (response: ServerResponse, body = 'v=0\r\ns=remote\r\n') =>
  response.writeHead(201, { 'content-type': 'application/sdp', location: '/sessions/1' }).end(body)

async function listen(handler: typeof answer): Promise<{ server: Server; url: string }> {
  const started = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const { authorization: token, 'content-type': type } = request.headers
      seen.push({ method: request.method ?? '', path: request.url ?? '', token, type, body })
      if (request.method === 'DELETE') response.writeHead(200).end()
      else handler(request, response)
    })
  })
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const { port }: Partial<AddressInfo> = Object(started.address())
  return { server: started, url: `http://127.0.0.1:${port}` }
}

beforeEach(async () => {
  seen = []
  answer = (_request, response) => accept(response)
  const started = await listen((request, response) => answer(request, response))
  server = started.server
  url = started.url
  webrtc = new FakeSignalling()
  alerts = new AlertBoard()
  settings = await SettingsFile.open({ path: undefined, alerts })
  publisher = new WhipPublisher({ webrtc, settings, alerts, backOff: { firstMs: 5, longestMs: 20 } })
  publisher.start()
})
afterEach(async () => {
  await publisher.close()
  await settings.close()
  server.closeAllConnections()
  server.close()
})

const publish = (
  whip: { url?: string; bearerToken?: string; detectorName?: string; enabled?: boolean } = {},
) => settings.change({ whip: { enabled: true, url: `${url}/whip`, ...whip } })
const alert = () => alerts.list().find(({ id }) => id === 'whip')
const requests = () => seen.map(({ method, path }) => `${method} ${path}`)
const published = (count = 1) =>
  eventually('a publication', () => webrtc.published.length >= count && webrtc.open.size === 1)

describe('publishing by WHIP', () => {
  it('does nothing until it is told to', async () => {
    settings.change({ theme: 'light', whip: { enabled: false, url } })
    expect(seen).toEqual([])
  })

  it('offers with the token, takes the answer, and ends the session when it is switched off', async () => {
    publish({ bearerToken: 'secret' })
    await published()
    expect(webrtc.published).toEqual(['v=0\r\ns=remote\r\n'])
    expect(seen).toEqual([
      {
        method: 'POST',
        path: '/whip',
        token: 'Bearer secret',
        type: 'application/sdp',
        body: 'v=0\r\ns=offer\r\n',
      },
    ])
    settings.change({ theme: 'light' })
    expect(webrtc.open.size).toBe(1)
    publish({ enabled: false })
    await eventually('the end', () => requests().includes('DELETE /sessions/1'))
    expect(seen[1]?.token).toBe('Bearer secret')
    expect(webrtc.open.size).toBe(0)
    expect(alert()).toBeUndefined()
  })

  it('goes over to another server at once', async () => {
    publish()
    await published()
    publish({ url: `${url}/other` })
    await published(2)
    expect(requests()).toEqual(['POST /whip', 'DELETE /sessions/1', 'POST /other'])
  })

  it('keeps trying while the server fails, with one alert that goes when it works again', async () => {
    answer = (_request, response) => response.writeHead(503).end()
    publish()
    await eventually('retries', () => seen.length >= 3)
    expect(alert()).toMatchObject({ severity: 'warning', message: expect.stringContaining('503') })
    answer = (_request, response) => accept(response)
    await published()
    expect(alert()).toBeUndefined()
  })

  it('begins again when the session is lost', async () => {
    publish()
    await published()
    for (const id of webrtc.open) await webrtc.close(id)
    await published(2)
  })

  it('says what a server that is away means', async () => {
    publish({ url: 'http://127.0.0.1:9/whip' })
    const raised = await eventually('an alert', alert)
    expect(raised.message).toMatch(/127\.0\.0\.1:9 does not answer/)
  })

  it.each<[string, string, (response: ServerResponse) => void]>([
    ['a wrong token', 'token', (response) => response.writeHead(401).end()],
    [
      'a page',
      'text/html',
      (response) => response.writeHead(201, { 'content-type': 'text/html' }).end('<p>'),
    ],
    [
      'an answer that breaks off',
      'broke off its answer',
      (response) => {
        response.writeHead(201, {
          'content-type': 'application/sdp',
          location: '/sessions/1',
          'content-length': 50,
        })
        response.write('v=0', () => response.destroy())
      },
    ],
    ['an endless answer', 'more than', (response) => accept(response, 'x'.repeat(maxSdpLength + 1))],
    [
      'a redirect to a file',
      'not as safe',
      (response) => response.writeHead(307, { location: 'file:///etc/passwd' }).end(),
    ],
    ['endless redirects', 'more than 3', (response) => response.writeHead(307, { location: '/whip' }).end()],
    [
      'a redirect that changes the method',
      '302',
      (response) => response.writeHead(302, { location: '/x' }).end(),
    ],
  ])('refuses %s', async (_what, words, reply) => {
    answer = (_request, response) => reply(response)
    publish()
    expect((await eventually('an alert', alert)).message).toContain(words)
    expect(webrtc.published).toEqual([])
  })

  it('follows a redirect, but tells no other server its token', async () => {
    const other = await listen((_request, response) => accept(response))
    answer = (_request, response) => response.writeHead(307, { location: `${other.url}/there` }).end()
    publish({ bearerToken: 'secret' })
    await published()
    expect(seen.map(({ path, token }) => [path, token])).toEqual([
      ['/whip', 'Bearer secret'],
      ['/there', undefined],
    ])
    await publisher.close()
    expect(requests().at(-1)).toBe('DELETE /sessions/1')
    other.server.closeAllConnections()
    other.server.close()
  })

  it('ends everything when it is closed, also while the server does not answer', async () => {
    let asked = false
    answer = () => {
      asked = true
    }
    publish()
    await eventually('the request', () => asked)
    await publisher.close()
    expect(webrtc.open.size).toBe(0)
    const before = seen.length
    publish({ url: `${url}/later` })
    expect(seen.length).toBe(before)
  })
})

describe('the address of a media server', () => {
  it.each(['', 'nonsense', 'ftp://media.example.org/x', 'https://user:secret@media.example.org/x'])(
    'is refused, and nothing more: %j',
    (url) => {
      expect(whipSettingsSchema.safeParse({ url }).success).toBe(false)
    },
  )

  it('may carry a key, which only owners see', () => {
    const whip = whipSettingsSchema.parse({
      url: 'https://media.example.org/key/publish?k=1',
      bearerToken: 'b',
    })
    const seen = withoutSecrets(settingsSchema.parse({ whip }))
    expect(JSON.stringify(seen)).not.toMatch(/key|k=1|bearerToken/)
    expect(seen.whip?.url).toBe('https://media.example.org')
  })
})
