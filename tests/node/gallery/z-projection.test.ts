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
        if (there.length === 0) return expect(projected).toBeUndefined()
        const largest = Array.from({ length: width * height }, (_, i) =>
          there.reduce((most, plane) => Math.max(most, plane[i] ?? 0), 0),
        )
        expect([...new Uint16Array(projected?.pixels.buffer ?? new ArrayBuffer(0))]).toEqual(largest)
      },
    ),
    { numRuns: 100 },
  )
})
