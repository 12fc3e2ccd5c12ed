/** Samples that no camera has (signed, of 32 and 64 bits, floating point), as the viewer gets them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
import { undoPredictor } from '../../../src-main/acquisition/reading/tiff-predictor.ts'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import { parseFramePacket } from '../../../src-shared/frames/frame-packet.ts'
import { type RealSampleType, realSampleTypeSchema } from '../../../src-shared/frames/plane-format.ts'
import { temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const [width, height] = [5, 4]

const bytesOf = (type: RealSampleType) => Number(/\d+/.exec(type)?.[0]) / 8

/** Numbers of a type, its extremes and those that float32 does not know among them. */
function valuesOf(type: RealSampleType): readonly (number | bigint)[] {
  const bits = 8 * bytesOf(type)
  if (type.startsWith('float'))
    return [0, -0, 1.5, -2.25, 1e-7, 6e-5, -3e30, NaN, Number.POSITIVE_INFINITY, 65_504, 16_777_217, 0.1, 42]
  const top = 2n ** BigInt(type.startsWith('u') ? bits : bits - 1) - 1n
  const bottom = type.startsWith('u') ? 0n : -top - 1n
  return [0n, 1n, bottom, top, top / 3n, bottom / 7n, 100n]
}

type Setter = (view: DataView, at: number, value: number | bigint, little: boolean) => void
const setters: Readonly<Record<RealSampleType, Setter>> = {
  int8: (view, at, value) => view.setInt8(at, Number(value)),
  int16: (view, at, value, little) => view.setInt16(at, Number(value), little),
  int32: (view, at, value, little) => view.setInt32(at, Number(value), little),
  int64: (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
  uint32: (view, at, value, little) => view.setUint32(at, Number(value), little),
  uint64: (view, at, value, little) => view.setBigUint64(at, BigInt(value), little),
  float16: (view, at, value, little) => view.setFloat16(at, Number(value), little),
  float32: (view, at, value, little) => view.setFloat32(at, Number(value), little),
  float64: (view, at, value, little) => view.setFloat64(at, Number(value), little),
}

/** An image whose values repeat, as samples of a file, and as they should come. */
function image(type: RealSampleType, littleEndian: boolean) {
  const some = valuesOf(type)
  const values = Array.from({ length: width * height }, (_, i) => some[i % some.length] ?? 0)
  const bytes = new Uint8Array(values.length * bytesOf(type))
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) setters[type](view, i * bytesOf(type), value, littleEndian)
  const near = type === 'float16' ? Math.f16round : Math.fround
  return { bytes, expected: values.map((value) => near(Number(value))) }
}

async function galleryFolder(): Promise<{ readonly gallery: Gallery; readonly recordings: string }> {
  const { path, remove } = await temporaryFolder()
  const recordings = join(path, 'recordings')
  await mkdir(recordings)
  const gallery = new Gallery({ dataFolder: path })
  onTestFinished(async () => {
    await gallery.close()
    await remove()
  })
  return { gallery, recordings }
}

/** What a viewer sees of the only dataset of an item. */
async function seen(gallery: Gallery, id: string) {
  const { datasets } = await gallery.open(id)
  const [dataset] = datasets
  if (dataset === undefined) throw new Error(`${id} has no dataset`)
  const packet = await gallery.plane({ id, dataset: dataset.name })
  expect(parseFramePacket(packet).format.name).toBe('GRAY32F')
  const { pixels } = new FrameDecoder().decode(packet, { compression: 'lz4', filter: 'none' })
  const thumbnail = await gallery.thumbnail({ id, maxSize: 64 })
  expect(Buffer.from(thumbnail).toString('latin1', 1, 4)).toBe('PNG')
  return { dataset, pixels: [...pixels] }
}

const described = (type: RealSampleType) => ({ width, height, pixelFormat: 'Float32', sampleType: type })

describe.each(realSampleTypeSchema.options)('Samples of the type %s', (type) => {
  const format = type.startsWith('float') ? 3 : type.startsWith('u') ? 1 : 2
  it.each([true, false])('come from TIFF files as they are (little endian: %s)', async (littleEndian) => {
    const { gallery, recordings } = await galleryFolder()
    const { bytes, expected } = image(type, littleEndian)
    const tags = { 256: width, 258: 8 * bytesOf(type), 339: format }
    const spec = { width: width * bytesOf(type), height, pages: [bytes], tags, bigEndian: !littleEndian }
    await writeFile(join(recordings, 'real.tif'), tiffBytes(spec))
    const { dataset, pixels } = await seen(gallery, 'recordings/real.tif')
    expect(dataset).toMatchObject(described(type))
    expect(dataset.significantBits).toBeUndefined()
    expect(pixels).toEqual(expected)
  })

  it.each([2, 3] as const)('come from OME-Zarr, Zarr v%s', async (version) => {
    const { gallery, recordings } = await galleryFolder()
    const littleEndian = version === 3
    const { bytes, expected } = image(type, littleEndian)
    const write = version === 3 ? writeZarr3 : writeZarr2
    await write(join(recordings, 'real.zarr'), type)
    const chunk = version === 3 ? 'c/0/0' : '0.0'
    await writeFile(join(recordings, 'real.zarr', '0', chunk), bytes)
    const { dataset, pixels } = await seen(gallery, 'recordings/real.zarr')
    expect(dataset).toMatchObject(described(type))
    expect(pixels).toEqual(expected)
  })
})

const multiscales = [
  { axes: [{ name: 'y' }, { name: 'x' }], datasets: [{ path: '0', coordinateTransformations: [] }] },
]

async function writeZarr3(root: string, type: RealSampleType): Promise<void> {
  await mkdir(join(root, '0', 'c', '0'), { recursive: true })
  const group = { zarr_format: 3, node_type: 'group', attributes: { ome: { version: '0.5', multiscales } } }
  await writeFile(join(root, 'zarr.json'), JSON.stringify(group))
  const array = {
    zarr_format: 3,
    node_type: 'array',
    shape: [height, width],
    data_type: type,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [height, width] } },
    chunk_key_encoding: { name: 'default' },
    fill_value: 0,
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
  }
  await writeFile(join(root, '0', 'zarr.json'), JSON.stringify(array))
}

/** Big endian. */
async function writeZarr2(root: string, type: RealSampleType): Promise<void> {
  await mkdir(join(root, '0'), { recursive: true })
  await writeFile(join(root, '.zgroup'), '{"zarr_format":2}')
  await writeFile(join(root, '.zattrs'), JSON.stringify({ multiscales }))
  const kind = type.startsWith('float') ? 'f' : type.startsWith('u') ? 'u' : 'i'
  const array = {
    zarr_format: 2,
    shape: [height, width],
    chunks: [height, width],
    dtype: `>${kind}${bytesOf(type)}`,
    fill_value: 0,
    compressor: null,
  }
  await writeFile(join(root, '0', '.zarray'), JSON.stringify(array))
}

it('What an OME-Zarr of real numbers leaves out is what it says: NaN', async () => {
  const { gallery, recordings } = await galleryFolder()
  const root = join(recordings, 'sparse.zarr')
  await writeZarr3(root, 'float32')
  const path = join(root, '0', 'zarr.json')
  const array: unknown = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(Object.assign({}, array, { fill_value: 'NaN' })))
  const { pixels } = await seen(gallery, 'recordings/sparse.zarr')
  expect(pixels).toEqual(Array.from({ length: width * height }, () => Number.NaN))
})

describe('Predictors of TIFF', () => {
  const shapes = fc.record({
    blockWidth: fc.integer({ min: 1, max: 9 }),
    rows: fc.integer({ min: 1, max: 4 }),
    samples: fc.integer({ min: 1, max: 3 }),
    planar: fc.boolean(),
    seed: fc.integer(),
  })
  const random = (length: number, seed: number) =>
    Uint8Array.from({ length }, (_, i) => Math.imul(seed + i, 2_654_435_761) >>> 24)

  it.each([1, 2, 4, 8])('of differences are undone for samples of %s bytes', (bytes) => {
    fc.assert(
      fc.property(shapes, ({ rows, seed, ...shape }) => {
        const perPixel = shape.planar ? 1 : shape.samples
        const row = shape.blockWidth * perPixel
        const original = random(row * rows * bytes, seed)
        const block = original.slice()
        const view = new DataView(block.buffer)
        const get = (i: number) =>
          Array.from(
            { length: bytes },
            (_, b) => BigInt(view.getUint8(i * bytes + b)) << BigInt(8 * b),
          ).reduce((a, b) => a + b, 0n)
        for (let y = 0; y < rows; y++)
          for (let i = row - 1; i >= perPixel; i--) {
            const difference = get(y * row + i) - get(y * row + i - perPixel)
            for (let b = 0; b < bytes; b++)
              view.setUint8((y * row + i) * bytes + b, Number((difference >> BigInt(8 * b)) & 0xffn))
          }
        undoPredictor(block, { ...shape, bytes, predictor: 2 })
        expect(block).toEqual(original)
      }),
    )
  })

  it.each([2, 4, 8])('of floating point are undone for samples of %s bytes', (bytes) => {
    fc.assert(
      fc.property(shapes, ({ rows, seed, ...shape }) => {
        const perPixel = shape.planar ? 1 : shape.samples
        const row = shape.blockWidth * perPixel
        const original = random(row * rows * bytes, seed)
        const block = new Uint8Array(original.length)
        for (let y = 0; y < rows; y++) {
          const start = y * row * bytes
          for (let i = 0; i < row; i++)
            for (let b = 0; b < bytes; b++)
              block[start + (bytes - 1 - b) * row + i] = original[start + i * bytes + b] ?? 0
          for (let at = row * bytes - 1; at >= perPixel; at--)
            block[start + at] = (block[start + at] ?? 0) - (block[start + at - perPixel] ?? 0)
        }
        undoPredictor(block, { ...shape, bytes, predictor: 3 })
        expect(block).toEqual(original)
      }),
    )
  })
})
