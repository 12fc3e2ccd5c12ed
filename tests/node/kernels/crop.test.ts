import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import { copyRegion } from '../../../src-main/live-view/encoders/copy-region.ts'
import { centredCrop } from '../../../src-shared/kernels/crop.ts'

const side = fc.integer({ min: 1, max: 30 })

describe('crop', () => {
  test('is centred, within the image, and on the colour grid of Bayer images', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom('Mono8', 'BayerRG8'),
        (width, height, cropSize, pixelFormat) => {
          const region = centredCrop({ width, height, cropSize, pixelFormat })
          expect(region.width).toBe(cropSize === 0 ? width : Math.min(cropSize, width))
          expect(region.height).toBe(cropSize === 0 ? height : Math.min(cropSize, height))
          const left = region.x
          const right = width - region.x - region.width
          expect(left).toBeGreaterThanOrEqual(0)
          expect(right).toBeGreaterThanOrEqual(0)
          expect(right - left).toBeLessThanOrEqual(pixelFormat === 'Mono8' ? 1 : 3)
          if (pixelFormat === 'BayerRG8') expect([region.x % 2, region.y % 2]).toEqual([0, 0])
        },
      ),
    )
  })

  test('a region comes out of shared memory as it lies there, or every nth row of it', () => {
    const example = fc
      .record({
        width: side,
        height: side,
        bytesPerPixel: fc.constantFrom(1, 2, 3),
        rowStep: fc.integer({ min: 1, max: 5 }),
      })
      .chain((image) =>
        fc.record({
          image: fc.constant(image),
          x: fc.integer({ min: 0, max: image.width - 1 }),
          y: fc.integer({ min: 0, max: image.height - 1 }),
        }),
      )
    fc.assert(
      fc.property(example, ({ image: { width, height, bytesPerPixel, rowStep }, x, y }) => {
        const source = new Uint8Array(new SharedArrayBuffer(16 + width * height * bytesPerPixel), 16)
        source.forEach((_, i) => (source[i] = i % 251))
        const region = { x, y, width: width - x, height: height - y }
        const expected: number[] = []
        for (let row = y; row < height; row += rowStep) {
          for (let i = x * bytesPerPixel; i < width * bytesPerPixel; i++) {
            expected.push(source[row * width * bytesPerPixel + i] ?? Number.NaN)
          }
        }
        const target = new Uint8Array(source.length)
        const rows = copyRegion(source, target, { width, bytesPerPixel, region, rowStep })
        expect(rows).toBe(Math.ceil(region.height / rowStep))
        expect([...target.subarray(0, expected.length)]).toEqual(expected)
      }),
    )
  })
})
