import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import FileSystemStore from '@zarrita/storage/fs'
import fc from '../../fixtures/seeded-fast-check.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { create, root as rootOf, set } from 'zarrita'
import { openOmeZarr } from '../../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import { openOmeZarr as openWriter } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { castagnoli, datasetLayout, knownPixels, storedFrame } from '../../fixtures/ome-zarr-dataset.ts'

let folder: string
let root: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-foreign-'))
  root = join(folder, 'foreign.zarr')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(path: string, content: unknown): Promise<void> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content instanceof Uint8Array ? content : JSON.stringify(content))
}

const group = (attributes: object) => ({ zarr_format: 3, node_type: 'group', attributes })
const image = (names: readonly string[], more: object = {}, dataset: object = {}) =>
  group({
    ome: {
      version: '0.5',
      multiscales: [{ axes: names.map((name) => ({ name })), datasets: [{ path: 'a', ...dataset }] }],
      ...more,
    },
  })
const array = (parts: object = {}) => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [4, 6],
  data_type: 'uint8',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 6] } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: 9,
  codecs: [{ name: 'bytes' }],
  attributes: {},
  ...parts,
})
const pixels = Uint8Array.from({ length: 24 }, (_, i) => 10 * i)

const failure = (reason: string) =>
  expect.objectContaining({ code: 'UNREADABLE_IMAGE', message: expect.stringContaining(reason) })
const openOnly = async () => {
  const [reader, ...more] = await openOmeZarr(root)
  expect(more).toEqual([])
  if (reader === undefined) throw new Error('no dataset')
  return reader
}

describe('OME-Zarr of others', () => {
  it('of 0.5 that zarrita wrote, with axes z, y, x', async () => {
    await mkdir(root)
    const location = rootOf(new FileSystemStore(root)).resolve('/a')
    const written = await create(location, {
      shape: [3, 5, 7],
      chunkShape: [2, 2, 3],
      dtype: 'uint16',
      codecs: [{ name: 'zstd', configuration: { level: 1 } }],
    })
    const data = Uint16Array.from({ length: 105 }, (_, i) => 600 * i)
    await set(written, null, { data, shape: [3, 5, 7], stride: [35, 7, 1] })
    await put('zarr.json', image(['z', 'y', 'x'], { omero: { channels: 'not what it should be' } }))
    const reader = await openOnly()
    expect(await reader.describe()).toMatchObject({
      name: 'foreign',
      sizes: { z: 3 },
      width: 7,
      height: 5,
      pixelFormat: 'Mono16',
      channels: [],
      planes: 3,
    })
    for (const [index, plane] of [0, 1, 2].entries())
      expect((await reader.readPlane({ z: index }, 0))?.pixels).toEqual(
        new Uint8Array(data.slice(35 * plane, 35 * plane + 35).buffer),
      )
    expect(await reader.records({ offset: 0, limit: 10 })).toEqual({ records: [], total: 0 })
  })

  it.each([
    [
      'gzip and crc32c',
      [{ name: 'bytes' }, { name: 'gzip', configuration: { level: 1 } }, { name: 'crc32c' }],
      (chunk: Uint8Array) => withChecksum(gzipSync(chunk)),
    ],
    ['zstd', [{ name: 'bytes' }, { name: 'zstd', configuration: {} }], zstdCompressSync],
    ['nothing', [{ name: 'bytes' }], (chunk: Uint8Array) => chunk],
  ] as const)('of 0.5 with chunks encoded by %s, and one that is not there', async (_, codecs, encode) => {
    await put('zarr.json', image(['y', 'x']))
    await put(
      'a/zarr.json',
      array({ codecs, chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } } }),
    )
    const left = Uint8Array.from({ length: 16 }, (_value, i) => pixels[Math.floor(i / 4) * 6 + (i % 4)] ?? 0)
    await put('a/c/0/0', encode(left))
    const plane = await (await openOnly()).readPlane({}, 0)
    // What is not there is the fill value.
    expect(plane?.pixels).toEqual(pixels.map((value, i) => (i % 6 < 4 ? value : 9)))
  })

  it('with the index of shards at their start, and keys as of Zarr v2', async () => {
    await put('zarr.json', image(['y', 'x']))
    await put(
      'a/zarr.json',
      array({
        chunk_key_encoding: { name: 'v2', configuration: { separator: '.' } },
        codecs: [
          {
            name: 'sharding_indexed',
            configuration: {
              chunk_shape: [2, 6],
              codecs: [{ name: 'bytes' }],
              index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
              index_location: 'start',
            },
          },
        ],
      }),
    )
    const index = Buffer.alloc(32)
    for (const [i, value] of [44n, 12n, 32n, 12n].entries()) index.writeBigUInt64LE(value, 8 * i)
    await put('a/0.0', Buffer.concat([index, pixels.subarray(12), pixels.subarray(0, 12)]))
    expect((await (await openOnly()).readPlane({}, 0))?.pixels).toEqual(pixels)
  })

  it('from a shard of 3 GB, in the memory of one chunk', async () => {
    const [planes, side] = [3000, 1024]
    await put('zarr.json', image(['t', 'y', 'x']))
    const inner = {
      chunk_shape: [1, side, side],
      codecs: [{ name: 'bytes' }],
      index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }],
    }
    await put(
      'a/zarr.json',
      array({
        shape: [planes, side, side],
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [planes, side, side] } },
        codecs: [{ name: 'sharding_indexed', configuration: inner }],
      }),
    )
    const index = Buffer.alloc(16 * planes, 0xff)
    const [bytes, offset] = [side * side, 2999 * side * side]
    index.writeBigUInt64LE(BigInt(offset), 16 * 2999)
    index.writeBigUInt64LE(BigInt(bytes), 16 * 2999 + 8)
    await put('a/c/0/0/0', new Uint8Array())
    // The rest of it is a hole.
    const file = await open(join(root, 'a/c/0/0/0'), 'r+')
    await file.write(Buffer.alloc(bytes, 77), 0, bytes, offset)
    await file.write(withChecksum(index), 0, index.length + 4, offset + bytes)
    await file.close()
    const before = process.memoryUsage().arrayBuffers
    const plane = await (await openOnly()).readPlane({ t: 2999 }, 0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
    expect(plane?.pixels.every((value) => value === 77)).toBe(true)
    expect((await (await openOnly()).readPlane({ t: 2998 }, 0))?.pixels[0]).toBe(9)
  })

  it('as a plate of 0.4, and as series whose images differ in size', async () => {
    const v2 = (shape: number[]) => ({
      zarr_format: 2,
      shape,
      chunks: shape,
      dtype: '|u1',
      fill_value: 0,
      order: 'C',
      compressor: null,
      filters: null,
      dimension_separator: '/',
    })
    const multiscales = [{ version: '0.4', axes: [{ name: 'y' }, { name: 'x' }], datasets: [{ path: '0' }] }]
    await put('.zgroup', { zarr_format: 2 })
    await put('.zattrs', { plate: { wells: [{ path: 'A/1' }, { path: 'B/12' }] } })
    for (const well of ['A/1', 'B/12']) {
      await put(`${well}/.zgroup`, { zarr_format: 2 })
      await put(`${well}/.zattrs`, {
        well: { images: well === 'A/1' ? [{ path: '0' }, { path: '1' }] : [{ path: '0' }] },
      })
      for (const field of well === 'A/1' ? ['0', '1'] : ['0']) {
        await put(`${well}/${field}/.zgroup`, { zarr_format: 2 })
        await put(`${well}/${field}/.zattrs`, { multiscales })
        await put(`${well}/${field}/0/.zarray`, v2([4, 6]))
        await put(
          `${well}/${field}/0/0/0`,
          pixels.map((value) => value + (well === 'A/1' ? 1 + Number(field) : 3)),
        )
      }
    }
    const plate = await openOnly()
    expect(await plate.describe()).toMatchObject({
      sizes: { p: 3 },
      positions: ['A1_0', 'A1_1', 'B12'],
      planes: 3,
    })
    expect((await plate.readPlane({ p: 2 }, 0))?.pixels[0]).toBe(3)
    // A smaller copy that the other images lack is not offered.
    const [multiscale] = multiscales
    await put('A/1/0/.zattrs', { multiscales: [{ ...multiscale, datasets: [{ path: '0' }, { path: '1' }] }] })
    await put('A/1/0/1/.zarray', v2([2, 3]))
    expect((await (await openOnly()).describe()).levels).toEqual([{ width: 6, height: 4 }])

    await rm(root, { recursive: true })
    await put('zarr.json', group({ ome: { version: '0.5', 'bioformats2raw.layout': 3 } }))
    for (const [number, side] of [4, 6, 4].entries()) {
      await put(`${number}/zarr.json`, image(['y', 'x']))
      await put(
        `${number}/a/zarr.json`,
        array({
          shape: [side, side],
          chunk_grid: { name: 'regular', configuration: { chunk_shape: [side, side] } },
        }),
      )
    }
    const readers = await openOmeZarr(root)
    expect(await Promise.all(readers.map((reader) => reader.describe()))).toMatchObject([
      { width: 4, sizes: { p: 2 }, positions: ['0', '2'], name: 'foreign 0' },
      { width: 6, sizes: {}, name: 'foreign 1' },
    ])
  })
})

function withChecksum(bytes: Uint8Array): Uint8Array {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(castagnoli(bytes))
  return Buffer.concat([bytes, checksum])
}

describe('OME-Zarr that cannot be read', () => {
  it.each([
    [
      'is cut off',
      'zarr.json',
      Buffer.from('{"zarr_format": 3'),
      'foreign.zarr/zarr.json cannot be read: it is not valid JSON',
    ],
    ['is of a later Zarr', 'zarr.json', { zarr_format: 4, node_type: 'group' }, 'zarr_format'],
    ['has no image', 'zarr.json', group({}), 'neither images nor a plate'],
    [
      'leads out of the dataset',
      'zarr.json',
      image(['y', 'x'], {}, { path: '../../secret' }),
      'leads out of the dataset',
    ],
    [
      'has an array that is missing',
      'zarr.json',
      image(['y', 'x'], {}, { path: 'b' }),
      'foreign.zarr/b cannot be read: it has no zarr.json',
    ],
    ['has other axes', 'zarr.json', image(['angle', 'y', 'x']), 'angle, y, x'],
    ['has fewer axes than its array', 'zarr.json', image(['t', 'y', 'x']), 'its array has 2 axes'],
    [
      'holds complex numbers',
      'a/zarr.json',
      array({ data_type: 'complex64' }),
      'foreign.zarr/a/zarr.json cannot be read: its pixels are complex64',
    ],
    [
      'has chunks beyond all memory',
      'a/zarr.json',
      array({ chunk_grid: { name: 'regular', configuration: { chunk_shape: [1e6, 1e6] } } }),
      'too large',
    ],
    [
      'has chunks of nothing',
      'a/zarr.json',
      array({ chunk_grid: { name: 'regular', configuration: { chunk_shape: [0, 6] } } }),
      'chunk_shape',
    ],
    [
      'is encoded by something unknown',
      'a/zarr.json',
      array({ codecs: [{ name: 'bytes' }, { name: 'jpeg-xl' }] }),
      'encoded by jpeg-xl',
    ],
  ])('%s', async (_, path, content, reason) => {
    await put('zarr.json', image(['y', 'x']))
    await put('a/zarr.json', array())
    await put(path, content)
    const read = openOmeZarr(root).then(async ([reader]) => reader?.readPlane({}, 0))
    await expect(read).rejects.toEqual(failure(reason))
  })

  it.each([
    ['has the wrong size', [{ name: 'bytes' }], pixels.subarray(1), '23 bytes instead of 24'],
    ['is a bomb', [{ name: 'bytes' }, { name: 'gzip' }], gzipSync(new Uint8Array(5e5)), 'larger than'],
    ['is no Zstandard', [{ name: 'bytes' }, { name: 'zstd' }], pixels, 'foreign.zarr/a/c/0/0 cannot be read'],
    [
      'is no Blosc',
      [{ name: 'bytes' }, { name: 'blosc' }],
      Uint8Array.from([2, 1, 1, 1, 255, 255, 255, 255]),
      'Blosc',
    ],
    [
      'has another checksum',
      [{ name: 'bytes' }, { name: 'crc32c' }],
      Buffer.concat([pixels, Buffer.alloc(4)]),
      'checksum',
    ],
  ])('has a chunk that %s', async (_, codecs, chunk, reason) => {
    await put('zarr.json', image(['y', 'x']))
    await put('a/zarr.json', array({ codecs }))
    await put('a/c/0/0', chunk)
    await expect((await openOnly()).readPlane({}, 0)).rejects.toEqual(failure(reason))
  })

  it('is larger than can be shown', async () => {
    await put('zarr.json', image(['y', 'x']))
    await put('a/zarr.json', array({ shape: [30_000, 30_000] }))
    await expect((await openOnly()).readPlane({}, 0)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  it('never fails otherwise, whatever its metadata are', async () => {
    const node = fc.oneof(
      fc.constantFrom(image(['y', 'x']), array(), group({ ome: { plate: { wells: [{ path: 'a' }] } } })),
      fc.object({
        maxDepth: 3,
        key: fc.constantFrom(
          'zarr_format',
          'node_type',
          'attributes',
          'ome',
          'multiscales',
          'shape',
          'codecs',
          'plate',
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(node, node, fc.uint8Array({ maxLength: 40 }), async (top, below, chunk) => {
        await put('zarr.json', top)
        await put('a/zarr.json', below)
        await put('a/c/0/0', chunk)
        try {
          for (const reader of await openOmeZarr(root)) {
            await reader.describe()
            await reader.readPlane({}, 0)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CoverslipError)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('our own OME-Zarr when it is damaged', () => {
  async function own(skipped: boolean) {
    const layout = datasetLayout({ name: 'own', axes: [{ axis: 't', length: 3 }], metadata: { plan: 1 } })
    const writer = await openWriter(folder, layout, { compression: 'none' })
    for (const t of skipped ? [0, 2] : [0, 1, 2]) await writer.write(storedFrame(layout, { t }, t))
    await writer.close()
    root = join(folder, 'own.ome.zarr')
    return { layout, shard: join(root, '0/c/0/0/0/0/0') }
  }

  it('tells a shard that is missing, where nothing was skipped', async () => {
    const { shard } = await own(false)
    const reader = await openOnly()
    expect(reader.metadata).toEqual({ plan: 1 })
    await rm(shard)
    await expect(reader.readPlane({}, 0)).rejects.toEqual(
      failure('own.ome.zarr/0/c/0/0/0/0/0 cannot be read: it is missing'),
    )
  })

  it('has nothing where planes were skipped', async () => {
    const { layout } = await own(true)
    const reader = await openOnly()
    expect(await reader.readPlane({ t: 1 }, 0)).toBeUndefined()
    expect((await reader.readPlane({ t: 2 }, 0))?.pixels).toEqual(knownPixels(layout, { t: 2 }))
  })

  it('tells an index that does not match its checksum, and a shard that is cut off', async () => {
    const { shard } = await own(false)
    const bytes = await readFile(shard)
    const damaged = Buffer.from(bytes)
    damaged.writeUInt8(1, bytes.length - 10)
    await writeFile(shard, damaged)
    await expect((await openOnly()).readPlane({}, 0)).rejects.toEqual(
      failure('own.ome.zarr/0/c/0/0/0/0/0 cannot be read: its index does not match its checksum'),
    )
    await truncate(shard, 20)
    await expect((await openOnly()).readPlane({}, 0)).rejects.toEqual(failure('it is 20 bytes long'))
    // Its index is whole, but the frames are gone.
    await writeFile(shard, bytes.subarray(-(16 * 3 + 4)))
    await expect((await openOnly()).readPlane({}, 0)).rejects.toEqual(failure('own.ome.zarr/0/c/0/0/0/0/0'))
  })
})

describe('OME-Zarr with links that lead out of it', () => {
  it.each(['', 'zarr.json', '0', '0/zarr.json', '0/c', '0/c/0/0/0/0/0'])(
    'shows nothing of what they lead to: "%s"',
    async (link) => {
      const layout = datasetLayout({ name: 'secret' })
      const writer = await openWriter(folder, layout, { compression: 'none' })
      await writer.write(storedFrame(layout, { t: 0 }, 0))
      await writer.close()
      const secret = join(folder, 'secret.ome.zarr')
      // Beside the link there is all that a reader asks for before it comes to it.
      await cp(secret, root, { recursive: true })
      await rm(join(root, link), { recursive: true })
      await symlink(join(secret, link), join(root, link))
      const shown = openOmeZarr(root).then(([reader]) => reader?.readPlane({ t: 0 }, 0))
      await expect(shown).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
        message: expect.stringContaining('it is a link to another place'),
      })
    },
  )

  it('is shown where links stay in it', async () => {
    const layout = datasetLayout({ name: 'own' })
    const writer = await openWriter(folder, layout, { compression: 'none' })
    await writer.write(storedFrame(layout, { t: 0 }, 0))
    await writer.close()
    const own = join(folder, 'own.ome.zarr')
    await rename(join(own, '0'), join(own, 'pixels'))
    await symlink('pixels', join(own, '0'))
    const [reader] = await openOmeZarr(own)
    expect((await reader?.readPlane({ t: 0 }, 0))?.pixels).toEqual(knownPixels(layout, { t: 0 }))
  })
})
