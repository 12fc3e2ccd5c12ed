import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { GalleryIndex } from '../../../src-main/acquisition/gallery/gallery-index.ts'
import type { GallerySort } from '../../../src-shared/gallery.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

it('A search tells what is known when files take long to read, and finds the rest later', async () => {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  await mkdir(join(path, 'recordings'))
  for (const name of ['quick.tif', 'slow.tif']) await writeFile(join(path, 'recordings', name), '')
  const slow = Promise.withResolvers<readonly string[]>()
  const index = new GalleryIndex(path, ({ name }) =>
    name === 'slow.tif' ? slow.promise : Promise.resolve(['stain: DAPI']),
  )
  const search = async () => {
    const { items, complete } = await index.list({
      search: 'dapi',
      sort: 'newest' as const,
      offset: 0,
      limit: 10,
    })
    return { names: items.map(({ name }) => name).toSorted(), complete }
  }
  expect(await search()).toEqual({ names: ['quick.tif'], complete: false })
  slow.resolve(['stain: DAPI'])
  expect(await search()).toEqual({ names: ['quick.tif', 'slow.tif'], complete: true })
})

it('A search that is given up ends at once, and reads no further; what was read is kept for the next', async () => {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  await mkdir(join(path, 'recordings'))
  const names = Array.from({ length: 100 }, (_, i) => `${i}.tif`)
  for (const name of names) await writeFile(join(path, 'recordings', name), '')
  const asked: string[] = []
  let held: PromiseWithResolvers<void> | undefined = Promise.withResolvers()
  const index = new GalleryIndex(path, async ({ name }) => {
    asked.push(name)
    await held?.promise
    return ['stain: DAPI']
  })
  const request = { search: 'dapi', sort: 'newest' as const, offset: 0, limit: 200 }
  const [first, second] = [new AbortController(), new AbortController()]
  const searches = [index.list(request, first.signal), index.list(request, second.signal)]
  const outcomes = Promise.allSettled(searches)
  await eventually('files to be read', () => asked.length > 0)
  const begun = asked.length
  // As long as somebody waits, files are read.
  first.abort()
  await expect(searches[0]).rejects.toThrow()
  second.abort()
  await outcomes
  expect(asked).toHaveLength(begun)
  held.resolve()
  held = undefined
  // What was being read comes to its end, and nothing else is begun.
  index.invalidate()
  await index.list({ ...request, search: '' })
  expect(asked).toHaveLength(begun)
  const { total, complete } = await index.list(request)
  expect({ total, complete }).toEqual({ total: 100, complete: true })
  expect(asked.toSorted()).toEqual(names.toSorted())
})

it('What there is comes in the order that was asked for', async () => {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  const recordings = join(path, 'recordings')
  await mkdir(join(recordings, 'large.zarr'), { recursive: true })
  await writeFile(join(recordings, 'large.zarr', 'zarr.json'), 'x'.repeat(5000))
  const files = [
    ['beads_10.tif', 300, 20],
    ['beads_2.tif', 100, 30],
    ['Ants.tif', 200, 10],
  ] as const
  for (const [name, bytes, at] of files) {
    await writeFile(join(recordings, name), 'x'.repeat(bytes))
    await utimes(join(recordings, name), at, at)
  }
  await utimes(join(recordings, 'large.zarr'), 40, 40)
  const index = new GalleryIndex(path)
  const names = async (sort: GallerySort, offset = 0) => {
    const { items, total, complete } = await index.list({ search: '', sort, offset, limit: 10 })
    expect([total, complete]).toEqual([4, true])
    return items.map(({ name }) => name)
  }
  expect(await names('newest')).toEqual(['large.zarr', 'beads_2.tif', 'beads_10.tif', 'Ants.tif'])
  expect(await names('oldest')).toEqual(['Ants.tif', 'beads_10.tif', 'beads_2.tif', 'large.zarr'])
  expect(await names('name')).toEqual(['Ants.tif', 'beads_2.tif', 'beads_10.tif', 'large.zarr'])
  expect(await names('size')).toEqual(['large.zarr', 'beads_10.tif', 'Ants.tif', 'beads_2.tif'])
  expect(await names('size', 2)).toEqual(['Ants.tif', 'beads_2.tif'])
})
