/** Files that were damaged, or made to do harm: a reason or an image, soon, and never much memory. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import jpegTurbo from '@julusian/jpeg-turbo'
import Blosc from 'numcodecs/blosc'
import Lz4 from 'numcodecs/lz4'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileFormat } from '../../../src-main/acquisition/reading/open-datasets.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { pngBytes, randomPixels, temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'
import { knowsOpenFiles, openFilesBelow } from '../../fixtures/open-files.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let files = 0
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder.path, `${files++}-${name}`)
  await writeFile(path, bytes)
  return path
}

/** Opens a file and reads its first planes, as a viewer would. @returns why it cannot be read, or undefined */
async function failureOf(path: string): Promise<CoverslipError | undefined> {
  const readers = []
  try {
    readers.push(...((await fileFormat(path)?.open(path)) ?? []))
    for (const reader of readers) {
      await reader.describe()
      await reader.readPlane({}, 0)
      await reader.readPlane({ t: 1, c: 1, z: 1 }, 1)
    }
    return undefined
  } catch (error) {
    if (error instanceof CoverslipError) return error
    throw error
  } finally {
    for (const reader of readers) await reader.close()
  }
}

/** Bytes that reading a file takes at most, in a process that does nothing else. */
function memoryOfReading(path: string): number {
  const script = fileURLToPath(new URL('../../fixtures/reading-process.ts', import.meta.url))
  return Number(execFileSync(process.execPath, [...process.execArgv, script, path], { encoding: 'utf8' }))
}

const reasons = ['UNREADABLE_IMAGE', 'TOO_LARGE']

/** Bytes that were changed, left out and added anywhere. */
const damages = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.integer({ min: 0, max: 3 }),
    bytes: fc.uint8Array({ maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 8 },
)

function damaged(
  whole: Uint8Array,
  changes: readonly { at: number; cut: number; bytes: Uint8Array }[],
): Buffer {
  let bytes = Buffer.from(whole)
  for (const change of changes) {
    const at = Math.floor(change.at * bytes.length)
    bytes = Buffer.concat([bytes.subarray(0, at), change.bytes, bytes.subarray(at + change.cut)])
  }
  return bytes
}

async function anyDamage(name: string, whole: Uint8Array, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(damages, async (changes) => {
      const failure = await failureOf(await put(name, damaged(whole, changes)))
      if (failure !== undefined) expect(reasons).toContain(failure.code)
    }),
    { numRuns },
  )
}

describe('Damaged files end in an image or in a reason', () => {
  it('PNG', async () => {
    for (const channels of [1, 3] as const) {
      const pixels = randomPixels(9 * 7 * channels, channels === 1 ? 16 : 8, 3)
      await anyDamage('damaged.png', pngBytes({ width: 9, height: 7, channels, pixels }), 150)
    }
  })

  it('JPEG', async () => {
    const [width, height] = [33, 20]
    const pixels = Buffer.from(randomPixels(width * height * 3, 8, 4))
    const jpeg = jpegTurbo.compressSync(pixels, {
      width,
      height,
      format: jpegTurbo.FORMAT_RGB,
      subsampling: jpegTurbo.SAMP_420,
      quality: 80,
    })
    await anyDamage('damaged.jpg', jpeg, 200)
    for (const end of [jpeg.length - 2, jpeg.length / 2])
      expect((await failureOf(await put('cut.jpg', jpeg.subarray(0, end))))?.message).toContain(
        'cut off or damaged',
      )
  })

  it('JPEG in TIFF', async () => {
    const [width, height] = [32, 16]
    const pixels = Buffer.from(randomPixels(width * height, 8, 5))
    const options = { width, height, format: jpegTurbo.FORMAT_GRAY, subsampling: jpegTurbo.SAMP_GRAY }
    const jpeg = jpegTurbo.compressSync(pixels, { ...options, quality: 80 })
    // As bytes of an uncompressed image of one row, whose directory then tells what they are.
    const tags = { 256: width, 257: height, 259: 7, 278: height }
    const tiff = tiffBytes({ width: jpeg.length, height: 1, pages: [Uint8Array.from(jpeg)], tags })
    expect(await failureOf(await put('whole.tif', tiff))).toBeUndefined()
    await anyDamage('damaged.tif', tiff, 200)
  })

  it.each(['blosc', 'lz4'] as const)(
    'A chunk by %s that was cut off, which its decoder would not see',
    async (name) => {
      const pixels = Uint8Array.from({ length: 12 * 400 }, (_, i) => (i * i) >> 7)
      const encoded = await (name === 'blosc'
        ? Blosc.fromConfig({ id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1, blocksize: 512 })
        : Lz4.fromConfig({ id: 'lz4', acceleration: 1 })
      ).encode(pixels)
      const chunk = Uint8Array.from(encoded)
      const array = {
        ...zarrArray(),
        shape: [1, 60, 80],
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [1, 60, 80] } },
        codecs: [{ name: 'bytes' }, { name, configuration: {} }],
      }
      expect(await failureOf(await zarr({ group: zarrGroup(), array, chunk }))).toBeUndefined()
      await fc.assert(
        fc.asyncProperty(fc.nat(chunk.length - 1), async (length) => {
          const path = await zarr({ group: zarrGroup(), array, chunk: chunk.subarray(0, length) })
          expect(await failureOf(path)).toMatchObject({ code: 'UNREADABLE_IMAGE' })
        }),
        { numRuns: 100 },
      )
    },
  )

  it('Metadata of OME-Zarr, with any value in any place', async () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.constant(null),
      fc.constant([]),
      fc.constant({}),
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.boolean(), value, async (which, where, second, wrong) => {
        const [group, array] = [zarrGroup(), zarrArray()]
        setAnywhere(which % 2 === 0 ? group : array, where, wrong)
        const path = await zarr({ group, array, ...(second ? { chunk: Buffer.alloc(12) } : {}) })
        const failure = await failureOf(path)
        if (failure !== undefined) expect(reasons).toContain(failure.code)
      }),
      { numRuns: 300 },
    )
  })
})

type Json = Record<string, unknown>

const multiscales = () => [
  {
    axes: [{ name: 't' }, { name: 'y' }, { name: 'x' }],
    datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 1, 1] }] }],
  },
]
const zarrGroup = (): Json => ({
  zarr_format: 3,
  node_type: 'group',
  attributes: { ome: { version: '0.5', multiscales: multiscales() } },
})
const zarrArray = (): Json => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [2, 3, 4],
  data_type: 'uint8',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [1, 3, 4] } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: 0,
  codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
})

async function zarr({
  group,
  array,
  chunk,
}: {
  group: Json
  array: Json
  chunk?: Uint8Array
}): Promise<string> {
  const path = join(folder.path, `${files++}.zarr`)
  await mkdir(join(path, '0', 'c', '0', '0'), { recursive: true })
  await writeFile(join(path, 'zarr.json'), JSON.stringify(group))
  await writeFile(join(path, '0', 'zarr.json'), JSON.stringify(array))
  if (chunk !== undefined) await writeFile(join(path, '0', 'c', '0', '0', '0'), chunk)
  return path
}

/** Replaces the value that is met as number `where` of all in `data`. */
function setAnywhere(data: object, where: number, value: unknown): void {
  const places: (() => void)[] = []
  const collect = (part: object) => {
    for (const [key, inner] of Object.entries(part)) {
      places.push(() => Object.assign(part, { [key]: value }))
      if (typeof inner === 'object' && inner !== null) collect(inner)
    }
  }
  collect(data)
  places[where % places.length]?.()
}

describe('What small files claim takes neither time nor memory', () => {
  it('A plane cut into millions of chunks', async () => {
    const chunk_grid = { name: 'regular', configuration: { chunk_shape: [1, 1, 1] } }
    const array = { ...zarrArray(), shape: [1, 20_000, 20_000], chunk_grid }
    const failure = await failureOf(await zarr({ group: zarrGroup(), array }))
    expect(failure).toMatchObject({ code: 'UNREADABLE_IMAGE', message: expect.stringContaining('chunks') })
  })

  it('A plate whose wells all are the same one, with thousands of fields that are the same one', async () => {
    const many = <T>(item: T) => Array.from({ length: 10_000 }, () => item)
    const plate = { wells: many({ path: 'A/1' }) }
    const group = { ...zarrGroup(), attributes: { ome: { plate } } }
    const path = await zarr({ group, array: zarrArray() })
    await mkdir(join(path, 'A', '1'), { recursive: true })
    const well = { ...zarrGroup(), attributes: { ome: { well: { images: many({ path: '0' }) } } } }
    await writeFile(join(path, 'A', '1', 'zarr.json'), JSON.stringify(well))
    expect(await failureOf(path)).toMatchObject({ message: expect.stringContaining('images') })
  })

  it('A chunk that decodes to more than it should', async () => {
    const codecs = [{ name: 'bytes' }, { name: 'gzip', configuration: { level: 1 } }]
    const bomb = deflateSync(Buffer.alloc(50_000_000))
    const path = await zarr({ group: zarrGroup(), array: { ...zarrArray(), codecs }, chunk: bomb })
    expect(await failureOf(path)).toMatchObject({ code: 'UNREADABLE_IMAGE' })
  })

  it('A strip of gigabytes, millions of strips, and a colour profile that never ends', async () => {
    const spec = { width: 4, height: 4, pages: [randomPixels(16, 16, 1)] }
    const huge = tiffBytes({ ...spec, compression: 'deflate', tags: { 256: 65_535, 257: 4000, 278: 4000 } })
    expect(await failureOf(await put('huge.tif', huge))).toMatchObject({ code: 'UNREADABLE_IMAGE' })
    const strips = tiffBytes({ ...spec, tags: { 256: 1, 257: 65_535, 278: 1 } })
    expect(await failureOf(await put('strips.tif', strips))).toMatchObject({ code: 'UNREADABLE_IMAGE' })
    const png = Buffer.from(pngBytes({ width: 4, height: 4, channels: 1, pixels: randomPixels(16, 8, 1) }))
    const profile = Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(Buffer.alloc(400_000_000))])
    const path = await put('profile.png', withChunk(png, 'iCCP', profile))
    expect(await failureOf(path)).toBeUndefined()
    expect(memoryOfReading(path)).toBeLessThan(200_000_000)
  })

  if (process.platform === 'win32') console.log('Skipped: Windows has no pipes among files.')
  it.skipIf(process.platform === 'win32')('A pipe that nobody writes into', async () => {
    const path = await zarr({ group: zarrGroup(), array: zarrArray() })
    execFileSync('mkfifo', [join(path, '0', 'c', '0', '0', '0')])
    expect(await failureOf(path)).toMatchObject({ code: 'UNREADABLE_IMAGE' })
    const description =
      '<OME><Image Name="a"><Pixels SizeX="4" SizeY="4" SizeZ="1" SizeC="1" SizeT="1" Type="uint16">' +
      '<TiffData IFD="0"><UUID FileName="pipe.tif">a</UUID></TiffData></Pixels></Image></OME>'
    execFileSync('mkfifo', [join(folder.path, 'pipe.tif')])
    const tiff = tiffBytes({ width: 4, height: 4, pages: [randomPixels(16, 16, 1)], description })
    expect(await failureOf(await put('companion.ome.tif', tiff))).toMatchObject({
      message: 'pipe.tif cannot be read: it is not a file',
    })
  })
})

it.skipIf(!knowsOpenFiles)('None of all these files is left open', async () => {
  expect(files).toBeGreaterThan(1000)
  expect(await openFilesBelow(folder.path)).toEqual([])
})

/** A chunk behind the header; its checksum is right. */
function withChunk(png: Buffer, name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([png.subarray(0, 33), length, body, crc, png.subarray(33)])
}
