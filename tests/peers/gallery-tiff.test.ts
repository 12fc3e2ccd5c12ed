/** TIFF files by programs that this project did not write, opened as the gallery does. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ImagePlane } from '../../src-main/acquisition/reading/dataset-reader.ts'
import type { PlaneIndex } from '../../src-shared/gallery.ts'
import { hasProgram, pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'
import { openDataset, planeOf } from '../fixtures/read-datasets.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'

const tifffile = pythonHas('tifffile')
const tiffcp = hasProgram('tiffcp')

const madeSchema = z.object({
  files: z.array(
    z.object({ name: z.string(), sizes: z.record(z.string(), z.number()), hashes: z.array(z.string()) }),
  ),
  levels: z.array(z.string()),
})

const hashOf = ({ pixels }: ImagePlane) => createHash('sha256').update(pixels).digest('hex')

/** All places of the axes, the last fastest. */
function indicesOf(sizes: Readonly<Record<string, number>>): PlaneIndex[] {
  return Object.entries(sizes).reduce<PlaneIndex[]>(
    (all, [axis, length]) =>
      all.flatMap((index) => Array.from({ length }, (_, at) => ({ ...index, [axis]: at }))),
    [{}],
  )
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-foreign-tiff-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(!tifffile)('Files of tifffile', () => {
  let made: z.infer<typeof madeSchema>
  beforeAll(async () => {
    const [printed = ''] = await startPythonPeer('gallery-tifffile.py', [folder]).ended
    made = madeSchema.parse(JSON.parse(printed))
  })

  it('are read plane by plane: OME-TIFF, ImageJ, pages; tiles, Deflate, both byte orders', async () => {
    expect(made.files.length).toBeGreaterThan(8)
    for (const { name, sizes, hashes } of made.files) {
      const reader = await openDataset(join(folder, name))
      const described = await reader.describe()
      const longer = Object.fromEntries(Object.entries(sizes).filter(([, length]) => length > 1))
      expect(described.sizes, name).toEqual(described.sizes['t'] === 1 ? { t: 1, ...longer } : longer)
      const found = []
      for (const index of indicesOf(sizes)) found.push(hashOf(await planeOf(reader, index)))
      expect(found, name).toEqual(hashes)
    }
  })

  it('say how large their pixels are, and what their channels are called', async () => {
    expect(await (await openDataset(join(folder, 'tzc.ome.tif'))).describe()).toMatchObject({
      pixelSizeUm: 0.25,
      timeStepS: 0.5,
      channels: [{ name: 'DAPI' }, { name: 'GFP' }],
    })
    expect(await (await openDataset(join(folder, 'imagej.tif'))).describe()).toMatchObject({
      pixelSizeUm: 0.25,
    })
  })

  it('give their smaller copies', async () => {
    const reader = await openDataset(join(folder, 'pyramid.ome.tif'))
    expect((await reader.describe()).levels).toEqual([
      { width: 96, height: 64 },
      { width: 48, height: 32 },
      { width: 24, height: 16 },
    ])
    for (const [level, hash] of made.levels.entries())
      expect(hashOf(await planeOf(reader, {}, level))).toBe(hash)
  })
})

describe.skipIf(!tiffcp)('A real image that libtiff has copied', () => {
  let data: SharedData
  beforeAll(async () => {
    data = await sharedData()
  })
  afterAll(() => data.remove())

  it.each([
    '-c lzw',
    '-c lzw:2',
    '-c zip',
    '-c zip:2',
    '-c packbits',
    '-c lzw:2 -B',
    '-c lzw -t -w 64 -l 48',
    '-c zip:2 -t -w 80 -l 32 -B',
    '-c none -r 5',
    '-c none -t -8',
  ])('by %s is the same, pixel for pixel', async (options) => {
    const args = options.split(' ')
    const source = join(data.nuclei, 'nuclei_u16_512.tif')
    const copy = join(folder, `copy${args.join('')}.tif`)
    const { status, stderr } = spawnSync('tiffcp', [...args, source, copy], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const expected = await planeOf(await openDataset(source))
    const plane = await planeOf(await openDataset(copy))
    expect([plane.width, plane.height, plane.pixelFormat]).toEqual([512, 512, 'Mono16'])
    expect(hashOf(plane)).toBe(hashOf(expected))
  })
})
