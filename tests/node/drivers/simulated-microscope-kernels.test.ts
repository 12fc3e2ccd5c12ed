/** The kernels of the simulated camera against plain code. */
import { describe, expect, test } from 'vitest'
import { KernelMemory, roundedUp } from '../../../src-shared/kernels/kernel-memory.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function floats(memory: KernelMemory, length: number, values: readonly number[] = []) {
  const { pointer, bytes } = memory.allocate(4 * length)
  const array = new Float32Array(bytes.buffer, pointer, length)
  array.set(values)
  return { pointer, array }
}

function memoryFor(...lengths: number[]): KernelMemory {
  return new KernelMemory(lengths.reduce((sum, length) => sum + roundedUp(4 * length), 0))
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

const imageArbitrary = fc
  .record({ width: fc.integer({ min: 1, max: 37 }), height: fc.integer({ min: 1, max: 11 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      values: fc.array(fc.double({ min: 0, max: 100, noNaN: true }), {
        minLength: width * height,
        maxLength: width * height,
      }),
    }),
  )
type Image = { readonly width: number; readonly height: number; readonly values: readonly number[] }

/** A pixel; beyond the edge the nearest one. */
function at({ width, height, values }: Image, x: number, y: number): number {
  return values[clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)] ?? Number.NaN
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 3)
}

test('an image is halved by means of 2 x 2 pixels', () => {
  fc.assert(
    fc.property(imageArbitrary, (image) => {
      const { width, height, values } = image
      const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
      const memory = memoryFor(values.length, half.width * half.height)
      const source = floats(memory, values.length, values)
      const target = floats(memory, half.width * half.height)
      memory.functions.halveImage(source.pointer, width, height, target.pointer)
      const expected = Array.from(target.array, (_, index) => {
        const x = 2 * (index % half.width)
        const y = 2 * Math.floor(index / half.width)
        return (at(image, x, y) + at(image, x + 1, y) + at(image, x, y + 1) + at(image, x + 1, y + 1)) / 4
      })
      expectClose(target.array, expected)
    }),
  )
})

test('an image is blurred by the binomial of width 5', () => {
  const weights = [1, 4, 6, 4, 1]
  fc.assert(
    fc.property(imageArbitrary, (image) => {
      const { width, height, values } = image
      const memory = memoryFor(values.length, values.length, width + 8)
      const source = floats(memory, values.length, values)
      const target = floats(memory, values.length)
      const line = floats(memory, width + 8)
      memory.functions.blurImage(source.pointer, width, height, target.pointer, line.pointer)
      const expected = values.map((_, index) => {
        let sum = 0
        for (const [i, wx] of weights.entries()) {
          for (const [j, wy] of weights.entries()) {
            sum += wx * wy * at(image, (index % width) + i - 2, Math.floor(index / width) + j - 2)
          }
        }
        return sum / 256
      })
      expectClose(target.array, expected)
    }),
  )
})

test('a row is enlarged bilinearly', () => {
  const factors = fc.constantFrom(1, 2, 4, 8, 16)
  fc.assert(
    fc.property(imageArbitrary, factors, fc.nat(), fc.nat(), (image, factor, rowSeed, short) => {
      const { width, height, values } = image
      const y = rowSeed % (height * factor)
      // The full image may be up to one pixel of the small one narrower.
      const count = width * factor - (short % factor)
      const memory = memoryFor(values.length, count + 4)
      const source = floats(memory, values.length, values)
      const target = floats(memory, count + 4)
      memory.functions.enlargeRow(source.pointer, width, height, factor, y, target.pointer, count)
      const yAt = clamp((y + 0.5) / factor - 0.5, 0, height - 1)
      const row = Math.floor(yAt)
      const expected = Array.from({ length: count }, (_, x) => {
        const xAt = clamp((x + 0.5) / factor - 0.5, 0, width - 1)
        const column = Math.floor(xAt)
        const mix = (line: number) =>
          at(image, column, line) * (1 - (xAt - column)) + at(image, column + 1, line) * (xAt - column)
        return mix(row) * (1 - (yAt - row)) + mix(row + 1) * (yAt - row)
      })
      expectClose(target.array.subarray(0, count), expected)
    }),
  )
})

describe('a tile is resampled', () => {
  const size = 21
  const tileValues = Uint16Array.from({ length: size * size }, (_, index) => (index * 7919) % 65536)
  const tile: Image = { width: size, height: size, values: Array.from(tileValues) }

  test.each([
    ['at its own scale', 1],
    ['enlarged', 0.5],
    ['reduced', 1.25],
  ])('%s', (_, ratio) => {
    const span = Math.floor((size - 2) / ratio)
    const offsets = fc.double({ min: 0, max: 0.999, noNaN: true })
    const edges = fc.uniqueArray(fc.integer({ min: 0, max: span }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(offsets, offsets, edges, edges, (x0, y0, columns, rows) => {
        const [left = 0, right = 0] = columns.toSorted((a, b) => a - b)
        const [top = 0, bottom = 0] = rows.toSorted((a, b) => a - b)
        const width = span + 3
        const memory = memoryFor(size * size + 16, width * (span + 1))
        const source = memory.allocate(2 * size * size + 16)
        new Uint16Array(source.bytes.buffer, source.pointer, size * size).set(tileValues)
        const target = floats(memory, width * (span + 1))
        target.array.fill(-1)
        const { resampleTile } = memory.functions
        resampleTile(
          source.pointer,
          size,
          target.pointer,
          width,
          left,
          right,
          top,
          bottom,
          x0,
          y0,
          ratio,
          0.5,
        )
        const expected = Array.from(target.array, (__, index) => {
          const x = index % width
          const y = Math.floor(index / width)
          if (x < left || x >= right || y < top || y >= bottom) return -1
          const xAt = x0 + x * ratio
          const yAt = y0 + y * ratio
          const [column, row] = [Math.floor(xAt), Math.floor(yAt)]
          const mix = (line: number) =>
            at(tile, column, line) * (1 - (xAt - column)) + at(tile, column + 1, line) * (xAt - column)
          return 0.5 * (mix(row) * (1 - (yAt - row)) + mix(row + 1) * (yAt - row))
        })
        for (const [index, value] of expected.entries()) {
          expect(Math.abs((target.array[index] ?? Number.NaN) - value)).toBeLessThan(0.05)
        }
      }),
      { numRuns: 40 },
    )
  })
})

test('rows are mixed', () => {
  const memory = memoryFor(12, 12, 12)
  const a = floats(memory, 12, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  const b = floats(memory, 12, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  const target = floats(memory, 12)
  memory.functions.mixRows(a.pointer, b.pointer, target.pointer, 9, 0.25)
  expectClose(
    target.array.subarray(0, 9),
    Array.from({ length: 9 }, (_, i) => i + (11 - 2 * i) * 0.25),
  )
})

describe('the sensor', () => {
  const count = 24

  test('light becomes averages and spreads, saturating', () => {
    const lights = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), {
      minLength: count,
      maxLength: count,
    })
    fc.assert(
      fc.property(lights, (values) => {
        const memory = memoryFor(count, count, count, count, count)
        const light = floats(memory, count, values)
        const shade = floats(
          memory,
          count,
          values.map((_, i) => i / 100),
        )
        const response = floats(
          memory,
          count,
          values.map((_, i) => 1 + (i % 3) / 50),
        )
        const means = memory.allocate(2 * count)
        const spreads = memory.allocate(2 * count)
        const [flat, base, factor, offset, zero, perCount, floor, scale] = [
          0.1, 0.9, 40_000, 1700, 1600, 0.25, 3, 16,
        ]
        memory.functions.exposeLight(
          light.pointer,
          shade.pointer,
          response.pointer,
          means.pointer,
          spreads.pointer,
          count,
          flat,
          base,
          factor,
          offset,
          zero,
          perCount,
          floor,
          scale,
        )
        const meanValues = new Uint16Array(means.bytes.buffer, means.pointer, count)
        const spreadValues = new Int16Array(spreads.bytes.buffer, spreads.pointer, count)
        for (const [i, value] of values.entries()) {
          const mean = (value + flat) * (base - i / 100) * (1 + (i % 3) / 50) * factor + offset
          const spread = Math.sqrt(Math.max(0, mean - zero) * perCount + floor) * scale
          expect(Math.abs((meanValues[i] ?? -9) - Math.min(65535, mean))).toBeLessThanOrEqual(1.1)
          const expected = meanValues[i] === 65535 ? 0 : spread
          expect(Math.abs((spreadValues[i] ?? -9) - expected)).toBeLessThanOrEqual(1.1)
        }
      }),
    )
  })

  test.each([
    [16, 0],
    [12, 4],
    [8, 8],
  ])('noise is added to pixels of %i bits, saturating', (bits, shift) => {
    const arrays = fc.record({
      means: fc.uint16Array({ minLength: count, maxLength: count }),
      spreads: fc.array(fc.integer({ min: 0, max: 8191 }), { minLength: count, maxLength: count }),
      deviates: fc.int8Array({ minLength: count, maxLength: count, min: -127 }),
    })
    fc.assert(
      fc.property(arrays, (values) => {
        const memory = memoryFor(count, count, count, count)
        const means = memory.allocate(2 * count)
        const spreads = memory.allocate(2 * count)
        const deviates = memory.allocate(count)
        const target = memory.allocate(2 * count)
        const { buffer } = means.bytes
        const safeMeans = values.means.map((mean) => Math.min(mean, 65534))
        new Uint16Array(buffer, means.pointer, count).set(safeMeans)
        new Int16Array(buffer, spreads.pointer, count).set(values.spreads)
        new Int8Array(buffer, deviates.pointer, count).set(values.deviates)
        const addNoise = bits === 8 ? memory.functions.addNoiseU8 : memory.functions.addNoiseU16
        addNoise(means.pointer, spreads.pointer, deviates.pointer, target.pointer, count, shift)
        const pixels = bits === 8 ? target.bytes : new Uint16Array(buffer, target.pointer, count)
        for (let i = 0; i < count; i += 1) {
          const noise = Math.floor(((values.spreads[i] ?? 0) * (values.deviates[i] ?? 0)) / 128 + 0.5)
          const pixel = clamp((safeMeans[i] ?? 0) + noise, 0, 65535) >> shift
          expect(pixels[i]).toBe(pixel)
        }
      }),
    )
  })
})
