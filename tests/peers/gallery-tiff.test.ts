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

describe.skipIf(!tifffile || !tiffcp)('Files of tifffile that libtiff has copied', () => {
  beforeAll(async () => {
    await startPythonPeer('gallery-tifffile.py', [folder]).ended
  })

  it.each([
    ['float16-little', '-c zip:3'],
    ['float16-big', '-c lzw:3 -t -w 32 -l 16'],
    ['float32-little', '-c zip:3'],
    ['float32-big', '-c lzw:3 -t -w 32 -l 16'],
    ['float64-little', '-c zstd:3'],
    ['float64-big', '-c zip:3 -r 7'],
    ['int16-little', '-c zip:2'],
    ['int32-big', '-c lzw:2'],
    ['uint32-little', '-c zstd:2 -t -w 48 -l 32'],
  ])('%s by %s has the same numbers', async (name, options) => {
    const source = join(folder, `${name}.tif`)
    const copy = copied(source, options)
    const expected = await planeOf(await openDataset(source))
    const plane = await planeOf(await openDataset(copy))
    expect(plane.pixelFormat).toBe('Float32')
    expect(hashOf(plane)).toBe(hashOf(expected))
  })

  it.each([
    '-c packbits',
    '-c lzw -r 7',
    '-c zip -t -w 32 -l 16',
    '-c zstd -B',
    '-c none -f lsb2msb',
    '-c zip -f lsb2msb',
  ])('masks of one bit by %s are the same', async (options) => {
    const source = join(folder, 'mask.tif')
    const reader = await openDataset(copied(source, options))
    expect(await reader.describe()).toMatchObject({
      pixelFormat: 'Mono8',
      significantBits: 1,
      sizes: { t: 2 },
    })
    const expected = await openDataset(source)
    for (const t of [0, 1])
      expect(hashOf(await planeOf(reader, { t }))).toBe(hashOf(await planeOf(expected, { t })))
  })

  it.each([
    ['colours', '-c jpeg:90 -r 16'],
    ['colours', '-c jpeg:90 -t -w 64 -l 64'],
    ['colours', '-c jpeg:90 -B -t -w 128 -l 64'],
    ['colours', '-c jpeg:r:90 -t -w 64 -l 64'],
    ['greys', '-c jpeg:90 -r 24'],
    ['greys', '-c jpeg:90 -t -w 64 -l 64'],
  ])('%s by %s look the same: JPEG as slide scanners write it', async (name, options) => {
    const source = join(folder, `${name}.tif`)
    const expected = await planeOf(await openDataset(source))
    const plane = await planeOf(await openDataset(copied(source, options)))
    expect([plane.width, plane.height, plane.pixelFormat]).toEqual([307, 203, expected.pixelFormat])
    const differences = plane.pixels.map((value, i) => Math.abs(value - (expected.pixels[i] ?? 0)))
    // What tiles have beyond the edge of the image is mixed into the colours before it.
    expect(differences.filter((difference) => difference > 40).length).toBeLessThan(plane.pixels.length / 100)
    expect(differences.reduce((sum, difference) => sum + difference, 0) / differences.length).toBeLessThan(3)
  })
})

let copies = 0
function copied(source: string, options: string): string {
  const copy = join(folder, `copy${copies++}.tif`)
  const { status, stderr } = spawnSync('tiffcp', [...options.split(' '), source, copy], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return copy
}

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
    '-c zstd:2',
    '-c lzw:2 -B',
    '-c lzw -t -w 64 -l 48',
    '-c zip:2 -t -w 80 -l 32 -B',
    '-c none -r 5',
    '-c none -t -8',
  ])('by %s is the same, pixel for pixel', async (options) => {
    const source = join(data.nuclei, 'nuclei_u16_512.tif')
    const copy = copied(source, options)
    const expected = await planeOf(await openDataset(source))
    const plane = await planeOf(await openDataset(copy))
    expect([plane.width, plane.height, plane.pixelFormat]).toEqual([512, 512, 'Mono16'])
    expect(hashOf(plane)).toBe(hashOf(expected))
  })
})
