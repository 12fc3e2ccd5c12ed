import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer } from '../../../src-main/server/create-server.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

const tool = 'http://localhost:3000'
let host: TestServer

beforeAll(async () => {
  host = await startTestServer()
})
afterAll(() => host.close())

describe('A server of this computer’s own programs', () => {
  it('asks nobody for a token', async () => {
    const session = await fetch(`${host.url}/api/session`, { method: 'POST' })
    expect(session.headers.get('set-cookie')).toBeNull()
    expect(await session.json()).toMatchObject({ caller: { id: 'local', role: 'owner' } })
    expect((await fetch(`${host.url}/api/session`, { method: 'DELETE' })).status).toBe(204)
  })

  it('answers pages of other tools where the settings allow them', async () => {
    const get = () => fetch(`${host.url}/api/devices`, { headers: { origin: tool } })
    expect((await get()).status).toBe(403)
    const { settings } = host.engine
    settings.change({ remote: { ...settings.settings.remote, allowedOrigins: [tool] } })
    const response = await get()
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(tool)
  })

  it('is never one that others reach', async () => {
    const failure = createServer({ engine: host.engine, version: '0', host: '0.0.0.0', port: 0 })
    await expect(failure).rejects.toMatchObject({ code: 'HOST_REFUSED' })
  })
})
