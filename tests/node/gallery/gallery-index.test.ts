import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { GalleryIndex } from '../../../src-main/acquisition/gallery/gallery-index.ts'
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
    const { items, complete } = await index.list({ search: 'dapi', offset: 0, limit: 10 })
    return { names: items.map(({ name }) => name).toSorted(), complete }
  }
  expect(await search()).toEqual({ names: ['quick.tif'], complete: false })
  slow.resolve(['stain: DAPI'])
  expect(await search()).toEqual({ names: ['quick.tif', 'slow.tif'], complete: true })
})
