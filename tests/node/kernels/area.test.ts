import { describe, expect, test } from 'vitest'
import { pixelLayout, type PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { areaPlanFor, axisPlan } from '../../../src-shared/kernels/area-plan.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { bytesOf, imageOf, samplesOf, type TestImage } from './images.ts'

/** The mean of the area that each new pixel covers, in floating point. */
function meansOf(
  { width, height, layout, samples }: TestImage,
  to: { width: number; height: number },
): number[] {
  const { channels } = layout
  const [sx, sy] = [width / to.width, height / to.height]
  const means: number[] = []
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let row = 0; row < height; row++) {
          const dy = Math.min(row + 1, (y + 1) * sy) - Math.max(row, y * sy)
          if (dy <= 0) continue
          for (let column = 0; column < width; column++) {
            const dx = Math.min(column + 1, (x + 1) * sx) - Math.max(column, x * sx)
            if (dx > 0) sum += dx * dy * (samples[(row * width + column) * channels + c] ?? 0)
          }
        }
        means.push(sum / (sx * sy))
      }
    }
  }
  return means
}

const reduction = (format: PixelFormat) =>
  imageOf(format)
    .filter(({ width, height }) => width > 1 && height > 1)
    .chain((image) =>
      fc
        .record({
          width: fc.integer({ min: 1, max: image.width - 1 }),
          height: fc.integer({ min: 1, max: image.height - 1 }),
        })
        .map((to) => ({ image, to })),
    )

describe('reduction by area', () => {
  for (const format of ['Mono8', 'Mono12', 'Mono16', 'RGB8'] as const) {
    test(`${format}: the mean of what each new pixel covers, within 1.1 levels`, () => {
      fc.assert(
        fc.property(reduction(format), ({ image, to }) => {
          const bytes = bytesOf(image)
          const { width, height, layout } = image
          const kernels = new Kernels(bytes.length, { area: { width, height, channels: layout.channels } })
          kernels.input.set(bytes)
          kernels.reduceArea(image, areaPlanFor(undefined, { from: image, to }))
          const reduced = samplesOf(
            kernels.pixels(to.width * to.height * layout.bytesPerPixel),
            pixelLayout(format),
          )
          const errors = meansOf(image, to).map((mean, i) => Math.abs(mean - (reduced[i] ?? Number.NaN)))
          expect(Math.max(...errors)).toBeLessThan(layout.bytesPerSample === 2 ? 2.6 : 1.1)
        }),
      )
    })
  }

  test('an image of one value stays that value', () => {
    for (const value of [0, 1, 32_767, 32_768, 65_535]) {
      const layout = pixelLayout('Mono16')
      const image = { width: 131, height: 67, layout, samples: new Array<number>(131 * 67).fill(value) }
      const kernels = new Kernels(2 * 131 * 67, { area: { width: 131, height: 67, channels: 1 } })
      kernels.input.set(bytesOf(image))
      kernels.reduceArea(image, areaPlanFor(undefined, { from: image, to: { width: 130, height: 42 } }))
      expect(new Set(samplesOf(kernels.pixels(130 * 42 * 2), layout))).toEqual(new Set([value]))
    }
  })

  test('weights of every output sum to 65536, and begin where it does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 1, max: 4999 }), (from, some) => {
        const to = Math.min(some, from - 1)
        const { taps, starts, weights } = axisPlan(from, to)
        for (let i = 0; i < to; i++) {
          const own = weights.subarray(i * taps, (i + 1) * taps)
          expect(own.reduce((sum, weight) => sum + weight, 0)).toBe(65_536)
          expect(starts[i]).toBe(Math.floor((i * from) / to))
        }
      }),
      { numRuns: 50 },
    )
  })

  test('nothing can be enlarged', () => {
    expect(() => axisPlan(10, 10)).toThrow(RangeError)
    expect(() => axisPlan(10, 0)).toThrow(RangeError)
  })
})
