import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { folderFiles } from '../../../src-main/page/folder-files.ts'
import { galleryFile } from '../../../src-main/page/gallery-file.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

async function folderOf(names: readonly string[]): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  await mkdir(join(path, 'camera', '.hidden'), { recursive: true })
  for (const name of names) await writeFile(join(path, name), name)
  return path
}

it('The files of a folder are those that can be fetched, and no more than asked for', async () => {
  const path = await folderOf(['a.json', 'camera/b.raw', '.c', 'd.json.part', 'camera/.hidden/e'])
  const all = [
    { path: 'a.json', bytes: 6 },
    { path: 'camera/b.raw', bytes: 12 },
  ]
  // Two files in two folders.
  const two = await folderFiles(path, 2)
  expect(two.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toMatchObject(all)
  expect(two.complete).toBe(true)
  expect(await folderFiles(path, 1)).toMatchObject({ files: [expect.anything()], complete: false })
})

it('The files of a folder are listed while they are renamed', async () => {
  const path = await folderOf([])
  const names = Array.from({ length: 300 }, (_, i) => join(path, `${i}.json`))
  let done = false
  const writer = (async () => {
    while (!done)
      for (const name of names) {
        await writeFile(`${name}.new`, 'new')
        await rename(`${name}.new`, name)
      }
  })()
  for (let i = 0; i < 20; i++) expect((await folderFiles(path, 1000)).complete).toBe(true)
  done = true
  await writer
})

it('A file that has gone is unknown', async () => {
  const path = join(await folderOf([]), 'gone.tif')
  await expect(galleryFile(path, { method: 'GET', download: false })).rejects.toMatchObject({
    code: 'UNKNOWN_IMAGE',
  })
})
