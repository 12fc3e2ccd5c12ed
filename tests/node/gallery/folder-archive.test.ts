import { spawnSync } from 'node:child_process'
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { folderArchive } from '../../../src-main/page/folder-archive.ts'
import { galleryFile } from '../../../src-main/page/gallery-file.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { randomPixels, temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { knowsOpenFiles, openFilesBelow } from '../../fixtures/open-files.ts'

async function acquisition(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  const folder = join(path, 'beads µm')
  await mkdir(join(folder, 'camera'), { recursive: true })
  await writeFile(join(folder, 'acquisition.json'), '{}')
  await writeFile(join(folder, 'camera', 'empty.json'), '')
  await writeFile(join(folder, 'camera', 'beads.raw'), randomPixels(700_000, 8, 1))
  await writeFile(join(folder, '.hidden'), 'hidden')
  await writeFile(join(folder, 'camera', '0.part'), 'still being written')
  await symlink('/etc/passwd', join(folder, 'link'))
  return folder
}

/** Names, sizes and checksums by the directory at the end of a ZIP file (APPNOTE 4.3.12). */
function directoryOf(zip: Buffer) {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [crc, bytes, name] = [
      zip.readUInt32LE(at + 16),
      zip.readUInt32LE(at + 24),
      zip.readUInt16LE(at + 28),
    ]
    const entry = { name: zip.toString('utf8', at + 46, at + 46 + name), bytes, crc }
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    return entry
  })
}

it('A folder is one ZIP file of what it says beforehand: no links, nothing hidden, nothing half written', async () => {
  const folder = await acquisition()
  const question = { method: 'GET', download: true }
  const { status, headers, body } = await galleryFile(folder, question)
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; .*UTF-8''beads%20%C2%B5m\.zip$/),
  })
  if (body === undefined || typeof body === 'string') throw new Error('It is no stream')
  const zip = await buffer(body)
  expect(String(zip.length)).toBe(headers['content-length'])
  const raw = randomPixels(700_000, 8, 1)
  expect(directoryOf(zip).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'beads µm/acquisition.json', bytes: 2, crc: crc32('{}') },
    { name: 'beads µm/camera/beads.raw', bytes: raw.length, crc: crc32(raw) },
    { name: 'beads µm/camera/empty.json', bytes: 0, crc: 0 },
  ])
  expect(zip.includes(Buffer.from(raw))).toBe(true)
  const head = await galleryFile(folder, { ...question, method: 'HEAD' })
  expect(head).toEqual({ status: 200, headers })
})

if (process.platform === 'win32') console.log('Skipped, backslashes in names: Windows has no such names.')
it.skipIf(process.platform === 'win32')(
  'No name in it leads out of the folder where backslashes stand between folders',
  async () => {
    const folder = await acquisition()
    for (const name of ['..\\..\\evil.bat', 'C:\\evil.bat']) await writeFile(join(folder, name), '')
    const { open, bytes } = await folderArchive(folder)
    const zip = await buffer(open())
    expect(zip.length).toBe(bytes)
    const names = directoryOf(zip).map(({ name }) => name)
    expect(names).toContain('beads µm/C:_evil.bat')
    expect(names.filter((name) => name.includes('\\'))).toEqual([])
  },
)

it.skipIf(!knowsOpenFiles)('A ZIP file that nobody wants any more closes what it reads', async () => {
  const folder = await acquisition()
  // Far more than lies ready anywhere on the way.
  await truncate(join(folder, 'camera', 'beads.raw'), 50_000_000)
  const zip = (await folderArchive(folder)).open()
  let bytes = 0
  for await (const piece of zip.iterator({ destroyOnReturn: false })) {
    bytes += piece.length
    if (bytes > 1_000_000) break
  }
  expect(await openFilesBelow(folder)).toEqual([join(folder, 'camera', 'beads.raw')])
  zip.destroy()
  await eventually('the file to be closed', async () => (await openFilesBelow(folder)).length === 0)
})

it.skipIf(!knowsOpenFiles)('A ZIP file does not wait for a pipe in the place of a file', async () => {
  const folder = await acquisition()
  const archive = await folderArchive(folder)
  const path = join(folder, 'camera', 'beads.raw')
  await rm(path)
  expect(spawnSync('mkfifo', [path]).status).toBe(0)
  await expect(buffer(archive.open())).rejects.toThrow('ESPIPE')
  await eventually('the pipe to be closed', async () => (await openFilesBelow(folder)).length === 0)
})

it.skipIf(!knowsOpenFiles)(
  'A ZIP file is broken off, not filled up, when a file becomes shorter or goes',
  async () => {
    const folder = await acquisition()
    const archive = await folderArchive(folder)
    await truncate(join(folder, 'camera', 'beads.raw'), 1000)
    await expect(buffer(archive.open())).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    await eventually('the file to be closed', async () => (await openFilesBelow(folder)).length === 0)
  },
)
