/** The gallery as the hosts give it: over HTTP, and over the desktop's ports. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { RPCHandler } from '@orpc/server/message-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { localCaller } from '../../../src-main/access/local-caller.ts'
import { nothingShared } from '../../../src-main/access/share-control.ts'
import { appOrigin, serveGalleryFile } from '../../../src-main/desktop/app-protocol.ts'
import { router } from '../../../src-main/engine/router.ts'
import type { EngineClient } from '../../../src-renderer/backend/backend.ts'
import { createWebBackend } from '../../../src-renderer/backend/web-backend.ts'
import { parseFramePacket } from '../../../src-shared/frames/frame-packet.ts'
import { randomPixels, tiffBytes } from '../../fixtures/image-fixtures.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { bearer, startTokenServer, type TokenServer } from '../../fixtures/token-server.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let folder: string
let host: TestServer
const bytes = tiffBytes({ width: 30, height: 20, pages: [randomPixels(600, 16, 1)] })
const id = 'recordings/mine/my cells.tif'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-hosts-'))
  await mkdir(join(folder, 'recordings', 'mine'), { recursive: true })
  await writeFile(join(folder, id), bytes)
  await writeFile(join(folder, 'recordings', 'mine', 'page.html'), '<script>alert(1)</script>')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  host = await startTestServer({ config: { connections: [testConnection()], dataFolder: folder } })
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const fileUrl = (of: string) => `${host.url}/gallery/files/${of.split('/').map(encodeURIComponent).join('/')}`

describe('Files of the gallery over HTTP', () => {
  it('come whole, with their name, and not again when they have not changed', async () => {
    const answer = await fetch(fileUrl(id))
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/tiff',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'content-disposition': `inline; filename="my_cells.tif"; filename*=UTF-8''my%20cells.tif`,
      'content-security-policy': "default-src 'none'; sandbox",
    })
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    const again = await fetch(fileUrl(id), { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    const download = await fetch(`${fileUrl(id)}?download`, { method: 'HEAD' })
    expect(download.headers.get('content-disposition')).toContain('attachment')
    expect(download.headers.get('content-length')).toBe(String(bytes.length))
  })

  it.each([
    ['bytes=0-9', 206, [0, 10]],
    ['bytes=100-', 206, [100, undefined]],
    ['bytes=-7', 206, [-7, undefined]],
    ['bytes=5-5', 206, [5, 6]],
    ['bytes=10-99999999', 206, [10, undefined]],
    // Several, or none that makes sense: the whole.
    ['bytes=0-1,4-5', 200, [0, undefined]],
    ['bytes=9-3', 200, [0, undefined]],
    ['lines=1-2', 200, [0, undefined]],
  ] as const)('come in parts: %s', async (range, status, [from, to]) => {
    const answer = await fetch(fileUrl(id), { headers: { range } })
    expect(answer.status).toBe(status)
    const expected = bytes.subarray(from, to)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(expected)
    const start = from < 0 ? bytes.length + from : from
    if (status === 206)
      expect(answer.headers.get('content-range')).toBe(
        `bytes ${start}-${start + expected.length - 1}/${bytes.length}`,
      )
  })

  it('refuse a part beyond the end, and parts of a file that has changed', async () => {
    const beyond = await fetch(fileUrl(id), { headers: { range: 'bytes=999999-' } })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`])
    const changed = await fetch(fileUrl(id), { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })
    expect(changed.status).toBe(200)
  })

  it('name the files of a folder', async () => {
    const answer = await fetch(fileUrl('recordings/mine'))
    expect(await answer.json()).toEqual({
      files: expect.arrayContaining([
        { path: 'my cells.tif', bytes: bytes.length, changedAt: expect.any(Number) },
      ]),
      complete: true,
    })
  })

  it.each([
    'recordings/..%2fsecret.txt',
    '..%2fsecret.txt',
    'secret.txt',
    'recordings/%2e%2e/secret.txt',
    '',
  ])('are below the recordings only: %s', async (path) => {
    const answer = await fetch(`${host.url}/gallery/files/${path}`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret\n')
  })

  it('are for those with a token', async () => {
    const shared: TokenServer = await startTokenServer({
      config: { connections: [testConnection()], dataFolder: folder },
    })
    try {
      const url = `${shared.url}/gallery/files/${encodeURI(id)}`
      expect((await fetch(url)).status).toBe(401)
      const { secret } = await shared.token('viewer')
      expect((await fetch(url, { headers: bearer(secret) })).status).toBe(200)
      const post = { method: 'POST', headers: { ...bearer(secret), 'content-type': 'application/json' } }
      const list = await fetch(`${shared.url}/api/gallery/list`, { ...post, body: '{}' })
      expect([list.status, await list.text()]).toEqual([200, expect.not.stringContaining(folder)])
      const reveal = (role: string) =>
        fetch(`${shared.url}/api/gallery/reveal`, {
          method: 'POST',
          headers: { ...bearer(role), 'content-type': 'application/json' },
          body: JSON.stringify({ id }),
        })
      expect((await reveal(secret)).status).toBe(403)
      expect((await reveal((await shared.token('operator')).secret)).status).toBe(501)
    } finally {
      await shared.close()
    }
  })
})

describe('Files of the gallery in the desktop window', () => {
  const ask = (path: string, headers: HeadersInit = {}) =>
    serveGalleryFile(host.engine.gallery, {
      url: `${appOrigin}${path}`,
      method: 'GET',
      headers: new Headers(headers),
    })

  it('come as over HTTP, and nothing else does', async () => {
    const answer = await ask(`/gallery/files/${encodeURI(id)}`, { range: 'bytes=2-5' })
    expect(answer?.status).toBe(206)
    expect(await answer?.bytes()).toEqual(Uint8Array.from(bytes.subarray(2, 6)))
    expect((await ask('/gallery/files/recordings/..%2f..%2fetc%2fpasswd'))?.status).toBe(404)
    expect(await ask('/index.html')).toBeUndefined()
  })
})

describe('The calls of the gallery', () => {
  /** The same questions, whichever way they go. */
  async function look(client: EngineClient): Promise<void> {
    const { items, folder: place } = await client.gallery.list({ search: 'cells' })
    expect(items).toMatchObject([{ id, folder: false, kind: 'image', format: 'TIFF' }])
    // Who asks sits at this computer.
    expect(place).toBe(`${folder}/recordings`)
    const { datasets } = await client.gallery.open({ id })
    const dataset = datasets[0]?.name ?? ''
    const plane = await client.gallery.plane({ id, dataset, index: {} })
    expect(plane).toBeInstanceOf(Blob)
    const packet = new Uint8Array(await plane.arrayBuffer())
    expect(parseFramePacket(packet)).toMatchObject({ width: 30, height: 20, significantBits: 16 })
    const picture = await client.gallery.thumbnail({ id, maxSize: 16 })
    expect(picture.type).toBe('image/png')
    expect(Buffer.from(await picture.arrayBuffer()).readUInt32BE(16)).toBe(15)
    expect(await client.gallery.frames({ id, dataset })).toEqual({ records: [], total: 0 })
    await expect(client.gallery.open({ id: 'recordings/none.tif' })).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    })
    await expect(client.gallery.plane({ id, dataset, index: { t: 1 } })).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
      message: expect.stringContaining('t 1'),
    })
  }

  it('are answered over HTTP', () => look(createWebBackend(host.url).client))

  it('are answered over a port, bytes too', async () => {
    const access = await AccessControl.open()
    const { port1, port2 } = new MessageChannel()
    const revealed: string[] = []
    new RPCHandler(router).upgrade(port1, {
      context: {
        engine: host.engine,
        host: { version: '0', transport: 'ipc', protocols: [] },
        access,
        share: nothingShared,
        caller: localCaller,
        reveal: (path) => revealed.push(path),
      },
    })
    const client: EngineClient = createORPCClient(new RPCLink({ port: port2 }))
    await look(client)
    await client.gallery.reveal({ id })
    expect(await readFile(revealed[0] ?? '')).toEqual(bytes)
    port1.close()
    await access.close()
  })
})
