import { describe, expect, test } from 'vitest'
import {
  findPixelUnpacking,
  packedImageBytes,
  pixelUnpacking,
  pixelUnpackings,
} from '../../../drivers/gige-vision/pixels/pixel-unpackings.ts'
import type { PixelUnpacking } from '../../../drivers/gige-vision/pixels/pixel-unpacking.ts'
import { imageBytes, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('pixel unpackings', () => {
  test('cover every format of the fact sheet once, and no two names or codes are the same', () => {
    expect(pixelUnpackings).toHaveLength(49)
    expect(new Set(pixelUnpackings.map(({ code }) => code)).size).toBe(49)
    expect(new Set(pixelUnpackings.map(({ name }) => name)).size).toBe(49)
    for (const { name, ringFormat, bitsPerPixel } of pixelUnpackings) {
      const pattern = /^(Mono|Bayer..)(\d+)/.exec(name)
      if (pattern === null) expect(ringFormat).toBe('RGB8')
      else {
        expect(ringFormat).toBe(`${pattern[1]}${pattern[2]}`)
        expect(bitsPerPixel).toBeGreaterThanOrEqual(Number(pattern[2]))
      }
    }
  })

  test('the example of each packed layout is read as the standards draw it', () => {
    // Pixels 0xabc and 0x123; 10 bits: 0x2ab and 0x0cd.
    expect(unpacked('Mono12Packed', [0xab, 0x3c, 0x12], 2)).toEqual([0xbc, 0x0a, 0x23, 0x01])
    expect(unpacked('Mono12p', [0xbc, 0x3a, 0x12], 2)).toEqual([0xbc, 0x0a, 0x23, 0x01])
    expect(unpacked('Mono10Packed', [0xaa, 0x13, 0x33], 2)).toEqual([0xab, 0x02, 0xcd, 0x00])
    expect(unpacked('Mono10p', [0xab, 0x36, 0x03], 2)).toEqual([0xab, 0x02, 0xcd, 0x00])
    expect(unpacked('Mono8s', [0x80, 0xff, 0x00, 0x7f], 4)).toEqual([0, 127, 128, 255])
    expect(unpacked('BGRa8', [1, 2, 3, 4, 5, 6, 7, 8], 2)).toEqual([3, 2, 1, 7, 6, 5])
    // White, black and pure red in full-range BT.601.
    expect(unpacked('YUV422_8_UYVY', [128, 255, 128, 0], 2)).toEqual([255, 255, 255, 0, 0, 0])
    expect(unpacked('YUV422_8', [76, 85, 76, 255], 2)).toEqual([254, 0, 0, 254, 0, 0])
  })

  test.each(pixelUnpackings)('$name: any runs in any order give what bit by bit gives', (unpacking) => {
    const example = fc.integer({ min: 0, max: 40 }).chain((pixels) => {
      const bytes = packedImageBytes(unpacking, pixels)
      return fc.record({
        pixels: fc.constant(pixels),
        image: fc.uint8Array({ minLength: bytes, maxLength: bytes }),
        cuts: fc.array(fc.nat({ max: bytes }), { maxLength: 12 }),
        order: fc.infiniteStream(fc.nat()),
        stale: fc.integer({ min: 0, max: 255 }),
        lead: fc.nat({ max: 9 }),
      })
    })
    fc.assert(
      fc.property(example, ({ pixels, image, cuts, order, stale, lead }) => {
        const slotBytes = imageBytes(unpacking.ringFormat, pixels, 1)
        const target = new Uint8Array(new SharedArrayBuffer(slotBytes + 16)).fill(stale)
        const ends = [0, ...cuts, image.length].sort((a, b) => a - b)
        const runs = ends.slice(1).map((end, index) => ({ from: ends[index] ?? 0, end, rank: 0 }))
        // In any order, some of them twice.
        const sent = [...runs, ...runs.slice(0, 2)].map((run) => ({ ...run, rank: order.next().value ?? 0 }))
        for (const { from, end } of sent.sort((a, b) => a.rank - b.rank)) {
          const packet = Buffer.concat([
            Buffer.alloc(lead, 0xaa),
            image.subarray(from, end),
            Buffer.alloc(3, 0xbb),
          ])
          unpacking.unpack(packet, lead, lead + end - from, from, target, pixels)
        }
        unpacking.finish?.(target, pixels)
        expectPixels(target.subarray(0, slotBytes), unpacking, image)
        expect([...target.subarray(slotBytes)]).toEqual(new Array(16).fill(stale))
      }),
      { numRuns: 60 },
    )
  })

  test.each(pixelUnpackings)('$name: bytes beyond the image are ignored', (unpacking) => {
    fc.assert(
      fc.property(fc.nat({ max: 9 }), fc.nat({ max: 30 }), (pixels, beyond) => {
        const bytes = packedImageBytes(unpacking, pixels)
        const image = new Uint8Array(bytes + beyond + 40).fill(0x5a)
        const slotBytes = imageBytes(unpacking.ringFormat, pixels, 1)
        const target = new Uint8Array(slotBytes + 80).fill(1)
        unpacking.unpack(image, 0, image.length, 0, target, pixels)
        unpacking.unpack(image, 0, image.length, bytes + beyond, target, pixels)
        unpacking.finish?.(target, pixels)
        expectPixels(target.subarray(0, slotBytes), unpacking, image)
        expect([...target.subarray(slotBytes)]).toEqual(new Array(80).fill(1))
      }),
      { numRuns: 40 },
    )
  })

  test('an unknown code is refused with a hint', () => {
    expect(findPixelUnpacking(0x0210_0043)).toBeUndefined()
    expect(() => pixelUnpacking(0x0210_0043)).toThrow('pixel format 0x02100043')
  })
})

function unpacked(name: string, image: readonly number[], pixels: number): readonly number[] {
  const unpacking = pixelUnpackings.find((one) => one.name === name)
  if (unpacking === undefined) throw new Error(`No format ${name}`)
  const target = new Uint8Array(imageBytes(unpacking.ringFormat, pixels, 1))
  unpacking.unpack(Uint8Array.from(image), 0, image.length, 0, target, pixels)
  unpacking.finish?.(target, pixels)
  return [...target]
}

/** Exactly what `naive` says; for YUV within the 1 that fixed point rounds otherwise. */
function expectPixels(slot: Uint8Array, unpacking: PixelUnpacking, image: Uint8Array): void {
  const { bytesPerPixel } = pixelLayout(unpacking.ringFormat)
  const expected = naive(unpacking, image, slot.length / bytesPerPixel)
  if (unpacking.finish === undefined) expect([...slot]).toEqual(expected)
  else {
    expect(expected).toHaveLength(slot.length)
    const differences = expected.map((value, index) => Math.abs(value - (slot[index] ?? Number.NaN)))
    expect(Math.max(0, ...differences)).toBeLessThanOrEqual(1)
  }
}

/** What lies in the slot, found pixel by pixel and bit by bit. */
function naive({ name }: PixelUnpacking, image: Uint8Array, pixels: number): readonly number[] {
  const byte = (at: number) => image[at] ?? 0
  const bit = (at: number) => (byte(at >> 3) >> (at & 7)) & 1
  const number = (bits: readonly number[]) => bits.reduce((sum, at, index) => sum + bit(at) * 2 ** index, 0)
  const bitsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i)
  const wide = (value: number) => [value & 0xff, value >> 8]
  const each = (pixel: (index: number) => readonly number[]) =>
    Array.from({ length: pixels }, (_, i) => pixel(i)).flat()

  if (name === 'Mono8s') return each((i) => [byte(i) < 128 ? byte(i) + 128 : byte(i) - 128])
  if (name === 'RGB8_Planar') return each((i) => [byte(i), byte(pixels + i), byte(2 * pixels + i)])
  if (name === 'RGB8') return each((i) => [byte(3 * i), byte(3 * i + 1), byte(3 * i + 2)])
  if (name === 'BGR8') return each((i) => [byte(3 * i + 2), byte(3 * i + 1), byte(3 * i)])
  if (name === 'RGBa8') return each((i) => [byte(4 * i), byte(4 * i + 1), byte(4 * i + 2)])
  if (name === 'BGRa8') return each((i) => [byte(4 * i + 2), byte(4 * i + 1), byte(4 * i)])
  if (name.startsWith('YUV422')) {
    return each((i) => {
      const at = 4 * (i >> 1)
      const luma = name.endsWith('UYVY') ? byte(2 * i + 1) : byte(2 * i)
      if (i === pixels - 1 && pixels % 2 === 1) return [luma, luma, luma]
      const u = byte(name.endsWith('UYVY') ? at : at + 1) - 128
      const v = byte(name.endsWith('UYVY') ? at + 2 : at + 3) - 128
      const rounded = (value: number) => Math.max(0, Math.min(255, value))
      return [
        rounded(luma + Math.round(1.402 * v)),
        rounded(luma - Math.round(0.344136 * u + 0.714136 * v)),
        rounded(luma + Math.round(1.772 * u)),
      ]
    })
  }
  const depth = Number(/\d+/.exec(name)?.[0])
  if (name.endsWith('p')) return each((i) => wide(number(bitsFrom(depth * i, depth))))
  if (name.endsWith('Packed')) {
    const low = depth - 8
    return each((i) => {
      const group = 24 * (i >> 1)
      const upper = bitsFrom(group + (i % 2 === 0 ? 0 : 16), 8)
      return wide(number([...bitsFrom(group + (i % 2 === 0 ? 8 : 12), low), ...upper]))
    })
  }
  return depth === 8 ? each((i) => [byte(i)]) : each((i) => [byte(2 * i), byte(2 * i + 1)])
}
