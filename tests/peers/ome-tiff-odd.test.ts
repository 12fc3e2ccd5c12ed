import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { DatasetLayout, StoredFrame } from '../../src-main/acquisition/storage/dataset-writer.ts'
import { openOmeTiff } from '../../src-main/acquisition/storage/ome-tiff-writer.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import { datasetLayout, knownPixels, storedFrame } from '../fixtures/ome-zarr-dataset.ts'
import { hasProgram, pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'

const tifffile = pythonHas('tifffile')
const libtiff = hasProgram('tiffinfo')

const foundSchema = z.object({
  axes: z.array(z.string()),
  images: z.array(z.array(z.string())),
  wells: z.array(z.tuple([z.number(), z.number()])),
})

const image = (width: number, height: number, pixelFormat: 'Mono8' | 'Mono12' | 'RGB8') =>
  ({ width, height, pixelFormat, significantBits: pixelFormat === 'Mono12' ? 12 : 8 }) as const
const axis = (name: 't' | 'p' | 'c' | 'z', length: number | undefined) => ({ axis: name, length })
const channels = [{ name: 'A' }, { name: 'B' }]
const wells = [0, 1, 2].map((i) => ({ name: `w${i}`, xUm: i, yUm: -i, well: { row: i >> 1, column: i & 1 } }))

/** What is odd, how long an axis without a length becomes, and how tifffile names the axes of each image. */
const odd: readonly [string, Partial<DatasetLayout>, number, string][] = [
  ['one pixel', { image: image(1, 1, 'Mono8'), axes: [axis('t', undefined)] }, 3, 'TYX'],
  ['odd sides', { image: image(13, 7, 'Mono12'), axes: [axis('t', 2), axis('z', 3)] }, 0, 'TZYX'],
  ['large and odd', { image: image(513, 257, 'Mono12'), axes: [axis('z', 3)] }, 0, 'ZYX'],
  ['colour', { image: image(7, 5, 'RGB8'), axes: [axis('t', undefined)] }, 2, 'TYXS'],
  [
    'colour in channels, large',
    { image: image(513, 257, 'RGB8'), axes: [axis('t', 2), axis('c', 2), axis('z', 2)], channels },
    0,
    'TCZYXS',
  ],
  [
    'a plate',
    {
      image: image(5, 4, 'Mono8'),
      axes: [axis('t', 2), axis('p', 3), axis('c', 2)],
      channels,
      positions: wells,
      plate: { name: 'P', rows: 8, columns: 12 },
    },
    0,
    'TCYX',
  ],
]

/** All indices, the last axis fastest. */
function indicesOf(axes: DatasetLayout['axes'], open: number): readonly StoredFrame['index'][] {
  return axes.reduce<readonly StoredFrame['index'][]>(
    (all, { axis: name, length = open }) =>
      all.flatMap((index) => Array.from({ length }, (_, i) => ({ ...index, [name]: i }))),
    [{}],
  )
}

describe.skipIf(!tifffile)('tifffile reads OME-TIFF of odd images', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  it.each(odd)('%s', async (name, parts, open, axes) => {
    const layout = datasetLayout({ ...parts, name: name.replaceAll(' ', '-') })
    const indices = indicesOf(layout.axes, open)
    const writer = await openOmeTiff(folder.path, layout, { files: 'single' })
    await Promise.all(indices.map((index, place) => writer.write(storedFrame(layout, index, place))))
    await writer.close()
    const path = join(folder.path, `${layout.name}.ome.tiff`)
    const [line = ''] = await startPythonPeer('ome-tiff-odd.py', [path]).ended
    const found = foundSchema.parse(JSON.parse(line))
    const positions = Math.max(1, layout.positions.length)
    const hashOf = (index: StoredFrame['index']) =>
      createHash('sha256').update(knownPixels(layout, index)).digest('hex')
    expect(found).toEqual({
      axes: Array.from({ length: positions }, () => axes),
      images: Array.from({ length: positions }, (_, position) =>
        indices.filter(({ p = 0 }) => p === position).map(hashOf),
      ),
      wells: layout.plate === undefined ? [] : wells.map(({ well }) => [well.row, well.column]),
    })
    if (!libtiff) return
    const directories = execFileSync('tiffinfo', [path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(directories.match(/Image Width/g)).toHaveLength(indices.length)
  })
})
