import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import { joinViewer } from '../../fixtures/joined-viewer.ts'
import { bearer, openSocket, startTokenServer, type TokenServer } from '../../fixtures/token-server.ts'

let host: TokenServer
let clock: FakeClock
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-page-'))
  await writeFile(join(folder, 'index.html'), '<html><style nonce="__CSP_NONCE__"></style></html>')
  await writeFile(join(folder, 'app.js'), 'start()')
  clock = new FakeClock()
  host = await startTokenServer({ appFolder: folder, access: await AccessControl.open({ clock }) })
})
afterEach(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(host.url + path, { headers })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(host.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
const move = { deviceId: 'test-stage', x: 1 }

/** What a browser would send back. */
async function joined(
  token: string,
  headers: Record<string, string> = {},
): Promise<{ cookie: string; set: string }> {
  const response = await post('/api/session', { token }, headers)
  expect(response.status).toBe(200)
  const set = response.headers.get('set-cookie') ?? ''
  return { set, cookie: set.split(';', 1)[0] ?? '' }
}

describe('A server with access tokens', () => {
  it.each([
    '/api/devices',
    '/api/system/events',
    '/api/openapi.json',
    '/api/docs',
    '/api/nope',
    '/liveview/getActiveStreams',
    '/liveview/mjpeg_stream',
    '/api/mjpeg/test-camera',
    '/socket.io/?EIO=4&transport=polling',
  ])('answers nobody at %s without a token', async (path) => {
    const response = await get(path)
    // The frame socket takes no polling at all.
    expect(response.status).toBe(path.startsWith('/socket.io') ? 400 : 401)
    if (response.status === 401)
      expect(await response.json()).toMatchObject({
        code: 'UNAUTHORIZED',
        data: { hint: expect.any(String) },
      })
  })

  it('serves the page and its files to everybody', async () => {
    expect(await (await get('/')).text()).toContain('<style nonce="')
    expect(await (await get('/app.js')).text()).toBe('start()')
    expect((await get('/nope.js')).status).toBe(404)
    expect((await get('/')).headers.get('referrer-policy')).toBe('no-referrer')
  })

  it.each([
    ['no token', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a wrong one', bearer('A'.repeat(43))],
    ['one of the wrong length', bearer('A'.repeat(4000))],
    ['a forged cookie', { cookie: `coverslip_session=${'A'.repeat(43)}.${'B'.repeat(22)}` }],
    ['a broken cookie', { cookie: 'coverslip_session=%E0%A4%A; coverslip_session==.;;' }],
  ])('refuses %s', async (_what, headers) => {
    expect((await get('/api/devices', headers)).status).toBe(401)
    const socket = openSocket(host.url, headers)
    await new Promise((resolve) => socket.on('connect_error', resolve))
    expect(socket.connected).toBe(false)
  })

  it('lets a token in as header, query and cookie, and as one person each', async () => {
    const { secret } = await host.token('operator')
    const { cookie } = await joined(secret)
    const sessions = await Promise.all([
      get('/api/access/session', bearer(secret)),
      get(`/api/access/session?token=${secret}`),
      get('/api/access/session', { cookie }),
    ])
    const callers = await Promise.all(sessions.map(async (response) => (await response.json()).caller))
    expect(callers).toEqual(
      callers.map(() =>
        expect.objectContaining({ role: 'operator', label: 'The operator', address: '127.0.0.1' }),
      ),
    )
    expect(callers[0].id).toBe(callers[1].id)
    expect(callers[0].id).not.toBe(callers[2].id)
    for (const socket of [
      openSocket(host.url, bearer(secret)),
      openSocket(host.url, { cookie }),
      openSocket(host.url, {}, `?token=${secret}`),
    ]) {
      await eventually('the socket', () => socket.connected)
      socket.disconnect()
    }
  })

  it('does not fall back on a cookie when another token is wrong', async () => {
    const { cookie } = await joined((await host.token('owner')).secret)
    expect((await get('/api/devices', { cookie, ...bearer('A'.repeat(43)) })).status).toBe(401)
    expect((await get('/api/devices?token=x', { cookie })).status).toBe(401)
  })

  it('lets nobody in with an expired or revoked token', async () => {
    const { secret } = await host.token('viewer', 1)
    const other = await host.token('viewer')
    const { cookie } = await joined(secret)
    clock.pass(3_600_000)
    await host.access.revokeToken(other.id)
    for (const headers of [bearer(secret), { cookie }, bearer(other.secret)])
      expect((await get('/api/devices', headers)).status).toBe(401)
    expect((await post('/api/session', { token: secret })).status).toBe(401)
  })

  it('lets viewers see, operators change, and owners decide', async () => {
    const [viewer, operator, owner] = await Promise.all(
      (['viewer', 'operator', 'owner'] as const).map(async (role) => bearer((await host.token(role)).secret)),
    )
    for (const headers of [viewer, operator, owner])
      expect((await get('/api/devices', headers)).status).toBe(200)
    for (const [path, body] of [
      ['/api/stage/move', move],
      ['/api/devices/setProperty', { deviceId: 'test-light', property: 'on', value: true }],
      ['/api/liveview/start', {}],
      ['/api/settings', { theme: 'light' }],
      ['/api/access/takeControl', {}],
      ['/liveview/startLiveView', {}],
      ['/liveview/stopLiveView', {}],
    ] as const)
      expect((await post(path, body, viewer)).status, path).toBe(403)
    const refused = await post('/api/stage/move', move, viewer)
    expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN', data: { hint: expect.any(String) } })
    expect((await post('/api/stage/move', move, operator)).status).toBe(200)
    for (const path of ['/api/access/tokens', '/api/access/audit', '/api/viewers']) {
      expect((await get(path, operator)).status, path).toBe(403)
      expect((await get(path, owner)).status, path).toBe(200)
    }
    expect((await post('/api/sharing', { enabled: false }, operator)).status).toBe(403)
    const entries: { action: string; error?: string }[] = await (await get('/api/access/audit', owner)).json()
    expect(
      entries.filter(({ action }) => action === 'stage.move').map(({ error }) => error ?? 'done'),
    ).toEqual(expect.arrayContaining(['done', expect.stringContaining('operator')]))
    expect(entries.some(({ action }) => action === 'access.audit')).toBe(false)
  })

  it('gives tokens to owners, who may make viewers and operators only', async () => {
    const owner = bearer((await host.token('owner')).secret)
    const made = await (await post('/api/access/tokens', { label: 'Anna', role: 'viewer' }, owner)).json()
    expect((await get('/api/devices', bearer(made.secret))).status).toBe(200)
    expect((await post('/api/access/tokens', { label: 'Anna', role: 'owner' }, owner)).status).toBe(400)
    const listed = JSON.stringify(await (await get('/api/access/tokens', owner)).json())
    expect(listed).toContain('Anna')
    expect(listed).not.toContain(made.secret)
    const audit = JSON.stringify(await (await get('/api/access/audit', owner)).json())
    expect(audit).toContain('access.createToken')
    expect(audit).not.toContain(made.secret)
  })

  it('writes down whom an owner shut out by their labels, not by ids alone', async () => {
    const owner = bearer((await host.token('owner')).secret)
    const anna = await (await post('/api/access/tokens', { label: 'Anna', role: 'viewer' }, owner)).json()
    const leave = joinViewer(host.engine.viewers, { callerId: 'token.ben', label: 'Ben' })
    await post('/api/access/revokeToken', { tokenId: anna.token.id }, owner)
    await post('/api/viewers/disconnect', { viewerId: host.engine.viewers.list()[0]?.id }, owner)
    await post('/api/viewers/disconnect', { viewerId: 'nobody' }, owner)
    leave()
    const entries: { action: string; input?: object }[] = await (await get('/api/access/audit', owner)).json()
    const inputs = entries.filter(({ action }) => /revoke|disconnect/.test(action)).map(({ input }) => input)
    expect(inputs).toEqual(
      expect.arrayContaining([
        { label: 'Anna', tokenId: anna.token.id },
        { label: 'Ben', viewerId: expect.any(String) },
        { viewerId: 'nobody' },
      ]),
    )
  })

  it('tells addresses of others to owners only', async () => {
    const operator = bearer((await host.token('operator')).secret)
    await post('/api/stage/move', move, operator)
    const holderFor = async (role: 'viewer' | 'owner') => {
      const response = await get('/api/access/session', bearer((await host.token(role)).secret))
      return (await response.json()).control.holder
    }
    expect(await holderFor('viewer')).toMatchObject({ label: 'The operator', address: '' })
    expect(await holderFor('owner')).toMatchObject({ label: 'The operator', address: '127.0.0.1' })
  })

  it('cannot be made to answer more by a name of its own', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${host.url}/api/devices`, {
        headers: { host: 'rebound.example', origin: 'http://rebound.example' },
      })
        .on('response', ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(401)
  })
})

describe('A session', () => {
  it('begins with a cookie that scripts cannot read and other sites do not send, and ends', async () => {
    const { secret } = await host.token('viewer', 1)
    const { set, cookie } = await joined(secret)
    expect(set).toMatch(/HttpOnly/)
    expect(set).toMatch(/SameSite=Strict/)
    expect(set).toMatch(/Path=\//)
    expect(set).not.toMatch(/Secure/)
    expect((await get('/api/devices', { cookie })).status).toBe(200)
    const end = await fetch(`${host.url}/api/session`, { method: 'DELETE', headers: { cookie } })
    expect(end.status).toBe(204)
    expect(end.headers.get('set-cookie')).toMatch(/coverslip_session=;.*Max-Age=0/)
  })

  it('answers who one is', async () => {
    const response = await post('/api/session', { token: (await host.token('viewer')).secret })
    expect(await response.json()).toEqual({
      caller: expect.objectContaining({ role: 'viewer', label: 'The viewer' }),
      control: {},
    })
  })

  it('is of one browser: never under an id that was brought along', async () => {
    const { secret } = await host.token('operator')
    const planted = `coverslip_session=${secret}.${'P'.repeat(22)}`
    const { cookie } = await joined(secret, { cookie: planted })
    expect(cookie).not.toContain('P'.repeat(22))
    const idOf = async (sent: string) =>
      (await (await get('/api/access/session', { cookie: sent })).json()).caller.id
    expect(await idOf(cookie)).not.toBe(await idOf(planted))
  })

  it('cannot be passed for by who sees its id', async () => {
    const { secret } = await host.token('operator')
    const { cookie } = await joined(secret)
    const { caller } = await (await get('/api/access/session', { cookie })).json()
    await post('/api/stage/move', move, { cookie })
    const seen: string = caller.id.split('.')[1]
    for (const forged of [seen, seen.padEnd(22, 'A'), caller.id]) {
      const response = await post('/api/stage/move', move, {
        cookie: `coverslip_session=${secret}.${forged}`,
      })
      expect([401, 409]).toContain(response.status)
    }
  })

  it.each([
    ['no body', undefined, 400],
    ['a number', { token: 5 }, 400],
    ['too much', { token: 'x'.repeat(5000) }, 400],
    ['more than a token', { token: 'x', role: 'owner' }, 400],
    ['a wrong token', { token: 'x'.repeat(43) }, 401],
  ])('does not begin with %s', async (_what, body, status) => {
    const response = await post('/api/session', body)
    expect(response.status).toBe(status)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('limits wrong tokens, and lets right ones in all the same', async () => {
    const { secret } = await host.token('viewer')
    const statuses = []
    for (let i = 0; i < 12; i += 1)
      statuses.push((await post('/api/session', { token: `${'x'.repeat(42)}${i}`.slice(0, 43) })).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
    expect((await post('/api/session', { token: secret })).status).toBe(200)
  })
})

describe('Pages from elsewhere', () => {
  const lab = 'https://lab.example.org'
  const preflight = (origin: string) =>
    fetch(`${host.url}/api/stage/move`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    })

  it('are refused', async () => {
    const headers = { ...bearer((await host.token('owner')).secret), origin: 'https://evil.example' }
    const response = await get('/api/devices', headers)
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    expect((await post('/api/session', { token: 'x' }, { origin: 'null' })).status).toBe(403)
    const socket = openSocket(host.url, headers)
    await new Promise((resolve) => socket.on('connect_error', resolve))
  })

  it('are welcome where the settings allow them, each by its name', async () => {
    host.engine.settings.change({
      remote: { ...host.engine.settings.settings.remote, allowedOrigins: [`${lab}/page`] },
    })
    const asked = await preflight(lab)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(lab)
    expect(asked.headers.get('access-control-allow-credentials')).toBe('true')
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    const refused = await get('/api/devices', { origin: lab })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(lab)
    const headers = { ...bearer((await host.token('viewer')).secret), origin: lab }
    const response = await get('/api/devices', headers)
    expect(response.status).toBe(200)
    expect(response.headers.get('vary')).toContain('origin')
    const socket = openSocket(host.url, headers)
    await eventually('the socket', () => socket.connected)
    socket.disconnect()
    expect((await get('/api/devices', { ...headers, origin: `${lab}.evil.example` })).status).toBe(403)
  })

  it('are welcome as this server’s own', async () => {
    const headers = { ...bearer((await host.token('viewer')).secret), origin: host.url }
    expect((await get('/api/devices', headers)).status).toBe(200)
  })
})
