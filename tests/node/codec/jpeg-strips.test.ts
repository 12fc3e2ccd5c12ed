import jpegTurbo from '@julusian/jpeg-turbo'
import { describe, expect, test } from 'vitest'
import { joinedBytes, joinStrips, stripLayout } from '../../../src-main/live-view/encoders/jpeg-strips.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const mcuPx = 8

async function compress(pixels: Uint8Array, width: number, height: number): Promise<Buffer> {
  const shape = { width, height, subsampling: jpegTurbo.SAMP_GRAY }
  return jpegTurbo.compress(Buffer.from(pixels), Buffer.alloc(jpegTurbo.bufferSize(shape)), {
    ...shape,
    format: jpegTurbo.FORMAT_GRAY,
    quality: 80,
  })
}

async function decode(file: Uint8Array): Promise<Buffer> {
  const { data } = await jpegTurbo.decompress(Buffer.from(file), { format: jpegTurbo.FORMAT_GRAY })
  return Buffer.from(data)
}

describe('a JPEG joined from strips', () => {
  test('shows exactly what one compressed at once shows, for any size and number of strips', async () => {
    const size = fc.integer({ min: 1, max: 150 })
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 255 }),
        async (width, height, strips, seed) => {
          const pixels = Uint8Array.from(
            { length: width * height },
            (_, i) => (i * 7 + (i >> 3) * seed) & 255,
          )
          const { rows, mcus } = stripLayout({ width, height }, { strips, mcuPx })
          const files: Buffer[] = []
          for (let top = 0; top < height; top += rows) {
            const stripHeight = Math.min(rows, height - top)
            files.push(
              await compress(pixels.subarray(top * width, (top + stripHeight) * width), width, stripHeight),
            )
          }
          expect(files.length).toBeLessThanOrEqual(strips)
          const target = new Uint8Array(joinedBytes(files))
          const bytes = joinStrips(target, files, { height, mcus })
          const whole = await decode(await compress(pixels, width, height))
          expect((await decode(target.subarray(0, bytes))).equals(whole)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('has one strip when a restart interval could not count its blocks', () => {
    expect(stripLayout({ width: 65_000, height: 65_000 }, { strips: 4, mcuPx: 8 })).toEqual({
      rows: 65_000,
      mcus: 0,
    })
    expect(stripLayout({ width: 2048, height: 2048 }, { strips: 4, mcuPx: 16 })).toEqual({
      rows: 512,
      mcus: 4096,
    })
    expect(stripLayout({ width: 10, height: 5 }, { strips: 4, mcuPx: 8 })).toEqual({ rows: 5, mcus: 0 })
  })

  test('of something that is no JPEG is refused', () => {
    expect(() => joinStrips(new Uint8Array(99), [new Uint8Array(30)], { height: 1, mcus: 1 })).toThrow(
      'not a baseline JPEG',
    )
  })
})
