import { get as httpGet } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import type { Access } from '../../../src-main/access/access.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { createServer, type RunningServer } from '../../../src-main/server/create-server.ts'
import type { AccessToken } from '../../../src-shared/access.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

type Role = 'viewer' | 'operator'

/** Status of an answer that goes on. `fetch` would set some of these headers itself. */
function open(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { headers }, ({ statusCode }) => {
      resolve(statusCode)
      request.destroy()
    })
    request.on('error', reject)
  })
}

describe('MJPEG and the live-view façade with access tokens', () => {
  let engine: Engine
  let access: Access
  let server: RunningServer
  const tokens = new Map<Role, { token: AccessToken; secret: string }>()

  beforeEach(async () => {
    engine = await createEngine({ connections: [testConnection()] })
    access = await AccessControl.open()
    for (const role of ['viewer', 'operator'] as const)
      tokens.set(role, await access.createToken({ label: role, role }))
    server = await createServer({
      engine,
      access,
      version: '0',
      host: '127.0.0.1',
      port: 0,
      entrance: 'tokens',
    })
  })
  afterEach(async () => {
    for (const abort of watching.splice(0)) abort.abort()
    await server.close()
    await access.close()
    await engine.close()
  })

  const watching: AbortController[] = []

  /** Status and JSON of an answer; of a stream, which goes on until the end of the test, only its status. */
  async function get(path: string, role?: Role): Promise<{ status: number; body?: unknown }> {
    const abort = new AbortController()
    const headers = role === undefined ? {} : { authorization: `Bearer ${tokens.get(role)?.secret}` }
    const response = await fetch(server.url + path, { headers, signal: abort.signal })
    if (response.status !== 200 || !path.includes('mjpeg'))
      return { status: response.status, body: await response.json() }
    watching.push(abort)
    return { status: 200 }
  }

  it('lets nobody watch without a token', async () => {
    expect(await get('/api/mjpeg')).toMatchObject({ status: 401 })
    expect(await get('/liveview/mjpeg_stream')).toMatchObject({ status: 401 })
    expect(engine.liveView.getActiveStreams()).toEqual([])
  })

  it('lets viewers start a stream as it is; parameters of operators count, and are written down', async () => {
    const quality = () =>
      engine.liveView.getActiveStreams().map(({ params }) => 'quality' in params && params.quality)
    expect(await get('/api/mjpeg?quality=51', 'viewer')).toEqual({ status: 200 })
    expect(quality()).toEqual([80])
    // It runs already, so nothing changes.
    expect(await get('/api/mjpeg?quality=52', 'operator')).toEqual({ status: 200 })
    expect(quality()).toEqual([80])
    expect(await access.audit(10)).toEqual([])
    await engine.liveView.stopLiveView({})
    expect(await get('/api/mjpeg?quality=53', 'operator')).toEqual({ status: 200 })
    expect(quality()).toEqual([53])
    expect(await access.audit(10)).toMatchObject([
      { action: 'liveView.watch', input: { protocol: 'mjpeg', params: { quality: 53 } } },
    ])
  })

  it('serves the image of a foreign page only with a token of its own', async () => {
    const { secret = '' } = tokens.get('viewer') ?? {}
    const image = (path: string, headers: Record<string, string>) =>
      open(server.url + path, { 'sec-fetch-site': 'same-site', ...headers })
    const session = await fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: secret }),
    })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(await image('/api/mjpeg', { cookie })).toBe(403)
    expect(engine.liveView.getActiveStreams()).toEqual([])
    expect(await image('/api/mjpeg', { cookie, 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await image(`/api/mjpeg?token=${secret}`, {})).toBe(200)
  })

  it('lets viewers look, and only operators change', async () => {
    for (const path of ['getActiveStreams', 'getDetectorStreams', 'getStreamParams'])
      expect(await get(`/liveview/${path}`, 'viewer')).toMatchObject({ status: 200 })
    for (const path of ['startLiveView', 'stopLiveView', 'setStreamParams'])
      expect(await get(`/liveview/${path}`, 'viewer')).toMatchObject({
        status: 403,
        body: { status: 'error', code: 'FORBIDDEN' },
      })
    expect(await get('/liveview/startLiveView', 'operator')).toMatchObject({
      status: 200,
      body: { status: 'success' },
    })
  })

  it('ends the streams of a token that is revoked', async () => {
    const { token, secret = '' } = tokens.get('viewer') ?? {}
    const response = await fetch(`${server.url}/api/mjpeg`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(response.status).toBe(200)
    const ended = response.arrayBuffer().then(
      () => true,
      () => true,
    )
    await eventually('a viewer', () => engine.viewers.list()[0]?.label === 'viewer')
    await access.revokeToken(token?.id ?? '')
    expect(await ended).toBe(true)
    await eventually('no viewer', () => engine.viewers.list().length === 0)
  })
})
