import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, test } from 'vitest'
import { PlainDecodeKernels, WasmDecodeKernels } from '../../../src-shared/kernels/decode-kernels.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'

/** The definition in pixel-filter.ts, word for word. */
function naiveFilter(pixels: readonly number[], lag: number): number[] {
  const zigzag = pixels.map((pixel, i) => {
    const difference = ((pixel - (pixels[i - lag] ?? 0)) << 16) >> 16
    return ((difference << 1) ^ (difference >> 15)) & 0xffff
  })
  return [...zigzag.map((z) => z & 0xff), ...zigzag.map((z) => z >> 8)]
}

const image = fc.record({
  pixels: fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 400 }),
  lag: fc.integer({ min: 1, max: 450 }),
})

function bytesOf(pixels: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint16Array.from(pixels).buffer)
}

describe('delta-shuffle', () => {
  test('the kernel does what the format says', () => {
    fc.assert(
      fc.property(image, ({ pixels, lag }) => {
        const kernels = new Kernels(2 * pixels.length)
        kernels.input.set(bytesOf(pixels))
        expect([...kernels.filter(pixels.length, lag)]).toEqual(naiveFilter(pixels, lag))
      }),
    )
  })

  for (const Implementation of [WasmDecodeKernels, PlainDecodeKernels]) {
    test(`${Implementation.name} undoes it`, () => {
      fc.assert(
        fc.property(image, ({ pixels, lag }) => {
          const kernels = new Implementation(2 * pixels.length)
          kernels.planes.set(naiveFilter(pixels, lag))
          kernels.unfilter(pixels.length, lag)
          expect(kernels.pixels).toEqual(bytesOf(pixels))
        }),
      )
    })
  }

  test('values at the ends of the range survive', () => {
    const pixels = [0, 65_535, 0, 32_768, 32_767, 65_535, 65_535, 1]
    const kernels = new WasmDecodeKernels(16)
    kernels.planes.set(naiveFilter(pixels, 2))
    kernels.unfilter(8, 2)
    expect(kernels.pixels).toEqual(bytesOf(pixels))
  })
})
