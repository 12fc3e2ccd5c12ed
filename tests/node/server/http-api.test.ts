import { createORPCClient, isDefinedError, safe } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer } from '../../../src-main/server/create-server.ts'
import { contract } from '../../../src-shared/contract/contract.ts'
import { deviceStateSchema } from '../../../src-shared/devices.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let host: TestServer
let client: ContractRouterClient<typeof contract>

beforeAll(async () => {
  host = await startTestServer()
  client = createORPCClient(new OpenAPILink(contract, { url: `${host.url}/api` }))
})
afterAll(() => host.close())

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(host.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

/** A GET with any Host header, which `fetch` does not allow. */
function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${host.url}/api/system/info`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('The HTTP API', () => {
  it('answers the typed client', async () => {
    expect(await client.system.info()).toEqual({
      version: '0.0.0-test',
      transport: 'network',
      protocols: ['binary', 'jpeg', 'mjpeg', 'webrtc'],
    })
    const devices = await client.devices.list()
    expect(devices.map((device) => deviceStateSchema.parse(device).id)).toEqual([
      'test-camera',
      'test-stage',
      'test-light',
    ])
    expect(await client.stage.move({ deviceId: 'test-stage', x: 5, mode: 'relative' })).toEqual({
      x: 5,
      y: 0,
    })
    expect(await client.liveView.start({})).toMatchObject({ status: 'started' })
    expect(await client.liveView.status()).toMatchObject({
      detectors: [{ streaming: true, protocol: 'binary' }],
    })
    expect(await client.liveView.stop({})).toMatchObject({ status: 'stopped' })
    expect(await client.settings.set({ theme: 'light' })).toMatchObject({ theme: 'light' })
  })

  it('passes typed errors with hint and details', async () => {
    const { error } = await safe(
      client.devices.setProperty({ deviceId: 'test-camera', property: 'exposureMs', value: -1 }),
    )
    expect(isDefinedError(error) && error.code).toBe('OUT_OF_RANGE')
    expect(error).toMatchObject({
      status: 400,
      message: expect.stringContaining('xposure'),
      data: { hint: expect.any(String) },
    })
  })

  it('streams events: a snapshot, then what changes', async () => {
    const events = await client.system.events()
    const first = await events.next()
    expect(first.value).toMatchObject({
      type: 'snapshot',
      devices: [{ id: 'test-camera' }, {}, {}],
      streams: [],
    })
    await client.devices.setProperty({ deviceId: 'test-light', property: 'on', value: true })
    // What the calls of the test before have changed may still be told.
    let isTold = false
    for await (const event of events) {
      isTold = event.type === 'deviceChanged' && event.device.id === 'test-light'
      if (isTold) break
    }
    expect(isTold).toBe(true)
  })

  it('describes itself as OpenAPI, with a page that loads nothing from elsewhere', async () => {
    const spec = (await (await fetch(`${host.url}/api/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, unknown>
    }
    expect(spec.openapi).toBe('3.1.1')
    expect(Object.keys(spec.paths)).toContain('/liveview/start')
    const page = await (await fetch(`${host.url}/api/docs`)).text()
    expect(page).not.toMatch(/https?:\/\//)
    for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await fetch(host.url + path)).status, path).toBe(200)
    }
  })

  it.each([
    ['broken JSON', '{', 400, 'INVALID_INPUT'],
    ['a field of the wrong type', '{"deviceId":"test-camera","property":5,"value":1}', 400, 'INVALID_INPUT'],
    [
      'an unknown field',
      '{"deviceId":"test-camera","property":"exposureMs","value":1,"valeu":2}',
      400,
      'INVALID_INPUT',
    ],
    ['an unknown device', '{"deviceId":"camera-9","property":"exposureMs","value":1}', 404, 'UNKNOWN_DEVICE'],
    ['too much', JSON.stringify({ deviceId: 'x'.repeat(2_000_000) }), 413, 'TOO_LARGE'],
  ])('refuses %s', async (_what, body, status, code) => {
    const response = await post('/api/devices/setProperty', body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, message: expect.any(String) })
  })

  it('takes no body as an empty one where nothing need be said', async () => {
    const response = await fetch(`${host.url}/api/liveview/stop`, { method: 'POST' })
    expect(await response.json()).toMatchObject({ status: 'not_running' })
  })

  it('takes each of its protocols as the default one, and no other', async () => {
    for (const defaultProtocol of ['mjpeg', 'webrtc', 'jpeg', 'binary']) {
      const response = await post('/api/settings', JSON.stringify({ defaultProtocol }))
      expect(await response.json()).toMatchObject({ defaultProtocol })
    }
    const response = await post('/api/settings', '{"defaultProtocol":"gif"}')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('defaultProtocol'),
    })
  })

  it('answers what is nowhere in the same shape', async () => {
    const response = await fetch(`${host.url}/nope`)
    expect(await response.json()).toMatchObject({
      code: 'INVALID_INPUT',
      status: 404,
      message: 'There is no GET /nope',
    })
  })

  it('names the field that is wrong', async () => {
    const response = await post('/api/liveview/start', '{"params":{"quality":"high"}}')
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('params.quality') })
  })

  it('says that a call does not exist', async () => {
    const response = await fetch(`${host.url}/api/liveview/strat`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ message: 'There is no GET /api/liveview/strat' })
  })

  it('refuses foreign pages and foreign host names', async () => {
    expect((await post('/api/liveview/stop', '{}', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('/api/liveview/stop', '{}', { origin: host.url })).status).toBe(200)
    expect(await statusFor({ host: 'evil.example' })).toBe(403)
    expect(await statusFor({ host: `localhost:${host.server.port}` })).toBe(200)
  })

  it('says so when its port is taken', async () => {
    const failure = createServer({
      engine: host.engine,
      version: '0',
      host: '127.0.0.1',
      port: host.server.port,
    })
    await expect(failure).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      hint: expect.stringContaining('--port'),
    })
  })
})
