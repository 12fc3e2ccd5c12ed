import { describe, expect, test } from 'vitest'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { bytesOf, imageOf, type TestImage } from './images.ts'

const whole = { low: 0, high: 255, gamma: 1 }

function kernelsWith(image: TestImage): Kernels {
  const bytes = bytesOf(image)
  const kernels = new Kernels(bytes.length)
  kernels.input.set(bytes)
  return kernels
}

/** BT.601, limited range, in floating point. */
const luma = (r: number, g: number, b: number) => 16 + (219 / 255) * (0.299 * r + 0.587 * g + 0.114 * b)
const blueness = (r: number, g: number, b: number) =>
  128 + (224 / 255 / 1.772) * (b - (0.299 * r + 0.587 * g + 0.114 * b))
const redness = (r: number, g: number, b: number) =>
  128 + (224 / 255 / 1.402) * (r - (0.299 * r + 0.587 * g + 0.114 * b))

describe('RGB to I420', () => {
  test('each plane within two levels of the standard', () => {
    const even = imageOf('RGB8').filter(({ width, height }) => width % 2 === 0 && height % 2 === 0)
    fc.assert(
      fc.property(even, (image) => {
        const { width, height, samples } = image
        const planes = kernelsWith(image).toI420(image, whole)
        expect(planes.length).toBe(width * height * 1.5)
        const pixel = (x: number, y: number) => {
          const at = (y * width + x) * 3
          return [samples[at] ?? 0, samples[at + 1] ?? 0, samples[at + 2] ?? 0] as const
        }
        const pixels = width * height
        for (let y = 0; y < height; y += 2) {
          for (let x = 0; x < width; x += 2) {
            const block = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)]
            const mean = [0, 1, 2].map((c) => block.reduce((sum, rgb) => sum + (rgb[c] ?? 0), 0) / 4)
            const [r = 0, g = 0, b = 0] = mean
            const at = (y / 2) * (width / 2) + x / 2
            expect(Math.abs((planes[pixels + at] ?? 0) - blueness(r, g, b))).toBeLessThan(2)
            expect(Math.abs((planes[pixels * 1.25 + at] ?? 0) - redness(r, g, b))).toBeLessThan(2)
            expect(Math.abs((planes[y * width + x] ?? 0) - luma(...pixel(x, y)))).toBeLessThan(2)
            const last = (y + 1) * width + x + 1
            expect(Math.abs((planes[last] ?? 0) - luma(...pixel(x + 1, y + 1)))).toBeLessThan(2)
          }
        }
      }),
    )
  })

  test('grey has no colour', () => {
    const layout = pixelLayout('RGB8')
    const samples = Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.floor(i / 3))
    const planes = kernelsWith({ width: 16, height: 16, layout, samples }).toI420(
      { width: 16, height: 16, layout },
      whole,
    )
    expect(new Set(planes.subarray(256))).toEqual(new Set([128]))
  })
})

describe('grey to luma', () => {
  for (const [format, largest] of [
    ['Mono8', 255],
    ['Mono12', 4095],
    ['Mono16', 65_535],
  ] as const) {
    test(`${format}: black is 16, white 235, within a level in between`, () => {
      fc.assert(
        fc.property(imageOf(format), fc.integer({ min: 0, max: largest - 1 }), (image, low) => {
          const window = { low, high: largest, gamma: 1 }
          const planes = kernelsWith(image).toLuma(image, window)
          image.samples.forEach((value, i) => {
            const ideal = 16 + (219 * Math.max(0, value - low)) / (largest - low)
            expect(Math.abs((planes[i] ?? 0) - ideal)).toBeLessThan(1)
            if (value <= low) expect(planes[i]).toBe(16)
            if (value === largest) expect(planes[i]).toBe(235)
          })
        }),
      )
    })
  }

  test('gamma', () => {
    const layout = pixelLayout('Mono16')
    const samples = Array.from({ length: 40 }, (_, i) => i * 100)
    const image = { width: 40, height: 1, layout, samples }
    const planes = kernelsWith(image).toLuma(image, { low: 0, high: 3900, gamma: 2 })
    samples.forEach((value, i) => {
      expect(Math.abs((planes[i] ?? 0) - (16 + 219 * Math.sqrt(value / 3900)))).toBeLessThan(1.6)
    })
  })
})
