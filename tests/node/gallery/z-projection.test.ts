import { expect, it } from 'vitest'
import { maximumOverStack } from '../../../src-main/acquisition/gallery/z-projection.ts'
import type { ImagePlane } from '../../../src-main/acquisition/reading/dataset-reader.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sampleDataset } from '../viewer/sample-image.ts'

const [width, height] = [3, 2]

/** A stack of 16-bit planes; undefined: one that is not there. */
function stackOf(planes: readonly (readonly number[] | undefined)[]) {
  const asked: PlaneIndex[] = []
  return {
    asked,
    describe: () => Promise.resolve(sampleDataset({ width, height, sizes: { z: planes.length } })),
    readPlane: (index: PlaneIndex): Promise<ImagePlane | undefined> => {
      asked.push(index)
      const values = planes[index.z ?? 0]
      return Promise.resolve(
        values && {
          width,
          height,
          pixelFormat: 'Mono12',
          significantBits: 12,
          pixels: new Uint8Array(Uint16Array.from(values).buffer),
        },
      )
    },
  }
}

const { signal } = new AbortController()

const values = fc.array(fc.integer({ min: 0, max: 4095 }), {
  minLength: width * height,
  maxLength: width * height,
})

it('A stack becomes the largest values of the planes that are there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(values, { nil: undefined }), { minLength: 1, maxLength: 6 }),
      async (planes) => {
        const stack = stackOf(planes)
        const projected = await maximumOverStack(stack, { index: { t: 2, c: 1, z: 3 }, level: 0, signal })
        const there = planes.filter((plane) => plane !== undefined)
        expect(stack.asked).toEqual(planes.map((_, z) => ({ t: 2, c: 1, z })))
        const largest = Array.from({ length: width * height }, (_, i) =>
          there.reduce((most, plane) => Math.max(most, plane[i] ?? 0), 0),
        )
        const samples = projected && [...new Uint16Array(projected.pixels.buffer)]
        expect(samples).toEqual(there.length === 0 ? undefined : largest)
      },
    ),
    { numRuns: 100 },
  )
})

it('Pixels that are no number are left out of it', async () => {
  const planes = [
    [Number.NaN, -2, 0.5, Number.NaN, 1, -1],
    [3, Number.NaN, -0.5, Number.NaN, 2, -3],
  ]
  const reader = {
    describe: () => Promise.resolve(sampleDataset({ width, height, sizes: { z: planes.length } })),
    readPlane: ({ z = 0 }: PlaneIndex): Promise<ImagePlane> =>
      Promise.resolve({
        width,
        height,
        pixelFormat: 'Float32',
        significantBits: 32,
        pixels: new Uint8Array(Float32Array.from(planes[z] ?? []).buffer),
      }),
  }
  const projected = await maximumOverStack(reader, { index: {}, level: 0, signal })
  expect([...new Float32Array(projected?.pixels.buffer ?? new ArrayBuffer(0))]).toEqual([
    3,
    -2,
    0.5,
    Number.NaN,
    2,
    -1,
  ])
})
