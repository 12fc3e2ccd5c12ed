import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import {
  type Pixels,
  randomPixels,
  temporaryFolder,
  type TiffSpec,
  tiffBytes,
} from '../../fixtures/image-fixtures.ts'
import { openDataset, openDatasets, planeOf, samplesOf } from '../../fixtures/read-datasets.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let files = 0
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

async function written(spec: TiffSpec): Promise<string> {
  const path = join(folder.path, `${files++}.tif`)
  await writeFile(path, tiffBytes(spec))
  return path
}

/** Each sample of `pixels`, of so many interleaved. */
const sampleOf = (pixels: Pixels, samples: number, sample: number) =>
  pixels.filter((_, i) => i % samples === sample)

const specs = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 30 }),
    samples: fc.constantFrom<(1 | 2 | 3 | 4)[]>(1, 2, 3, 4),
    bits: fc.constantFrom<(8 | 16)[]>(8, 16),
    pages: fc.integer({ min: 1, max: 4 }),
    bigTiff: fc.boolean(),
    bigEndian: fc.boolean(),
    rowsPerStrip: fc.integer({ min: 1, max: 30 }),
    compression: fc.constantFrom<NonNullable<TiffSpec['compression']>[]>(
      'none',
      'deflate',
      'zstd',
      'packbits',
    ),
    predictor: fc.constantFrom<(1 | 2)[]>(1, 2),
    planar: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ bits, pages, seed, compression, predictor, ...spec }) => ({
    ...spec,
    compression,
    // Uncompressed files have none.
    predictor: compression === 'none' ? (1 as const) : predictor,
    bits,
    pages: Array.from({ length: pages }, (_, i) =>
      randomPixels(spec.width * spec.height * spec.samples, bits, seed + i),
    ),
  }))

describe('TIFF files of others', () => {
  it('are read whatever their arrangement is', async () => {
    await fc.assert(
      fc.asyncProperty(specs, async ({ bits, ...spec }) => {
        const reader = await openDataset(await written(spec))
        const { samples } = spec
        const rgb8 = bits === 8 && samples >= 3
        const channels = rgb8 ? 1 : samples >= 3 ? 3 : samples
        expect(await reader.describe()).toMatchObject({
          width: spec.width,
          height: spec.height,
          planes: spec.pages.length * channels,
          pixelFormat: rgb8 ? 'RGB8' : bits === 8 ? 'Mono8' : 'Mono16',
        })
        for (const [t, page] of spec.pages.entries()) {
          for (let c = 0; c < channels; c++) {
            const plane = await planeOf(reader, { t, c })
            const expected = rgb8 ? page.filter((_, i) => i % samples < 3) : sampleOf(page, samples, c)
            expect(samplesOf(plane)).toEqual(expected)
            const top = Math.floor(spec.height / 3)
            const count = Math.ceil(spec.height / 2)
            const rowBytes = plane.pixels.length / spec.height
            const rows = await reader.readRows?.({ t, c }, 0, { top, count })
            expect(rows).toEqual({
              ...plane,
              height: count,
              pixels: plane.pixels.slice(top * rowBytes, (top + count) * rowBytes),
            })
          }
        }
        expect(await reader.readPlane({ t: spec.pages.length }, 0)).toBeUndefined()
        expect(await reader.readPlane({ c: channels }, 0)).toBeUndefined()
      }),
      { numRuns: 150 },
    )
  })

  it('that were cut off anywhere give the pages that are whole, and never other pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        specs,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async ({ bits, ...spec }, share) => {
          const path = await written(spec)
          const length = tiffBytes(spec).length
          await truncate(path, Math.floor(share * length))
          let readers: Awaited<ReturnType<typeof openDatasets>>
          try {
            readers = await openDatasets(path)
          } catch (error) {
            expect(error).toBeInstanceOf(CoverslipError)
            expect(error).toMatchObject({
              code: 'UNREADABLE_IMAGE',
              message: expect.stringContaining('.tif'),
            })
            return
          }
          const [reader] = readers
          const { planes = 0 } = (await reader?.describe()) ?? {}
          expect(planes).toBeGreaterThan(0)
          for (const [t, page] of spec.pages.entries()) {
            const plane = await reader?.readPlane({ t }, 0)
            if (plane === undefined) continue
            const { samples } = spec
            const expected =
              bits === 8 && samples >= 3 ? page.filter((_, i) => i % samples < 3) : sampleOf(page, samples, 0)
            expect(samplesOf(plane)).toEqual(expected)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('of ImageJ with one directory for all images are stacks, and those that were cut off have fewer', async () => {
    const [first, second, third] = [1, 2, 3].map((seed) => randomPixels(20 * 10, 16, seed))
    if (first === undefined || second === undefined || third === undefined) throw new Error('no pixels')
    const description = 'ImageJ=1.54f\nimages=3\nslices=3\n'
    const head = tiffBytes({ width: 20, height: 10, pages: [first], description })
    const at = head.indexOf(Buffer.from(first.buffer))
    // What stands behind the pixels goes before them, as ImageJ has it: only the strip's place is another then.
    const moved = Buffer.concat([
      head,
      Buffer.from(first.buffer),
      Buffer.from(second.buffer),
      Buffer.from(third.buffer),
    ])
    moved.writeUInt32LE(head.length, moved.indexOf(offsetEntry(at)) + 8)
    const path = join(folder.path, `${files++}.tif`)
    await writeFile(path, moved)
    const reader = await openDataset(path)
    expect(await reader.describe()).toMatchObject({ sizes: { z: 3 }, planes: 3 })
    for (const [z, pixels] of [first, second, third].entries())
      expect(samplesOf(await planeOf(reader, { z }))).toEqual(pixels)
    await truncate(path, moved.length - 1)
    const cut = await openDataset(path)
    expect((await cut.describe()).planes).toBe(2)
    expect(await cut.readPlane({ z: 2 }, 0)).toBeUndefined()
  })

  it('whose bytes were changed anywhere end in an image or in a reason, in bounded time', async () => {
    const byte = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      value: fc.integer({ min: 0, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(specs, fc.array(byte, { minLength: 1, maxLength: 12 }), async (spec, changes) => {
        const bytes = tiffBytes(spec)
        for (const { at, value } of changes) bytes[Math.floor(at * (bytes.length - 1))] = value
        const path = join(folder.path, `${files++}.tif`)
        await writeFile(path, bytes)
        try {
          for (const reader of await openDatasets(path)) {
            await reader.describe()
            await reader.readPlane({ t: 1 }, 0)
            await reader.readPlane({}, 0)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CoverslipError)
          expect(['UNREADABLE_IMAGE', 'TOO_LARGE']).toContain(
            error instanceof CoverslipError ? error.code : error,
          )
        }
      }),
      { numRuns: 400 },
    )
  })
})

/** The directory's entry that says where the only strip is. */
function offsetEntry(at: number): Buffer {
  const entry = Buffer.alloc(12)
  entry.writeUInt16LE(273, 0)
  entry.writeUInt16LE(4, 2)
  entry.writeUInt32LE(1, 4)
  entry.writeUInt32LE(at, 8)
  return entry
}
