import { createServer as createNetServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import { createServer } from '../../../src-main/server/create-server.ts'
import { createFront } from '../../../src-main/server/front-server.ts'

describe('A server that cannot be started', () => {
  it('leaves nothing open', async () => {
    const engine = await createEngine({ connections: [] })
    const access = await AccessControl.open()
    let listeners = 0
    const onRevoked = access.onRevoked.bind(access)
    const counted = Object.assign(access, {
      onRevoked: (listener: (tokenIds: readonly string[]) => void) => {
        listeners += 1
        const end = onRevoked(listener)
        return () => {
          listeners -= 1
          end()
        }
      },
    })
    const options = { engine, access: counted, version: '0', host: '127.0.0.1', port: 0 }
    await expect(createServer({ ...options, appFolder: '/nowhere/at/all' })).rejects.toThrow('ENOENT')
    expect(listeners).toBe(0)
    await access.close()
    await engine.close()
  })

  it('says that the port is in use, a front server too', async () => {
    const taken = createNetServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const engine = await createEngine({ connections: [] })
    const place = { host: '127.0.0.1', port }
    await expect(createServer({ engine, version: '0', ...place })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    })
    const redis = { url: 'redis://127.0.0.1:9', channel: 'test' }
    await expect(createFront({ redis, ...place })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await engine.close()
    taken.close()
  })
})

describe('A front server', () => {
  it('refuses foreign pages, with the headers of all answers', async () => {
    const front = await createFront({
      redis: { url: 'redis://127.0.0.1:9', channel: 'test' },
      host: '127.0.0.1',
      port: 0,
    })
    try {
      const answer = await fetch(`${front.url}/`, { headers: { origin: 'http://elsewhere.example' } })
      expect(answer.status).toBe(403)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(await answer.json()).toMatchObject({ code: 'HOST_REFUSED' })
    } finally {
      await front.close()
    }
  })
})
