import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import { bayerColour } from '../../../src-shared/frames/bayer-pattern.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import type { Reduction } from '../../../src-shared/kernels/reduction.ts'
import { bytesOf, imageOf, samplesOf, type TestImage } from './images.ts'

/** Every block of step x step pixels (smaller at the right and lower edge) by itself. */
function naive({ width, height, layout, samples }: TestImage, step: number, reduction: Reduction): number[] {
  const reduced: number[] = []
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < layout.channels; channel++) {
        const block: number[] = []
        for (let by = y; by < Math.min(y + step, height); by++) {
          for (let bx = x; bx < Math.min(x + step, width); bx++) {
            block.push(samples[(by * width + bx) * layout.channels + channel] ?? Number.NaN)
          }
        }
        const sum = block.reduce((a, b) => a + b, 0)
        reduced.push(reduction === 'sample' ? (block[0] ?? Number.NaN) : Math.floor(sum / block.length + 0.5))
      }
    }
  }
  return reduced
}

function reduced(image: TestImage, step: number, reduction: Reduction) {
  const bytes = bytesOf(image)
  const kernels = new Kernels(bytes.length)
  kernels.input.set(bytes)
  const { width, height } = kernels.reduce(image, { step, reduction })
  const samples = samplesOf(kernels.pixels(width * height * image.layout.bytesPerPixel), image.layout)
  return { width, height, samples }
}

const formats: PixelFormat[] = ['Mono8', 'Mono16', 'RGB8']

describe('subsampling', () => {
  for (const reduction of ['sample', 'average'] as const) {
    test.each(formats)(`%s by ${reduction}`, (format) => {
      fc.assert(
        fc.property(imageOf(format), fc.integer({ min: 1, max: 16 }), (image, step) => {
          const { width, height, samples } = reduced(image, step, reduction)
          expect([width, height]).toEqual([Math.ceil(image.width / step), Math.ceil(image.height / step)])
          expect(samples).toEqual(naive(image, step, reduction))
        }),
      )
    })
  }

  test('the largest sums do not overflow', () => {
    const layout = {
      kind: 'mono',
      channels: 1,
      bytesPerSample: 2,
      bytesPerPixel: 2,
      significantBits: 16,
    } as const
    const image: TestImage = {
      width: 33,
      height: 17,
      layout,
      samples: new Array<number>(33 * 17).fill(65_535),
    }
    expect(new Set(reduced(image, 16, 'average').samples)).toEqual(new Set([65_535]))
  })
})

describe('subsampling of Bayer mosaics', () => {
  /** Pixel (x, y) of the reduced mosaic, from the pixels of its place in the pattern in its block. */
  function naiveMosaic({ width, height, samples }: TestImage, step: number, reduction: Reduction) {
    const places = (length: number) => Array.from({ length }, (_, i) => i).filter((i) => i % (2 * step) < 2)
    const reducedSamples = places(height).flatMap((y) =>
      places(width).map((x) => {
        const site: number[] = []
        for (let by = y; by < Math.min(y - (y % 2) + 2 * step, height); by += 2) {
          for (let bx = x; bx < Math.min(x - (x % 2) + 2 * step, width); bx += 2) {
            site.push(samples[by * width + bx] ?? Number.NaN)
          }
        }
        const mean = site.reduce((a, b) => a + b, 0) / site.length
        return reduction === 'sample' ? (site[0] ?? Number.NaN) : Math.floor(mean + 0.5)
      }),
    )
    return { width: places(width).length, height: places(height).length, samples: reducedSamples }
  }

  for (const reduction of ['sample', 'average'] as const) {
    test.each<PixelFormat>(['BayerRG8', 'BayerGB12', 'BayerBG16'])(`%s by ${reduction}`, (format) => {
      fc.assert(
        fc.property(imageOf(format), fc.integer({ min: 2, max: 16 }), (image, step) => {
          expect(reduced(image, step, reduction)).toEqual(naiveMosaic(image, step, reduction))
        }),
      )
    })
  }

  test('keeps each colour what it is', () => {
    const layout = pixelLayout('BayerGR8')
    const samples = Array.from({ length: 30 * 20 }, (_, i) => {
      const colour = bayerColour('GR', i % 30, Math.floor(i / 30))
      return { red: 200, green: 100, blue: 50 }[colour]
    })
    const image = { width: 30, height: 20, layout, samples }
    for (const reduction of ['sample', 'average'] as const) {
      for (const step of [2, 3, 4]) {
        const { width, height, samples: left } = reduced(image, step, reduction)
        expect(width * height).toBe(left.length)
        left.forEach((value, i) => {
          const colour = bayerColour('GR', i % width, Math.floor(i / width))
          expect(value).toBe({ red: 200, green: 100, blue: 50 }[colour])
        })
      }
    }
  })
})
