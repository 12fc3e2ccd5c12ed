import { pixelLayout, type PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import type { ImageShape } from '../../../src-shared/kernels/kernels.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

export type TestImage = ImageShape & { readonly samples: readonly number[] }

/** Images of a format, small and of any shape, with samples of all sizes that the format holds. */
export function imageOf(format: PixelFormat, maxSide = 40): fc.Arbitrary<TestImage> {
  const layout = pixelLayout(format)
  return fc
    .record({ width: fc.integer({ min: 1, max: maxSide }), height: fc.integer({ min: 1, max: maxSide }) })
    .chain(({ width, height }) => {
      const length = width * height * layout.channels
      return fc
        .array(fc.integer({ min: 0, max: 2 ** layout.significantBits - 1 }), {
          minLength: length,
          maxLength: length,
        })
        .map((samples) => ({ width, height, layout, samples }))
    })
}

/** The image's bytes as they lie in memory. */
export function bytesOf({ layout, samples }: TestImage): Uint8Array<ArrayBuffer> {
  return layout.bytesPerSample === 2
    ? new Uint8Array(Uint16Array.from(samples).buffer)
    : Uint8Array.from(samples)
}

/** Samples from bytes that may begin anywhere. */
export function samplesOf(bytes: Uint8Array, layout: TestImage['layout']): number[] {
  if (layout.bytesPerSample === 1) return [...bytes]
  const copy = bytes.slice()
  return [...new Uint16Array(copy.buffer, 0, copy.length / 2)]
}
