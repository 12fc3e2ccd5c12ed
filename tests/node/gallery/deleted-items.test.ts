/** Deleting items of the gallery, as far as the disk is concerned. */
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeletedItems } from '../../../src-main/acquisition/gallery/deleted-items.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

const day = 24 * 3_600_000
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let recordings: string
let now: number
let items: DeletedItems
beforeEach(async () => {
  folder = await temporaryFolder()
  recordings = join(folder.path, 'recordings')
  await mkdir(recordings)
  now = 1_795_800_000_000
  items = new DeletedItems(folder.path, () => now)
})
afterEach(() => folder.remove())

async function put(path: string, text = path): Promise<void> {
  await mkdir(join(recordings, path, '..'), { recursive: true })
  await writeFile(join(recordings, path), text)
}

/** A recording of one file, made an hour ago. */
async function putRecording(
  path: string,
  finish: { readonly reason: string } | undefined,
  writer: { readonly host?: string } = {},
): Promise<void> {
  const summary = {
    version: 1,
    name: 'beads',
    software: 'Coverslip',
    pid: process.pid,
    ...writer,
    startedAt: 1,
    request: { storage: { format: 'ome-tiff' } },
    datasets: [],
    ...(finish === undefined ? {} : { finish }),
  }
  await put(`${path}/acquisition.json`, JSON.stringify(summary))
  await put(`${path}/camera/beads.ome.tiff`)
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(join(recordings, path), hourAgo, hourAgo)
}

/** All files below the recordings folder that are not hidden, and what is in them. */
async function kept(): Promise<Record<string, string>> {
  const entries = await readdir(recordings, { recursive: true, withFileTypes: true })
  const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
  const shown = paths.map((path) => path.slice(recordings.length + 1)).filter((path) => !path.startsWith('.'))
  return Object.fromEntries(
    await Promise.all(shown.map(async (path) => [path, await readFile(join(recordings, path), 'utf8')])),
  )
}

describe('A deleted item', () => {
  it.each([
    ['a file', '2026-11-28/snap.tif'],
    ['a recording', '2026-11-28/beads'],
    ['an OME-Zarr', 'theirs.zarr'],
    ['a raw file with its description', 'moved/cells.raw'],
  ])('is gone, and comes back as it was: %s', async (_, path) => {
    await put('2026-11-28/snap.tif')
    await putRecording('2026-11-28/beads', { reason: 'completed' })
    await put('theirs.zarr/zarr.json', '{}')
    await put('theirs.zarr/0/c/0', 'chunk')
    await put('moved/cells.raw')
    await put('moved/cells.json', '{}')
    const before = await kept()
    const deleted = await items.delete(`recordings/${path}`)
    expect(deleted).toMatchObject({ id: `recordings/${path}`, deletedAt: now, keptUntil: now + 7 * day })
    expect(deleted.bytes).toBeGreaterThan(0)
    const others = Object.fromEntries(
      Object.entries(before).filter(([file]) => !file.startsWith(path.replace(/raw$/, ''))),
    )
    expect(await kept()).toEqual(others)
    expect(await items.list()).toEqual([deleted])
    expect(await items.restore(deleted.key)).toBe(`recordings/${path}`)
    expect(await kept()).toEqual(before)
    expect(await items.list()).toEqual([])
  })

  it('is removed for good when it is asked for, and after a week', async () => {
    for (const name of ['a.tif', 'b.tif', 'c.tif']) await put(name)
    const a = await items.delete('recordings/a.tif')
    const b = await items.delete('recordings/b.tif')
    await items.remove(a.key)
    await expect(items.restore(a.key)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    now += 6 * day
    const c = await items.delete('recordings/c.tif')
    await items.removeOld()
    expect(await items.list()).toEqual([c, b])
    // What is found to be old is removed a day later.
    await utimes(join(recordings, '.deleted', b.key, 'deleted.json'), new Date(now), new Date(now))
    now += day
    await items.removeOld()
    expect(await items.list()).toEqual([c, b])
    now += day
    await items.removeOld()
    expect(await items.list()).toEqual([c])
    // What was being removed when the program ended is neither listed nor forgotten.
    await put('.deleted/removing-1795800000000-00000000-d.tif/item/d.tif')
    expect(await items.list()).toEqual([c])
    await items.removeOld()
    expect(await readdir(join(recordings, '.deleted'))).toEqual([c.key])
  })

  it('is not removed by a clock that was wrong for a while', async () => {
    await put('a.tif')
    const { key } = await items.delete('recordings/a.tif')
    await utimes(join(recordings, '.deleted', key, 'deleted.json'), new Date(now), new Date(now))
    for (const days of [3000, 1, 8, 8.5]) {
      now += days * day
      await items.removeOld()
      expect((await items.list()).map((item) => item.key)).toEqual([key])
      now -= days * day
    }
    now += 9 * day
    await items.removeOld()
    expect(await items.list()).toEqual([])
  })

  it('takes the place of nothing when it is put back', async () => {
    await put('a.tif', 'first')
    const first = await items.delete('recordings/a.tif')
    await put('a.tif', 'second')
    const second = await items.delete('recordings/a.tif')
    await items.restore(first.key)
    await expect(items.restore(second.key)).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('there is another a.tif'),
    })
    expect(await kept()).toEqual({ 'a.tif': 'first' })
    expect(await items.list()).toEqual([second])
  })

  it('is put back where there is no folder any more', async () => {
    await put('day/a.tif')
    const { key } = await items.delete('recordings/day/a.tif')
    await rm(join(recordings, 'day'), { recursive: true })
    await items.restore(key)
    expect(await kept()).toEqual({ 'day/a.tif': 'day/a.tif' })
  })
})

describe('Not deleted is', () => {
  it('what is being written', async () => {
    await putRecording('beads', undefined)
    await utimes(join(recordings, 'beads'), new Date(), new Date())
    await expect(items.delete('recordings/beads')).rejects.toMatchObject({ code: 'ACQUISITION_RUNNING' })
    // Another computer's clock may be wrong.
    await putRecording('beads', undefined, { host: 'another computer' })
    await expect(items.delete('recordings/beads')).rejects.toMatchObject({
      code: 'ACQUISITION_RUNNING',
      message: expect.stringContaining('on another computer'),
    })
    // One that nobody has written to for an hour was interrupted.
    await putRecording('beads', undefined)
    await items.delete('recordings/beads')
    expect(await kept()).toEqual({})
    await putRecording('beads', undefined, { host: 'another computer' })
    const daysAgo = new Date(Date.now() - 2 * day)
    await utimes(join(recordings, 'beads'), daysAgo, daysAgo)
    await items.delete('recordings/beads')
    expect(await kept()).toEqual({})
  })

  it('a part of something, and what is no item', async () => {
    await putRecording('day/beads', { reason: 'completed' })
    await put('theirs.zarr/inner.zarr/zarr.json', '{}')
    await put('notes.txt')
    const before = await kept()
    for (const id of ['day/beads/camera/beads.ome.tiff', 'theirs.zarr/inner.zarr'])
      await expect(items.delete(`recordings/${id}`)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    for (const id of [
      'day',
      'notes.txt',
      'day/beads/camera',
      'none.tif',
      '',
      '.deleted',
      '..',
      '../recordings',
    ])
      await expect(items.delete(`recordings/${id}`)).rejects.toMatchObject({
        code: expect.stringMatching(/UNKNOWN_IMAGE|INVALID_INPUT/),
      })
    for (const id of ['recordings', '', '/etc/passwd', 'settings.json'])
      await expect(items.delete(id)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    expect(await kept()).toEqual(before)
  })

  it('anything that a link leads to, and nothing is moved to where a link leads', async () => {
    const elsewhere = await temporaryFolder()
    await writeFile(join(elsewhere.path, 'theirs.tif'), 'theirs')
    await put('mine/a.tif')
    await symlink(elsewhere.path, join(recordings, 'out'))
    await symlink(join(recordings, 'mine'), join(recordings, 'inside'))
    await symlink(join(recordings, 'mine', 'a.tif'), join(recordings, 'again.tif'))
    for (const id of ['out/theirs.tif', 'inside/a.tif', 'again.tif'])
      await expect(items.delete(`recordings/${id}`)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    await symlink(elsewhere.path, join(recordings, '.deleted'))
    await expect(items.delete('recordings/mine/a.tif')).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    expect(await readdir(elsewhere.path)).toEqual(['theirs.tif'])
    expect(await kept()).toMatchObject({ 'mine/a.tif': 'mine/a.tif' })
    await elsewhere.remove()
  })

  it('what a record of another place names', async () => {
    await put('a.tif')
    const { key } = await items.delete('recordings/a.tif')
    const record = join(recordings, '.deleted', key, 'deleted.json')
    for (const id of ['recordings/../outside.tif', '../outside.tif', 'settings.json']) {
      const told = { version: 1, id, name: 'a.tif', deletedAt: now }
      await writeFile(record, JSON.stringify(told))
      await expect(items.restore(key)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    }
    for (const other of ['..', '../..', 'x', '1-1', `${key}/item`, '1-00000000-/../..'])
      await expect(items.remove(other)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    expect(await readdir(folder.path)).toEqual(['recordings'])
  })
})

it('Links in what is removed for good are removed, and not what they lead to', async () => {
  const elsewhere = await temporaryFolder()
  await writeFile(join(elsewhere.path, 'theirs.tif'), 'theirs')
  await put('theirs.zarr/zarr.json', '{}')
  await symlink(elsewhere.path, join(recordings, 'theirs.zarr', 'out'))
  const { key } = await items.delete('recordings/theirs.zarr')
  await items.remove(key)
  // Also where a link stands for what was deleted.
  const deleted = join(recordings, '.deleted')
  await mkdir(join(elsewhere.path, 'item'))
  const record = { version: 1, id: 'recordings/a.tif', name: 'a', deletedAt: now }
  await writeFile(join(elsewhere.path, 'deleted.json'), JSON.stringify(record))
  await symlink(elsewhere.path, join(deleted, '1-00000000-a'))
  await symlink(elsewhere.path, join(deleted, 'removing-1-00000000-b'))
  expect(await items.list()).toEqual([])
  await expect(items.remove('1-00000000-a')).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
  await expect(items.restore('1-00000000-a')).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
  await items.removeOld()
  expect(await readdir(deleted)).toEqual(['1-00000000-a'])
  expect((await readdir(elsewhere.path)).toSorted()).toEqual(['deleted.json', 'item', 'theirs.tif'])
  await elsewhere.remove()
})
