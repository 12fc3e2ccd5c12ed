import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SharpnessMeter } from '../../../../src-main/acquisition/focus/sharpness.ts'
import { pixelFormats, pixelLayout, type PixelFormat } from '../../../../src-shared/frames/pixel-format.ts'
import { openDataset, planeOf, samplesOf } from '../../../fixtures/read-datasets.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'
import { type SharedData, sharedData } from '../../../fixtures/shared-data.ts'

const side = 128

/** Uniform numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** An image in which `value` tells the brightness of each pixel, of 0 to 1. */
function image(
  pixelFormat: PixelFormat,
  value: (x: number, y: number) => number,
  width = side,
  height = side,
) {
  const { channels, bytesPerSample, significantBits } = pixelLayout(pixelFormat)
  const count = width * height * channels
  const samples = bytesPerSample === 1 ? new Uint8Array(count) : new Uint16Array(count)
  const full = 2 ** significantBits - 1
  for (let i = 0; i < width * height; i++) {
    const sample = Math.round(full * value(i % width, Math.floor(i / width)))
    samples.fill(sample, i * channels, (i + 1) * channels)
  }
  return { pixels: new Uint8Array(samples.buffer), pixelFormat, width, height }
}

/** Discs of 5 pixels' radius, with edges that are `blur` wide. */
const discs = (blur: number) => (x: number, y: number) => {
  const [dx, dy] = [(x % 32) - 16, (y % 32) - 16]
  return 0.2 + 0.4 / (1 + Math.exp((Math.sqrt(dx * dx + dy * dy) - 5) / blur))
}

/** `values` blurred by a Gaussian of standard deviation `sigma`, pixels. */
function blurred(values: Float64Array, width: number, sigma: number): Float64Array {
  if (sigma === 0) return values
  const reach = Math.ceil(3 * sigma)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / sigma) ** 2) / 2))
  const sum = kernel.reduce((a, b) => a + b)
  const height = values.length / width
  const along = (from: Float64Array, step: number, length: number, at: (i: number) => number) =>
    from.map((_, i) => {
      const place = at(i)
      let total = 0
      for (const [k, weight] of kernel.entries()) {
        const to = Math.min(length - 1, Math.max(0, place + k - reach))
        total += weight * (from[i + (to - place) * step] ?? 0)
      }
      return total / sum
    })
  const rows = along(values, 1, width, (i) => i % width)
  return along(rows, width, height, (i) => Math.floor(i / width))
}

describe('SharpnessMeter', () => {
  const meter = new SharpnessMeter()

  it.each(pixelFormats)('is higher the sharper the image is, in %s', (format) => {
    const scores = [0.5, 1, 2, 4, 8].map((blur) => meter.measure(image(format, discs(blur))).score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(scores.at(-1)).toBeGreaterThan(0)
  })

  it('is the same for a brighter image, and for a larger one of the same', () => {
    const dim = meter.measure(image('Mono16', (x, y) => 0.1 * discs(1)(x, y))).score
    const bright = meter.measure(image('Mono16', (x, y) => 1.5 * discs(1)(x, y))).score
    expect(bright / dim).toBeCloseTo(1, 2)
    const large = meter.measure(image('Mono16', discs(1), 1024, 2048)).score
    expect(large / bright).toBeCloseTo(1, 1)
  })

  it('is 0 within its error for noise alone, at any brightness and with any region', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.nat(40),
        (seed, level, x) => {
          const next = random(seed)
          const flat = image('Mono12', () => level + 0.1 * (next() + next() - 1))
          const { score, error, saturated } = meter.measure(flat, { x, y: 3, width: 80, height: 101 })
          expect(Math.abs(score)).toBeLessThan(6 * error)
          expect(error).toBeGreaterThan(0)
          expect(saturated).toBeLessThan(0.2)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('tells its error truly', () => {
    const next = random(5)
    const ratios = Array.from({ length: 60 }, () => {
      const { score, error } = meter.measure(image('Mono12', () => 0.5 + 0.1 * (next() + next() - 1)))
      return score / error
    })
    const rms = Math.sqrt(ratios.reduce((sum, ratio) => sum + ratio ** 2, 0) / ratios.length)
    expect(rms).toBeGreaterThan(0.7)
    expect(rms).toBeLessThan(1.4)
  })

  it('looks at the region alone', () => {
    const half = image('Mono8', (x, y) => (x < side / 2 ? 0.5 : discs(1)(x, y)))
    const flat = meter.measure(half, { x: 0, y: 0, width: side / 2, height: side })
    const sharp = meter.measure(half, { x: side / 2, y: 0, width: side / 2, height: side })
    expect(flat).toMatchObject({ score: 0, error: 0 })
    expect(sharp.score).toBeGreaterThan(1000)
  })

  it('counts saturated pixels, and refuses regions that are too small or outside', () => {
    const striped = image('Mono12', (x) => (x % 4 === 0 ? 1 : 0.2))
    expect(meter.measure(striped).saturated).toBeCloseTo(0.25)
    expect(meter.measure(image('Mono12', () => 1))).toMatchObject({ score: 0, saturated: 1 })
    expect(meter.measure(image('Mono12', () => 0))).toEqual({ score: 0, error: 0, saturated: 0 })
    for (const region of [
      { x: 0, y: 0, width: 14, height: 64 },
      { x: 100, y: 0, width: 30, height: 64 },
      { x: 0, y: 127, width: 64, height: 64 },
    ])
      expect(() => meter.measure(striped, region)).toThrow('The region to focus in')
  })

  it('takes images of any shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 700 }),
        fc.integer({ min: 16, max: 200 }),
        fc.constantFrom(...pixelFormats),
        (width, height, format) => {
          const { score, error } = meter.measure(image(format, discs(2), width, height))
          expect(Number.isFinite(score) && Number.isFinite(error)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
    // Fewer bands of rows than there are to be left out.
    const wide = {
      pixels: new Uint8Array(1_200_000 * 16),
      pixelFormat: 'Mono8',
      width: 1_200_000,
      height: 16,
    } as const
    expect(meter.measure(wide)).toEqual({ score: 0, error: 0, saturated: 0 })
  })

  describe('of real nuclei', () => {
    let data: SharedData
    beforeAll(async () => {
      data = await sharedData()
    })
    afterAll(() => data.remove())

    it('falls with each step of blur, in strong noise too', async () => {
      const reader = await openDataset(join(data.nuclei, 'nuclei_u16_512.tif'))
      const plane = await planeOf(reader)
      await reader.close()
      const { width } = plane
      // Part of it, on a floor that noise does not fall below.
      const values = Float64Array.from(samplesOf(plane).subarray(0, 192 * width))
      const floor = values.reduce((sum, value) => sum + value, 0) / values.length
      const series = [0, 1.5, 4, 10].map((sigma) => blurred(values, width, sigma))
      const next = random(9)
      for (const noise of [0, floor / 4]) {
        const measured = series.map((image) => {
          const pixels = Uint16Array.from(image, (value) => floor + value + noise * (2 * next() - 1))
          return meter.measure({
            pixels: new Uint8Array(pixels.buffer),
            pixelFormat: 'Mono16',
            width,
            height: 192,
          })
        })
        for (const [i, { score }] of measured.entries()) {
          const blurrier = measured[i + 1]
          if (blurrier !== undefined) expect(score - blurrier.score).toBeGreaterThan(3 * blurrier.error)
        }
      }
    })
  })
})
