import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import { samplingStep } from '../../../src-shared/kernels/statistics.ts'
import { bytesOf, imageOf, type TestImage } from './images.ts'

function naive(samples: readonly number[], significantBits: number) {
  const sorted = samples.toSorted((a, b) => a - b)
  const rank = (fraction: number) => sorted[Math.max(1, Math.ceil(fraction * sorted.length)) - 1]
  const histogram = new Array<number>(256).fill(0)
  const p999 = rank(0.999) ?? 0
  let histogramBits = 8
  while (histogramBits < significantBits && 2 ** histogramBits < 2 * (p999 + 1)) histogramBits += 1
  for (const sample of samples) {
    const bin = Math.min(255, Math.floor((sample / 2 ** histogramBits) * 256))
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return {
    histogram,
    histogramBits,
    statistics: {
      min: sorted[0],
      max: sorted.at(-1),
      mean: samples.reduce((sum, sample) => sum + sample, 0) / samples.length,
      p001: rank(0.001),
      p999: rank(0.999),
      saturated: samples.filter((sample) => sample === 2 ** significantBits - 1).length / samples.length,
    },
  }
}

function measured(image: TestImage, maxSamples?: number) {
  const bytes = bytesOf(image)
  const kernels = new Kernels(bytes.length)
  kernels.input.set(bytes)
  const { significantBits } = image.layout
  return kernels.measure(image, { significantBits, ...(maxSamples === undefined ? {} : { maxSamples }) })
}

const formats: PixelFormat[] = ['Mono8', 'Mono10', 'Mono12', 'Mono16', 'BayerRG12', 'RGB8']

describe('statistics', () => {
  test.each(formats)('of %s equal a naive evaluation', (format) => {
    fc.assert(
      fc.property(imageOf(format), (image) => {
        const expected = naive(image.samples, image.layout.significantBits)
        const { histogram, histogramBits, statistics } = measured(image)
        expect({ histogram, histogramBits }).toEqual({
          histogram: expected.histogram,
          histogramBits: expected.histogramBits,
        })
        expect(statistics).toEqual({
          ...expected.statistics,
          mean: expect.closeTo(expected.statistics.mean, 6),
        })
      }),
    )
  })

  test('of a part of the samples: every nth run of 32, minimum and maximum of all', () => {
    fc.assert(
      fc.property(imageOf('Mono12'), fc.integer({ min: 1, max: 200 }), (image, maxSamples) => {
        const step = samplingStep(image.samples.length, { rowSamples: image.width, maxSamples })
        const part = image.samples.filter((_, i) => Math.floor(i / 32) % step === 0)
        const { histogram, statistics } = measured(image, maxSamples)
        expect(histogram).toEqual(naive(part, 12).histogram)
        expect(statistics.p999).toBe(naive(part, 12).statistics.p999)
        expect([statistics.min, statistics.max]).toEqual([
          Math.min(...image.samples),
          Math.max(...image.samples),
        ])
      }),
    )
  })

  test('are right again after an image with other values', () => {
    const layout = {
      kind: 'mono',
      channels: 1,
      bytesPerSample: 2,
      bytesPerPixel: 2,
      significantBits: 16,
    } as const
    const kernels = new Kernels(8)
    const pixels = new Uint16Array(kernels.input.buffer, kernels.input.byteOffset, 4)
    for (const values of [
      [5, 5, 5, 5],
      [1, 2, 3, 65_535],
      [4, 5, 6, 7],
      [0, 5, 5, 9],
    ]) {
      pixels.set(values)
      const { statistics } = kernels.measure({ width: 2, height: 2, layout }, { significantBits: 16 })
      expect(statistics.mean).toBeCloseTo(values.reduce((a, b) => a + b) / 4)
    }
  })

  test('runs of successive rows do not lie below each other', () => {
    for (const rowSamples of [512, 640, 1024, 2048, 2304, 4096]) {
      const step = samplingStep(rowSamples * rowSamples, { rowSamples, maxSamples: 100_000 })
      expect((rowSamples / 32) % step).not.toBe(0)
    }
  })
})
