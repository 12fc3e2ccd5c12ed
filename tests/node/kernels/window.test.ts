import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import type { GreyWindow } from '../../../src-shared/kernels/grey-map.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { bytesOf, imageOf, type TestImage } from './images.ts'

function ideal(value: number, { low, high, gamma }: GreyWindow): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return 255 * t ** (1 / gamma)
}

function greyOf(image: TestImage, window: GreyWindow): number[] {
  const bytes = bytesOf(image)
  const kernels = new Kernels(bytes.length)
  kernels.input.set(bytes)
  return [...kernels.toGrey(image, window)]
}

const windowUpTo = (largest: number) =>
  fc
    .record({ low: fc.integer({ min: 0, max: largest - 1 }), width: fc.integer({ min: 1, max: largest }) })
    .map(({ low, width }) => ({ low, high: Math.min(low + width, largest) }))

describe('window to 8 bits', () => {
  for (const [format, largest] of [
    ['Mono16', 65_535],
    ['Mono12', 4095],
    ['Mono8', 255],
    ['RGB8', 255],
  ] as const) {
    test(`${format}: within one grey level of exact arithmetic`, () => {
      fc.assert(
        fc.property(imageOf(format), windowUpTo(largest), (image, { low, high }) => {
          const window = { low, high, gamma: 1 }
          const errors = greyOf(image, window).map((grey, i) =>
            Math.abs(grey - ideal(image.samples[i] ?? 0, window)),
          )
          expect(Math.max(...errors)).toBeLessThan(1)
        }),
      )
    })
  }

  test('ends of the window are black and white for every width', () => {
    const layout = pixelLayout('Mono16')
    for (let width = 1; width < 65_536; width += width < 1000 ? 1 : 997) {
      const low = Math.min(100, 65_535 - width)
      const samples = [0, low, low + width, 65_535]
      // 20 pixels: by vectors and one by one.
      const image = {
        width: 20,
        height: 1,
        layout,
        samples: [...samples, ...samples, ...samples, ...samples, ...samples],
      }
      const grey = greyOf(image, { low, high: low + width, gamma: 1 })
      expect(grey).toEqual(Array.from({ length: 20 }, (_, i) => (i % 4 < 2 ? 0 : 255)))
    }
  })

  test('gamma', () => {
    fc.assert(
      fc.property(
        imageOf('Mono12'),
        windowUpTo(4095),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (image, { low, high }, gamma) => {
          const window = { low, high, gamma }
          // A table of 4096 points: exact to half a step of it, where the curve is steep, and to rounding.
          const step = (value: number) =>
            Math.abs(ideal(value + (high - low) / 4095, window) - ideal(value - (high - low) / 4095, window))
          const excess = greyOf(image, window).map((grey, i) => {
            const value = image.samples[i] ?? 0
            return Math.abs(grey - ideal(value, window)) - step(value)
          })
          expect(Math.max(...excess)).toBeLessThanOrEqual(0.51)
        },
      ),
    )
  })

  test('gamma on 8 bits', () => {
    const image: TestImage = {
      width: 256,
      height: 1,
      layout: pixelLayout('Mono8'),
      samples: Array.from({ length: 256 }, (_, i) => i),
    }
    const window = { low: 10, high: 200, gamma: 2 }
    greyOf(image, window).forEach((grey, value) =>
      expect(Math.abs(grey - ideal(value, window))).toBeLessThan(1),
    )
  })

  test('an empty or reversed window is a threshold', () => {
    const image: TestImage = { width: 3, height: 1, layout: pixelLayout('Mono16'), samples: [99, 100, 101] }
    expect(greyOf(image, { low: 100, high: 100, gamma: 1 })).toEqual([0, 0, 255])
    expect(greyOf(image, { low: 100, high: 7, gamma: 1 })).toEqual([0, 0, 255])
  })
})
