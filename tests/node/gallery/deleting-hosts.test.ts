/** Deleting items of the gallery over HTTP: who may, what everybody is told, and what is written down. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deletedItemSchema, refusedItemSchema } from '../../../src-shared/gallery.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { randomPixels, temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { bearer, openEvents, startTokenServer, type TokenServer } from '../../fixtures/token-server.ts'

const answerSchema = z.object({ deleted: z.array(deletedItemSchema), refused: z.array(refusedItemSchema) })

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let host: TokenServer
const secrets = { viewer: '', operator: '', owner: '' }
beforeAll(async () => {
  folder = await temporaryFolder()
  await mkdir(join(folder.path, 'recordings'))
  host = await startTokenServer({ config: { connections: [testConnection()], dataFolder: folder.path } })
  for (const role of ['viewer', 'operator', 'owner'] as const) secrets[role] = (await host.token(role)).secret
})
afterAll(async () => {
  await host.close()
  await folder.remove()
})

async function put(...names: string[]): Promise<void> {
  const file = tiffBytes({ width: 30, height: 20, pages: [randomPixels(600, 16, 1)] })
  for (const name of names) await writeFile(join(folder.path, 'recordings', name), file)
}

function post(role: keyof typeof secrets, call: string, body: unknown): Promise<Response> {
  return fetch(`${host.url}/api/gallery/${call}`, {
    method: 'POST',
    headers: { ...bearer(secrets[role]), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function deleteAll(...names: string[]) {
  const answer = await post('operator', 'delete', { ids: names.map((name) => `recordings/${name}`) })
  expect(answer.status).toBe(200)
  return answerSchema.parse(await answer.json())
}

describe('Deleting', () => {
  it('is for operators, removing for good for owners, and neither for viewers', async () => {
    await put('a.tif')
    const ids = ['recordings/a.tif']
    expect((await post('viewer', 'delete', { ids })).status).toBe(403)
    expect(await readdir(join(folder.path, 'recordings'))).toContain('a.tif')
    const { deleted } = await deleteAll('a.tif')
    const keys = deleted.map(({ key }) => key)
    expect((await post('viewer', 'restore', { keys })).status).toBe(403)
    expect((await post('operator', 'remove-deleted', { keys })).status).toBe(403)
    const list = (role: keyof typeof secrets) =>
      fetch(`${host.url}/api/gallery/deleted`, { headers: bearer(secrets[role]) })
    expect((await list('viewer')).status).toBe(403)
    expect(await (await list('operator')).json()).toMatchObject([
      { id: 'recordings/a.tif', bytes: expect.any(Number) },
    ])
    const removed = await post('owner', 'remove-deleted', { keys })
    expect(await removed.json()).toEqual({ removed: 1, refused: [] })
    expect(await (await list('owner')).json()).toEqual([])
    const actions = (await host.access.audit(100)).map(({ action, error }) => [action, error !== undefined])
    expect(actions).toContainEqual(['gallery.delete', true])
    expect(actions).toContainEqual(['gallery.delete', false])
    expect(actions).toContainEqual(['gallery.removeDeleted', false])
  })

  it('tells of each that is refused, does the others, and tells everybody', async () => {
    await put('a.tif', 'b.tif')
    const events = await openEvents(host.url, bearer(secrets.viewer))
    await eventually('the snapshot', () => events.events.length > 0)
    expect((await post('viewer', 'open', { id: 'recordings/b.tif' })).status).toBe(200)
    const { deleted, refused } = await deleteAll('a.tif', 'none.tif', 'b.tif', 'a.tif')
    expect(deleted.map(({ name }) => name)).toEqual(['a.tif', 'b.tif'])
    expect(refused).toMatchObject([{ id: 'recordings/none.tif', error: { code: 'UNKNOWN_IMAGE' } }])
    await eventually('the news', () => events.events.some(({ type }) => type === 'galleryChanged'))
    events.close()
    expect((await post('viewer', 'open', { id: 'recordings/b.tif' })).status).toBe(404)
    const list = async () => (await host.engine.gallery.list({})).items.map(({ name }) => name)
    expect(await list()).toEqual([])
    const restored = await post('operator', 'restore', { keys: deleted.map(({ key }) => key) })
    expect(await restored.json()).toEqual({ restored: ['recordings/a.tif', 'recordings/b.tif'], refused: [] })
    expect((await list()).toSorted()).toEqual(['a.tif', 'b.tif'])
    await deleteAll('a.tif', 'b.tif')
  })

  it('is not of what is being recorded', async () => {
    const { id } = await host.engine.recorder.start({ storage: { format: 'raw' } })
    const name = id.slice('recordings/'.length)
    expect((await deleteAll(name)).refused).toMatchObject([{ id, error: { code: 'ACQUISITION_RUNNING' } }])
    await host.engine.recorder.stop()
    const { deleted, refused } = await deleteAll(name)
    expect([deleted.length, refused]).toEqual([1, []])
  })

  it.each([{ ids: [] }, { ids: 'all' }, {}, { ids: [''] }, { ids: ['x'], force: true }])(
    'refuses what makes no sense: %j',
    async (body) => {
      expect((await post('operator', 'delete', body)).status).toBe(400)
    },
  )
})
