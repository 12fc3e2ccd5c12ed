/** TIFF files whose samples have other numbers of bits than whole bytes do. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'
import { openDataset, planeOf, samplesOf } from '../../fixtures/read-datasets.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

/** Rows of `values`, the most significant bit first, each filled up to whole bytes. */
function packed(
  values: readonly number[],
  { bits, rowSamples }: { bits: number; rowSamples: number },
): Uint8Array {
  const bytes: number[] = []
  for (let start = 0; start < values.length; start += rowSamples) {
    const row = values.slice(start, start + rowSamples).map((value) => value.toString(2).padStart(bits, '0'))
    const filled = row.join('').padEnd(Math.ceil((rowSamples * bits) / 8) * 8, '0')
    for (let at = 0; at < filled.length; at += 8) bytes.push(Number.parseInt(filled.slice(at, at + 8), 2))
  }
  return Uint8Array.from(bytes)
}

const images = fc
  .record({
    bits: fc.constantFrom(1, 2, 3, 4, 6, 7, 9, 10, 12, 14, 15),
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 12 }),
    rowsPerStrip: fc.integer({ min: 1, max: 12 }),
    samples: fc.constantFrom(1, 2),
    compression: fc.constantFrom('none' as const, 'deflate' as const, 'packbits' as const),
    bigEndian: fc.boolean(),
    whiteIsZero: fc.boolean(),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      values: fc.array(fc.integer({ min: 0, max: 2 ** shape.bits - 1 }), {
        minLength: shape.width * shape.height * shape.samples,
        maxLength: shape.width * shape.height * shape.samples,
      }),
    }),
  )

it('Samples of 1 to 15 bits come as they are, and say how many bits they have', async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  let files = 0
  const runs = fc.asyncProperty(images, async ({ shape, values }) => {
    const { bits, width, height, samples, whiteIsZero, ...layout } = shape
    const bytes = packed(values, { bits, rowSamples: width * samples })
    const rowBytes = bytes.length / height
    const tags = { 256: width, 258: bits, 262: whiteIsZero ? 0 : 1, 277: samples }
    const path = join(folder.path, `${files++}.tif`)
    await writeFile(path, tiffBytes({ ...layout, width: rowBytes, height, pages: [bytes], tags }))
    const reader = await openDataset(path)
    expect(await reader.describe()).toMatchObject({
      width,
      height,
      pixelFormat: bits > 8 ? 'Mono16' : 'Mono8',
      significantBits: bits,
    })
    for (let c = 0; c < samples; c++) {
      const expected = values.filter((_, i) => i % samples === c)
      const shown = whiteIsZero ? expected.map((value) => 2 ** bits - 1 - value) : expected
      expect([...samplesOf(await planeOf(reader, { c }))]).toEqual(shown)
    }
  })
  await fc.assert(runs, { numRuns: 150 })
})

it('Samples of different numbers of bits are refused', async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const path = join(folder.path, 'mask beside.tif')
  const file = Buffer.from(tiffBytes({ width: 4, height: 2, samples: 2, pages: [new Uint8Array(16)] }))
  // BitsPerSample: two shorts within their entry.
  const entry = file.indexOf(Buffer.from([2, 1, 3, 0, 2, 0, 0, 0, 8, 0, 8, 0]))
  expect(entry).toBeGreaterThan(0)
  file.writeUInt16LE(1, entry + 10)
  await writeFile(path, file)
  await expect(openDataset(path)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
})
