import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import { reducedPixelFormat, type Reduction } from '../../../src-shared/kernels/reduction.ts'
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

const formats: PixelFormat[] = ['Mono8', 'Mono16', 'BayerRG8', 'RGB8']

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

  test('Bayer stays Bayer only where its pattern does', () => {
    expect(reducedPixelFormat('BayerGB12', { step: 1, reduction: 'average' })).toBe('BayerGB12')
    expect(reducedPixelFormat('BayerGB12', { step: 3, reduction: 'sample' })).toBe('BayerGB12')
    expect(reducedPixelFormat('BayerGB12', { step: 2, reduction: 'sample' })).toBe('Mono12')
    expect(reducedPixelFormat('BayerRG8', { step: 3, reduction: 'average' })).toBe('Mono8')
    expect(reducedPixelFormat('RGB8', { step: 4, reduction: 'average' })).toBe('RGB8')
  })
})
