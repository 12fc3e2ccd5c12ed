/** Renaming items of the gallery, as far as the disk is concerned. */
import { mkdir, readdir, readFile, rmdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { bigTiffDirectory, bigTiffHeader } from '../../../src-main/acquisition/storage/big-tiff.ts'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
import { renameItem } from '../../../src-main/acquisition/gallery/rename-item.ts'
import { randomPixels, temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let recordings: string
beforeEach(async () => {
  folder = await temporaryFolder()
  recordings = join(folder.path, 'recordings')
  await mkdir(recordings)
})
afterEach(() => folder.remove())

async function put(path: string, content: string | Uint8Array = path): Promise<void> {
  await mkdir(join(recordings, path, '..'), { recursive: true })
  await writeFile(join(recordings, path), content)
}
async function files(): Promise<readonly string[]> {
  const entries = await readdir(recordings, { recursive: true, withFileTypes: true })
  return entries
    .map((entry) => join(entry.parentPath, entry.name) + (entry.isDirectory() ? '/' : ''))
    .map((path) => path.slice(recordings.length + 1))
    .toSorted()
}
const rename = (path: string, name: string) => renameItem(folder.path, `recordings/${path}`, name)

const summary = {
  version: 1,
  name: 'beads',
  software: 'Coverslip',
  pid: process.pid,
  startedAt: 1,
  request: { storage: { format: 'ome-tiff' } },
  datasets: [{ folder: 'camera', ofAnotherVersion: 1 }],
  finish: { reason: 'completed' },
}

/** A TIFF of one pixel. */
function tiff(description: string): Uint8Array {
  const image = { width: 1, height: 1, channels: 1, bitsPerSample: 8, alignment: 16 } as const
  const header = bigTiffHeader()
  const { bytes } = bigTiffDirectory(image, { at: header.length, description })
  return Buffer.concat([header, bytes, Buffer.from([7])])
}

describe('An item of the gallery', () => {
  it('that is an acquisition gets another folder and title, and keeps the files within', async () => {
    await put('day/beads/acquisition.json', JSON.stringify(summary))
    await put('day/beads/camera/beads.ome.tiff')
    expect(await rename('day/beads', ' Mouse liver, 2nd try ')).toEqual({
      id: 'recordings/day/Mouse_liver_2nd_try',
      name: 'Mouse_liver_2nd_try',
    })
    expect(await files()).toEqual([
      'day/',
      'day/Mouse_liver_2nd_try/',
      'day/Mouse_liver_2nd_try/acquisition.json',
      'day/Mouse_liver_2nd_try/camera/',
      'day/Mouse_liver_2nd_try/camera/beads.ome.tiff',
    ])
    const written: unknown = JSON.parse(
      await readFile(join(recordings, 'day/Mouse_liver_2nd_try/acquisition.json'), 'utf8'),
    )
    expect(written).toEqual({ ...summary, name: 'Mouse_liver_2nd_try' })
  })

  it('that is an acquisition has its folder and its title renamed, or neither', async () => {
    await put('beads/acquisition.json', JSON.stringify({ ...summary, name: 'title of before' }))
    // Nothing can be written in its place.
    await mkdir(join(recordings, 'beads/acquisition.json.part'))
    const before = await files()
    await expect(rename('beads', 'cells')).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    expect(await files()).toEqual(before)
    await rmdir(join(recordings, 'beads/acquisition.json.part'))
    expect(await rename('beads', 'beads')).toMatchObject({ name: 'beads' })
    const written: unknown = JSON.parse(await readFile(join(recordings, 'beads/acquisition.json'), 'utf8'))
    expect(written).toEqual(summary)
  })

  it.each([
    ['day/snap.tif', 'cells', 'day/cells.tif'],
    ['day/snap.ome.tiff', 'cells.OME.TIFF', 'day/cells.ome.tiff'],
    ['theirs.ome.zarr/zarr.json', 'ours', 'ours.ome.zarr/zarr.json'],
    ['day/cells.raw', 'v1.2', 'day/v1.2.raw'],
  ])('keeps its ending: %s as %s', async (path, name, expected) => {
    await put(path)
    const id = path.replace('/zarr.json', '')
    expect(await rename(id, name)).toEqual({
      id: `recordings/${expected.replace('/zarr.json', '')}`,
      name: expected.replace('/zarr.json', '').replace('day/', ''),
    })
    expect(await readFile(join(recordings, expected), 'utf8')).toBe(path)
  })

  it('takes the description of a raw file with it', async () => {
    await put('cells.raw')
    await put('cells.json', '{}')
    await rename('cells.raw', 'beads')
    expect(await files()).toEqual(['beads.json', 'beads.raw'])
  })

  it('overwrites nothing', async () => {
    await put('beads/acquisition.json', JSON.stringify(summary))
    await put('snap.tif')
    await put('other.tif')
    await put('cells.raw')
    await put('cells.json', '{}')
    await put('taken.json', 'kept')
    await mkdir(join(recordings, 'empty'))
    const before = await files()
    for (const [path, name] of [
      ['beads', 'empty'],
      ['snap.tif', 'other'],
      ['cells.raw', 'taken'],
    ] as const)
      await expect(rename(path, name)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('There is another'),
      })
    expect(await files()).toEqual(before)
    expect(await readFile(join(recordings, 'taken.json'), 'utf8')).toBe('kept')
    // Its own name is none of another.
    expect(await rename('snap.tif', 'snap')).toEqual({ id: 'recordings/snap.tif', name: 'snap.tif' })
  })

  it('is not renamed while it is written, as a part, to no name, or where files are named by others', async () => {
    const { finish: _, ...underWay } = summary
    await put('now/acquisition.json', JSON.stringify(underWay))
    await put('beads/acquisition.json', JSON.stringify(summary))
    await put('beads/camera/beads.ome.tiff')
    await put('set_0.ome.tiff', tiff('<OME><TiffData><UUID FileName="set_1.ome.tiff"/></TiffData></OME>'))
    const before = await files()
    await expect(rename('now', 'later')).rejects.toMatchObject({ code: 'ACQUISITION_RUNNING' })
    await expect(rename('beads/camera/beads.ome.tiff', 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    for (const name of ['/', '..', ' . ', 'x.zarr'])
      await expect(rename('beads', name)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(rename('set_0.ome.tiff', 'x')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'set_0.ome.tiff cannot be renamed: its OME-XML names files',
    })
    await expect(rename('gone', 'x')).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    expect(await files()).toEqual(before)
    await put('alone.ome.tiff', tiff('<OME><TiffData/></OME>'))
    expect(await rename('alone.ome.tiff', 'x')).toMatchObject({ name: 'x.ome.tiff' })
  })

  it('has its own small picture, also where another of the same time and size had its name before', async () => {
    for (const [seed, name] of ['first.tif', 'second.tif'].entries()) {
      await put(name, tiffBytes({ width: 30, height: 20, pages: [randomPixels(600, 16, seed + 1)] }))
      await utimes(join(recordings, name), 1_700_000_000, 1_700_000_000)
    }
    const gallery = new Gallery({ dataFolder: folder.path })
    onTestFinished(() => gallery.close())
    const pictureOf = (name: string) => gallery.thumbnail({ id: `recordings/${name}`, maxSize: 32 })
    const [first, second] = [await pictureOf('first.tif'), await pictureOf('second.tif')]
    expect(second).not.toEqual(first)
    await gallery.rename('recordings/first.tif', 'third')
    await gallery.rename('recordings/second.tif', 'first')
    expect(await pictureOf('first.tif')).toEqual(second)
  })
})
