import { describe, expect, test } from 'vitest'
import { tapsFor, visibleRange } from '../../../src-renderer/display/image-renderer.ts'
import { lutGradient, luts, lutTable } from '../../../src-renderer/display/lut.ts'
import { fragmentShader } from '../../../src-renderer/display/image-shader.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('visible range', () => {
  test('holds exactly the canvas pixels whose centres lie in the image', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3000, max: 3000, noNaN: true }),
        fc.double({ min: 0.02, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 300 }),
        (origin, step, imagePx, canvasPx) => {
          const { start, count } = visibleRange(origin, step, imagePx, canvasPx)
          for (let pixel = 0; pixel < canvasPx; pixel++) {
            const at = origin + (pixel + 0.5) * step
            // Within rounding of the edge both answers are right.
            if (Math.min(Math.abs(at), Math.abs(at - imagePx)) < 1e-6) continue
            expect(pixel >= start && pixel < start + count).toBe(at >= 0 && at < imagePx)
          }
        },
      ),
    )
  })

  test('gives the image coordinates of its edges', () => {
    expect(visibleRange(-10, 0.5, 100, 60)).toEqual({ start: 20, count: 40, from: 0, to: 20 })
  })
})

test.each([
  [0.1, 1],
  [0.5, 1],
  [0.7, 2],
  [1, 1],
  [1.4, 2],
  [2.6, 3],
  [16, 4],
])('%s image pixels per canvas pixel: %s points per axis', (step, taps) => {
  expect(tapsFor(step)).toBe(taps)
})

describe('colour tables', () => {
  test.each(luts)('%s has 256 opaque colours', (lut) => {
    const table = lutTable(lut)
    expect(table).toHaveLength(1024)
    for (let i = 0; i < 256; i++) expect(table[4 * i + 3]).toBe(255)
    expect(lutGradient(lut)).toMatch(/^linear-gradient\(to right, rgb\(/)
  })

  test('grey is the identity, inverted its complement', () => {
    const gray = lutTable('gray')
    const inverted = lutTable('inverted')
    for (let i = 0; i < 256; i++) {
      expect([...gray.subarray(4 * i, 4 * i + 3)]).toEqual([i, i, i])
      expect([...inverted.subarray(4 * i, 4 * i + 3)]).toEqual([255 - i, 255 - i, 255 - i])
    }
  })
})

test('a shader does only what its variant asks for', () => {
  const plain = fragmentShader({ kind: 'mono', taps: 1, table: false, gamma: false, markSaturated: false })
  expect(plain).not.toMatch(/pow|>= saturated|texture\(lut/)
  expect(
    fragmentShader({ kind: 'mono', taps: 3, table: true, gamma: true, markSaturated: true }).match(
      /fetch\(at \+/g,
    ),
  ).toHaveLength(9)
})
