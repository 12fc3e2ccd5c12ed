import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import FileSystemStore from '@zarrita/storage/fs'
import fc from '../../fixtures/seeded-fast-check.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, open } from 'zarrita'
import { readPlane } from '../../../src-main/acquisition/reading/ome-zarr/read-plane.ts'
import { ZarrArrayReader } from '../../../src-main/acquisition/reading/ome-zarr/zarr-array-reader.ts'
import { readZarrArray } from '../../../src-main/acquisition/reading/ome-zarr/zarr-metadata.ts'
import { crc32c } from '../../../src-main/acquisition/storage/ome-zarr/crc32c.ts'
import { OpenShards } from '../../../src-main/acquisition/storage/ome-zarr/open-shards.ts'
import { ZarrArrayWriter } from '../../../src-main/acquisition/storage/ome-zarr/zarr-array-writer.ts'
import {
  bandsOf,
  chunksOfShard,
  type PlanePlace,
  shardOf,
  zarrGrid,
} from '../../../src-main/acquisition/storage/ome-zarr/zarr-grid.ts'
import { arrayJson } from '../../../src-main/acquisition/storage/ome-zarr/zarr-json.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import {
  castagnoli,
  datasetLayout,
  filesBelow,
  knownPixels,
  shardBySpecification,
} from '../../fixtures/ome-zarr-dataset.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-shards-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const axisOrders = [['t', 'c', 'z'], ['t', 'z', 'c'], ['c', 'z', 't'], ['z', 't'], ['t']] as const

/** Arrays of all kinds, cut in all kinds of ways, with planes in any order, some of them missing. */
const arrays = fc
  .record({
    order: fc.constantFrom(...axisOrders),
    lengths: fc.record({
      t: fc.integer({ min: 1, max: 4 }),
      c: fc.integer({ min: 1, max: 3 }),
      z: fc.integer({ min: 1, max: 3 }),
    }),
    endIsOpen: fc.boolean(),
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    pixelFormat: fc.constantFrom('Mono8' as const, 'Mono12' as const, 'RGB8' as const),
    compression: fc.constantFrom('none' as const, 'zstd' as const),
    limits: fc.record({
      chunkBytes: fc.integer({ min: 1, max: 200 }),
      shardBytes: fc.integer({ min: 1, max: 2000 }),
      shardChunks: fc.integer({ min: 1, max: 40 }),
      openShards: fc.constant(32),
    }),
    seed: fc.integer(),
    direct: fc.boolean(),
  })
  .map(({ order, lengths, endIsOpen, width, height, pixelFormat, ...rest }) => {
    const used: Record<string, number> = { t: 1, c: 1, z: 1 }
    for (const axis of order) used[axis] = lengths[axis]
    const [first] = order
    const axes = order.map((axis) => ({
      axis,
      length: endIsOpen && axis === first ? undefined : lengths[axis],
    }))
    const { significantBits } = pixelLayout(pixelFormat)
    const layout = datasetLayout({ image: { width, height, pixelFormat, significantBits }, axes })
    return { layout, lengths: { t: used['t'] ?? 1, c: used['c'] ?? 1, z: used['z'] ?? 1 }, ...rest }
  })

function* planesOf({ t, c, z }: PlanePlace): Iterable<PlanePlace> {
  for (let i = 0; i < t * c * z; i++) yield { t: Math.floor(i / (c * z)), c: Math.floor(i / z) % c, z: i % z }
}

describe('shards of an array', () => {
  it('are as the specification says, and as zarrita and our reader read them, whatever came in whatever order', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(arrays, async ({ layout, lengths, compression, limits, seed, direct }) => {
        const array = join(folder, `a${run++}`)
        await mkdir(array)
        const grid = zarrGrid(layout, { limits })
        const shards = new OpenShards()
        const writer = new ZarrArrayWriter({ folder: array, grid, compression, shards, direct })
        const all = [...planesOf(lengths)]
        // A plane in four is missing; the order is any.
        const rank = (i: number) => castagnoli(Uint8Array.of(i, seed, seed >> 8, seed >> 16))
        const written = all
          .filter((_, i) => rank(i) % 4 !== 0)
          .toSorted((a, b) => rank(all.indexOf(a)) - rank(all.indexOf(b)))
        for (const plane of written)
          await (await writer.append(plane, await writer.encode(knownPixels(layout, plane)))).written
        await shards.close()
        await writeFile(join(array, 'zarr.json'), JSON.stringify(arrayJson(grid, { lengths, compression })))

        // By the bytes.
        const there = new Set(written.map((plane) => JSON.stringify(plane)))
        const files = (await filesBelow(array)).filter((path) => path !== 'zarr.json')
        expect(files).toEqual(
          [...new Set(written.map((plane) => shardOf(grid, plane).key))].toSorted((a, b) =>
            a.localeCompare(b),
          ),
        )
        for (const key of files) {
          const chunks = await shardBySpecification(join(array, key), {
            chunks: chunksOfShard(grid),
            zstd: compression === 'zstd',
          })
          for (const plane of all) {
            const place = shardOf(grid, plane)
            if (place.key !== key) continue
            const bands = chunks.slice(place.chunk, place.chunk + bandsOf(grid))
            const isThere = there.has(JSON.stringify(plane))
            expect(bands.map((band) => band !== undefined)).toEqual(bands.map(() => isThere))
            if (!isThere) continue
            const pixels = knownPixels(layout, plane)
            expect(
              Buffer.concat(bands.flatMap((band) => band ?? []))
                .subarray(0, pixels.length)
                .equals(pixels),
            ).toBe(true)
          }
        }

        // By zarrita.
        const opened = await open.v3(new FileSystemStore(array), { kind: 'array' })
        const { samples } = grid
        expect(opened.shape).toEqual([lengths.t, lengths.c * samples, lengths.z, grid.height, grid.width])
        expect(opened.dimensionNames).toEqual(['t', 'c', 'z', 'y', 'x'])
        // By our reader.
        const reader = new ZarrArrayReader(await readZarrArray(array))
        for (const plane of all) {
          const pixels = there.has(JSON.stringify(plane))
            ? knownPixels(layout, plane)
            : new Uint8Array(knownPixels(layout, plane).length)
          const words = grid.bytesPerSample === 1 ? pixels : new Uint16Array(pixels.buffer)
          for (let sample = 0; sample < samples; sample++) {
            const found = await get(opened, [plane.t, plane.c * samples + sample, plane.z, null, null])
            if (!('data' in found)) throw new Error('zarrita found no plane')
            const [rowStride = 0, columnStride = 0] = found.stride
            const foundAt = (i: number) =>
              Reflect.get(
                found.data,
                Math.floor(i / grid.width) * rowStride + (i % grid.width) * columnStride,
              )
            for (let i = 0; i < grid.width * grid.height; i++)
              expect(foundAt(i)).toBe(words[i * samples + sample])
          }
          const { pixels: ours, isEmpty } = await readPlane(reader, {
            at: [plane.t, plane.c * samples, plane.z, 0, 0],
            y: 3,
            x: 4,
            ...(samples === 3 ? { samples: { axis: 1, from: plane.c * samples } } : {}),
          })
          expect(Buffer.from(ours).equals(pixels)).toBe(true)
          expect(isEmpty).toBe(!there.has(JSON.stringify(plane)))
        }
        await rm(array, { recursive: true })
      }),
      { numRuns: 80 },
    )
  })

  it('go on after they were complete', async () => {
    const array = join(folder, 'resumed')
    await mkdir(array)
    const layout = datasetLayout({ axes: [{ axis: 't', length: 4 }] })
    const grid = zarrGrid(layout)
    expect(grid.shardPlanes).toEqual({ t: 4, c: 1, z: 1 })
    for (const times of [[2, 0], [3], [1]]) {
      const shards = new OpenShards()
      const writer = new ZarrArrayWriter({ folder: array, grid, compression: 'none', shards, direct: false })
      for (const t of times) {
        const plane = { t, c: 0, z: 0 }
        await (await writer.append(plane, await writer.encode(knownPixels(layout, plane)))).written
      }
      await shards.close()
    }
    const chunks = await shardBySpecification(join(array, 'c/0/0/0/0/0'), { chunks: 4, zstd: false })
    expect(chunks.map((chunk) => chunk?.equals(knownPixels(layout, {})))).toEqual([true, false, false, false])
    for (const [t, chunk] of chunks.entries()) expect(chunk).toEqual(Buffer.from(knownPixels(layout, { t })))
    expect(await filesBelow(array)).toEqual(['c/0/0/0/0/0'])
  })
})

describe('crc32c', () => {
  it('is what RFC 3720 gives for its examples', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
  })
})

describe('zarrGrid', () => {
  const image = { width: 2048, height: 2048, pixelFormat: 'Mono16' as const, significantBits: 16 }

  it('fills files of about 128 MB in the order of acquisition', () => {
    const cut = (axes: Parameters<typeof zarrGrid>[0]['axes'], positions = 0) =>
      zarrGrid({ image, axes, positions: Array.from({ length: positions }, (_, i) => ({ name: `P${i}` })) })
        .shardPlanes
    expect(cut([{ axis: 't', length: undefined }])).toEqual({ t: 16, c: 1, z: 1 })
    expect(cut([{ axis: 't', length: 20 }])).toEqual({ t: 10, c: 1, z: 1 })
    expect(
      cut([
        { axis: 't', length: 100 },
        { axis: 'c', length: 2 },
        { axis: 'z', length: 4 },
      ]),
    ).toEqual({ t: 2, c: 2, z: 4 })
    expect(
      cut([
        { axis: 'c', length: 2 },
        { axis: 't', length: 100 },
      ]),
    ).toEqual({ t: 15, c: 1, z: 1 })
    const visited = [
      { axis: 't' as const, length: 100 },
      { axis: 'p' as const, length: 100 },
      { axis: 'z' as const, length: 3 },
    ]
    expect(cut(visited, 4)).toEqual({ t: 5, c: 1, z: 3 })
    // The shards of so many positions cannot all be open until the next time.
    expect(cut(visited, 100)).toEqual({ t: 1, c: 1, z: 3 })
  })

  it('cuts very large planes into bands', () => {
    const cut = (width: number, height: number) =>
      zarrGrid({ image: { ...image, width, height }, axes: [], positions: [] }).bandRows
    expect(cut(2048, 2048)).toBe(2048)
    expect(cut(8192, 8192)).toBe(1024)
    // A prime number of rows.
    expect(cut(8192, 8191)).toBe(1024)
  })
})
