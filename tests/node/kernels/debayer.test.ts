import { describe, expect, test } from 'vitest'
import { type BayerColour, bayerColour, bayerPatterns } from '../../../src-shared/frames/bayer-pattern.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { debayeredPixel } from '../../../src-shared/kernels/debayer.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { bytesOf, imageOf, type TestImage } from './images.ts'

/** The image as RGB, by the kernels. */
function rgbOf(image: TestImage, window: { low: number; high: number; gamma: number }): number[] {
  const kernels = new Kernels(image.width * image.height * 3)
  kernels.input.set(bytesOf(image))
  return [...kernels.toRgb(image, window)]
}

const asItIs = { low: 0, high: 255, gamma: 1 }

/** A mosaic that sees the same colour everywhere. */
function plain(
  format: PixelFormat,
  colour: Record<BayerColour, number>,
  width: number,
  height: number,
): TestImage {
  const layout = pixelLayout(format)
  const { pattern = 'RG' } = layout
  const samples = Array.from(
    { length: width * height },
    (_, i) => colour[bayerColour(pattern, i % width, Math.floor(i / width))],
  )
  return { width, height, layout, samples }
}

describe('the pattern', () => {
  test('begins with the two colours of its name', () => {
    const letters = { red: 'R', green: 'G', blue: 'B' } as const
    for (const pattern of bayerPatterns) {
      expect(letters[bayerColour(pattern, 0, 0)] + letters[bayerColour(pattern, 1, 0)]).toBe(pattern)
      const all = [0, 1, 2, 3].map((i) => letters[bayerColour(pattern, i % 2, i >> 1)])
      expect(all.toSorted().join('')).toBe('BGGR')
      expect(bayerColour(pattern, 6, 9)).toBe(bayerColour(pattern, 0, 1))
    }
  })
})

describe('debayering', () => {
  test.each(bayerPatterns)('Bayer%s: each pixel as by itself', (pattern) => {
    fc.assert(
      fc.property(imageOf(`Bayer${pattern}8`, 70), (image) => {
        const rgb = rgbOf(image, asItIs)
        const mosaic = { pixels: image.samples, width: image.width, height: image.height, pattern }
        const expected = image.samples.flatMap((_, i) =>
          debayeredPixel(mosaic, i % image.width, Math.floor(i / image.width)),
        )
        expect(rgb).toEqual(expected)
      }),
    )
  })

  test.each(bayerPatterns)('Bayer%s: one pixel by the means of its neighbours', (pattern) => {
    // 3 x 3 values around the middle one, whatever colour that is.
    const pixels = [1, 2, 4, 8, 16, 32, 64, 128, 255]
    const [corners, across, along] = [(1 + 4 + 64 + 255) / 4, (8 + 32) / 2, (2 + 128) / 2]
    const sides = (8 + 32 + 2 + 128) / 4
    const expected = {
      red: [16, sides, corners],
      blue: [corners, sides, 16],
      green: bayerColour(pattern, 0, 1) === 'red' ? [across, 16, along] : [along, 16, across],
    }[bayerColour(pattern, 1, 1)]
    const mosaic = { pixels, width: 3, height: 3, pattern }
    expect(debayeredPixel(mosaic, 1, 1)).toEqual(expected.map((value) => Math.floor(value + 0.5)))
  })

  test('an even colour stays even up to the edges, in all formats', () => {
    for (const pattern of bayerPatterns) {
      for (const [bits, scale] of [
        [8, 1],
        [12, 16],
        [16, 256],
      ] as const) {
        const colour = { red: 200 * scale, green: 100 * scale, blue: 50 * scale }
        for (const [width, height] of [
          [2, 2],
          [17, 3],
          [40, 9],
        ] as const) {
          const image = plain(`Bayer${pattern}${bits}`, colour, width, height)
          const rgb = rgbOf(image, { low: 0, high: 255 * scale, gamma: 1 })
          expect(rgb).toEqual(Array.from({ length: width * height }, () => [200, 100, 50]).flat())
        }
      }
    }
  })

  test('the window comes first, with its gamma', () => {
    const image = plain('BayerGB12', { red: 4095, green: 1000, blue: 0 }, 8, 8)
    const [red, green, blue] = rgbOf(image, { low: 0, high: 4000, gamma: 2 })
    expect([red, blue]).toEqual([255, 0])
    expect(Math.abs((green ?? 0) - 127.5)).toBeLessThan(1)
  })
})
