import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import FileSystemStore from '@zarrita/storage/fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, open, root } from 'zarrita'
import { openOmeZarr as openReaders } from '../../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import type { DatasetLayout, StoredFrame } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { makePyramid, pyramidSizes } from '../../../src-main/acquisition/storage/ome-zarr/make-pyramid.ts'
import { openOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import { datasetLayout, filesBelow, knownPixels, storedFrame } from '../../fixtures/ome-zarr-dataset.ts'
import { omeImageRules, zarrArrayRules } from '../../fixtures/ome-zarr-rules.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-pyramid-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const atOnce = { rest: () => Promise.resolve() }

async function write(
  layout: DatasetLayout,
  indices: readonly StoredFrame['index'][],
  compression: 'none' | 'zstd' = 'none',
) {
  const writer = await openOmeZarr(folder, layout, { compression })
  await Promise.all(indices.map((index, place) => writer.write(storedFrame(layout, index, place))))
  await writer.close()
  return join(folder, `${layout.name}.ome.zarr`)
}

/** The mean of 2 x 2 samples, rounded; at an odd edge of those that are there. */
function halved(samples: ArrayLike<number>, width: number, height: number): number[] {
  const half: number[] = []
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2) {
      const block = [0, 1].flatMap((dy) =>
        [0, 1].flatMap((dx) =>
          y + dy < height && x + dx < width ? [samples[(y + dy) * width + x + dx] ?? 0] : [],
        ),
      )
      half.push(Math.floor(block.reduce((sum, value) => sum + value, 0) / block.length + 0.5))
    }
  return half
}

async function readerOf(path: string) {
  const [reader] = await openReaders(path)
  if (reader === undefined) throw new Error('there is no image')
  return reader
}

describe('pyramid', () => {
  it('is the mean of 2 x 2 pixels, level by level, for each plane that is there', async () => {
    const layout = datasetLayout({
      name: 'grey',
      image: { width: 601, height: 300, pixelFormat: 'Mono16', significantBits: 16, pixelSizeUm: 0.5 },
      axes: [
        { axis: 't', length: 3 },
        { axis: 'c', length: 2 },
      ],
      channels: [{ name: 'A' }, { name: 'B' }],
    })
    const indices = [
      { t: 0, c: 0 },
      { t: 0, c: 1 },
      { t: 2, c: 1 },
    ]
    const path = await write(layout, indices, 'zstd')
    const reader = await readerOf(path)
    expect((await reader.describe()).levels).toEqual([{ width: 601, height: 300 }])
    await makePyramid(path, atOnce)
    expect((await reader.describe()).levels).toEqual([
      { width: 601, height: 300 },
      { width: 301, height: 150 },
      { width: 151, height: 75 },
    ])
    const { attributes } = omeImageRules.parse(JSON.parse(await readFile(join(path, 'zarr.json'), 'utf8')))
    expect(attributes.ome.multiscales[0]?.datasets[2]).toEqual({
      path: '2',
      coordinateTransformations: [
        { type: 'scale', scale: [0.1, 1, 1, 2, 2] },
        { type: 'translation', translation: [0, 0, 0, 0.75, 0.75] },
      ],
    })
    const store = root(new FileSystemStore(path))
    for (const index of indices) {
      let [samples, width, height]: [ArrayLike<number>, number, number] = [
        new Uint16Array(knownPixels(layout, index).buffer),
        601,
        300,
      ]
      for (const level of [1, 2]) {
        samples = halved(samples, width, height)
        ;[width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)]
        const pixels = (await reader.readPlane(index, level))?.pixels
        expect(pixels && Buffer.from(pixels).equals(Buffer.from(Uint16Array.from(samples).buffer))).toBe(true)
        const array = await open.v3(store.resolve(String(level)), { kind: 'array' })
        const found = await get(array, [index.t, index.c, 0, null, null])
        expect('data' in found && found.data).toEqual(Uint16Array.from(samples))
        zarrArrayRules.parse(JSON.parse(await readFile(join(path, String(level), 'zarr.json'), 'utf8')))
      }
    }
    expect(await reader.readPlane({ t: 1, c: 0 }, 2)).toBeUndefined()
    // Nothing is done twice.
    const before = await readFile(join(path, '1', 'c/0/0/0/0/0'))
    await makePyramid(path, atOnce)
    expect(await readFile(join(path, '1', 'c/0/0/0/0/0'))).toEqual(before)
  })

  it('keeps colours apart, and a mosaic a mosaic', async () => {
    const rgb = datasetLayout({
      name: 'rgb',
      image: { width: 300, height: 2, pixelFormat: 'RGB8', significantBits: 8 },
    })
    const path = await write(rgb, [{ t: 0 }])
    await makePyramid(path, atOnce)
    const pixels = knownPixels(rgb, { t: 0 })
    const small = await (await readerOf(path)).readPlane({ t: 0 }, 1)
    expect(small).toMatchObject({ width: 150, height: 1, pixelFormat: 'RGB8' })
    const colours = [0, 1, 2].map((sample) =>
      halved(
        pixels.filter((_, i) => i % 3 === sample),
        300,
        2,
      ),
    )
    expect([...(small?.pixels ?? [])]).toEqual(
      Array.from({ length: 450 }, (_, i) => colours[i % 3]?.[Math.floor(i / 3)]),
    )

    const bayer = datasetLayout({
      name: 'bayer',
      image: { width: 302, height: 4, pixelFormat: 'BayerGB8', significantBits: 8 },
    })
    const mosaicPath = await write(bayer, [{ t: 0 }])
    await makePyramid(mosaicPath, atOnce)
    const mosaic = await (await readerOf(mosaicPath)).readPlane({ t: 0 }, 1)
    expect(mosaic).toMatchObject({ width: 152, height: 2, pixelFormat: 'BayerGB8' })
    // Each colour is the mean of its four pixels in a block of 4 x 4.
    const source = knownPixels(bayer, { t: 0 })
    const at = (x: number, y: number) => source[y * 302 + x] ?? 0
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const [left, top] = [40 + x, y]
      const sum = at(left, top) + at(left + 2, top) + at(left, top + 2) + at(left + 2, top + 2)
      expect(mosaic?.pixels[y * 152 + 20 + x]).toBe(Math.floor(sum / 4 + 0.5))
    }
  })

  it('that was interrupted leaves a valid dataset, and is made anew', async () => {
    const layout = datasetLayout({
      name: 'cut',
      image: { width: 520, height: 10, pixelFormat: 'Mono8', significantBits: 8 },
      axes: [
        { axis: 'p', length: 2 },
        { axis: 't', length: 4 },
      ],
      positions: [{ name: 'P0' }, { name: 'P1' }],
    })
    const indices = [0, 1].flatMap((p) => [0, 1, 2, 3].map((t) => ({ p, t })))
    const path = await write(layout, indices)
    let planes = 0
    const cut = makePyramid(path, {
      rest: () => (++planes === 7 ? Promise.reject(new Error('power cut')) : Promise.resolve()),
    })
    await expect(cut).rejects.toThrow('power cut')
    // The first image has its levels, the second none but what lies there unfinished.
    await writeFile(join(path, '1', '1', 'left'), '')
    const datasets = async (image: string) =>
      omeImageRules.parse(JSON.parse(await readFile(join(path, image, 'zarr.json'), 'utf8'))).attributes.ome
        .multiscales[0]?.datasets.length
    expect([await datasets('0'), await datasets('1')]).toEqual([3, 1])
    for (const index of indices)
      expect((await (await readerOf(path)).readPlane(index, 0))?.pixels).toEqual(knownPixels(layout, index))
    await makePyramid(path, atOnce)
    expect([await datasets('0'), await datasets('1')]).toEqual([3, 3])
    expect((await filesBelow(path)).filter((name) => /part$|left$/.test(name))).toEqual([])
    const reader = await readerOf(path)
    expect(await reader.readPlane({ p: 1, t: 3 }, 2)).toMatchObject({ width: 130, height: 3 })
  })

  it('ends with an image whose larger side is 256 pixels or less', () => {
    expect(pyramidSizes({ width: 256, height: 256 }, 'mono')).toEqual([])
    expect(pyramidSizes({ width: 2048, height: 100 }, 'mono').map(({ width }) => width)).toEqual([
      1024, 512, 256,
    ])
    expect(pyramidSizes({ width: 1001, height: 1001 }, 'mono').at(-1)).toEqual({ width: 251, height: 251 })
  })
})
