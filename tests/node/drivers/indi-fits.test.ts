import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fitsFile } from '../../../drivers/indi/fits/blob-image.ts'
import { readFitsHeader } from '../../../drivers/indi/fits/fits-header.ts'
import { copyFitsPixels, fitsPixelFormat } from '../../../drivers/indi/fits/fits-pixels.ts'
import { imageBytes, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { type FitsSpec, fitsBytes } from '../../fixtures/fits-file.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function decode(file: Uint8Array, bits32 = 32) {
  const image = readFitsHeader(file)
  const format = fitsPixelFormat(image)
  const slot = new Uint8Array(new SharedArrayBuffer(imageBytes(format, image.width, image.height)))
  copyFitsPixels(file, image, slot, { bits32 })
  const samples = pixelLayout(format).bytesPerSample === 2 ? new Uint16Array(slot.buffer) : slot
  return { format, samples: [...samples] }
}

const sizes = fc.record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
const spec = (bitpix: 8 | 16 | 32, stored: fc.Arbitrary<number>) =>
  sizes.chain(({ width, height }) =>
    fc.record({
      bitpix: fc.constant(bitpix),
      width: fc.constant(width),
      height: fc.constant(height),
      bzero: fc.constantFrom(0, 1.5, bitpix === 32 ? 2_147_483_648 : 32_768),
      bscale: fc.constantFrom(1, 0.5, 3),
      samples: fc.array(stored, { minLength: width * height, maxLength: width * height }),
    }),
  )

describe('FITS', () => {
  test.each([
    [8, spec(8, fc.integer({ min: 0, max: 255 })), 255, 1],
    [16, spec(16, fc.integer({ min: -32_768, max: 32_767 })), 65_535, 1],
    [32, spec(32, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), 65_535, 2 ** 16],
  ] as const)(
    'samples of %i bits mean BZERO + BSCALE · stored, limited to what fits',
    (bits, specs, most, divisor) => {
      fc.assert(
        fc.property(specs, fc.nat(3), (given: FitsSpec, shift) => {
          const file = fitsBytes(given)
          // Wherever the file lies in memory.
          const moved = new Uint8Array(file.length + shift)
          moved.set(file, shift)
          const { format, samples } = decode(moved.subarray(shift))
          expect(format).toBe(bits === 8 ? 'Mono8' : 'Mono16')
          const { bzero = 0, bscale = 1 } = given
          const meant = given.samples.map((stored) =>
            Math.round(Math.min(most, Math.max(0, (bzero + bscale * stored) / divisor))),
          )
          expect(samples).toEqual(meant)
        }),
      )
    },
  )

  test('samples of 32 bits keep the bits that count', () => {
    const file = fitsBytes({ bitpix: 32, width: 3, height: 1, samples: [16, 2 ** 20 - 1, 2 ** 25] })
    expect(decode(file, 20).samples).toEqual([1, 65_535, 65_535])
  })

  test.each([
    ['RGGB', 0, 0, 'BayerRG16'],
    ['RGGB', 1, 0, 'BayerGR16'],
    ['RGGB', 0, 1, 'BayerGB16'],
    ['BGGR', 1, 1, 'BayerRG16'],
  ])('a mosaic %s shifted by %i, %i is %s', (pattern, x, y, format) => {
    const cards = [`BAYERPAT= '${pattern}    ' / colour filters`, `XBAYROFF= ${x}`, `YBAYROFF= ${y}`]
    expect(decode(fitsBytes({ bitpix: 16, width: 2, height: 1, samples: [1, 2], cards })).format).toBe(format)
  })

  test('three planes become colour of 8 bits', () => {
    const file = fitsBytes({ bitpix: 8, width: 2, height: 1, planes: 3, samples: [1, 2, 3, 4, 5, 6] })
    expect(decode(file)).toEqual({ format: 'RGB8', samples: [1, 3, 5, 2, 4, 6] })
    const deep = fitsBytes({
      bitpix: 16,
      width: 1,
      height: 1,
      planes: 3,
      bzero: 32_768,
      samples: [-32_768, 0, 32_767],
    })
    expect(decode(deep).samples).toEqual([0, 128, 255])
  })

  test.each([
    ['no FITS', Buffer.from('JFIF'.repeat(1000)), 'no FITS file'],
    ['nothing', Buffer.alloc(0), 'no FITS file'],
    ['floating point', fitsBytes({ bitpix: -32, width: 1, height: 1, samples: [] }), 'BITPIX = -32'],
    ['a size of nothing', fitsBytes({ bitpix: 8, width: 0, height: 5, samples: [] }), '0 × 5'],
    ['a huge size', fitsBytes({ bitpix: 16, width: 65_535, height: 65_535, samples: [1] }), 'cut off'],
    [
      'four planes',
      fitsBytes({ bitpix: 8, width: 1, height: 1, planes: 4, samples: [1, 1, 1, 1] }),
      '4 planes',
    ],
  ])('refuses %s', (_what, file, message) => {
    expect(() => readFitsHeader(file)).toThrow(message)
  })

  test('garbage gives an error, not a crash', () => {
    const good = fitsBytes({ bitpix: 16, width: 4, height: 4, samples: new Array<number>(16).fill(1) })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255))),
        fc.nat(good.length),
        (changes, length) => {
          const file = Buffer.from(good)
          for (const [at, byte] of changes) file[at] = byte
          try {
            decode(file.subarray(0, length))
          } catch (error) {
            expect(error).toMatchObject({ code: 'DEVICE_FAILED' })
          }
        },
      ),
    )
  })

  test('compressed files are inflated, up to the limit', () => {
    const file = fitsBytes({ bitpix: 8, width: 2, height: 1, samples: [7, 8] })
    expect(Buffer.from(fitsFile('.fits.z', deflateSync(file), 10_000))).toEqual(file)
    expect(() => fitsFile('.fits.z', deflateSync(Buffer.alloc(1e6)), 10_000)).toThrow('damaged')
    expect(() => fitsFile('.fits.z', file, 10_000)).toThrow('damaged')
    expect(() => fitsFile('.fits.fz', file, 10_000)).toThrow('".fits.fz"')
  })
})
