import { describe, expect, it } from 'vitest'
import { lutTable } from '../../../src-renderer/display/lut.ts'
import { planeHistogram } from '../../../src-renderer/display/plane-histogram.ts'
import { viewForGeometry } from '../../../src-renderer/display/view-transform.ts'
import { PlaneCache } from '../../../src-renderer/planes/plane-cache.ts'
import { levelFor, scaleOf } from '../../../src-renderer/planes/plane-level.ts'
import { indicesAhead } from '../../../src-renderer/planes/planes-ahead.ts'
import { Playback } from '../../../src-renderer/planes/playback.ts'
import { levelFrame, wholeFrame } from '../../../src-renderer/planes/whole-frame.ts'
import { windowOfHistogram } from '../../../src-renderer/stores/auto-window.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { packetOf, sampleDataset } from './sample-image.ts'

describe('PlaneCache', () => {
  it('keeps what was used last within its bytes', () => {
    const cache = new PlaneCache(2600)
    for (const key of ['a', 'b']) cache.set(key, packetOf(1000))
    expect(cache.get('a')?.kind).toBe('packet')
    cache.set('c', packetOf(1000))
    expect(['a', 'b', 'c'].map((key) => cache.has(key))).toEqual([true, false, true])
  })
  it('never holds more than its limit but for one that is larger alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 900 }))),
        (sets) => {
          const cache = new PlaneCache(1500)
          for (const [key, bytes] of sets) {
            cache.set(String(key), packetOf(bytes))
            expect(cache.has(String(key))).toBe(true)
            expect(cache.bytes).toBeLessThanOrEqual(1500)
          }
          cache.set('large', packetOf(5000))
          expect(cache.bytes).toBe(5200)
        },
      ),
      { numRuns: 50 },
    )
  })
  it('asks again for what was not there, or not all of it', () => {
    const cache = new PlaneCache(1000)
    cache.set('a', { kind: 'absent', message: '' })
    cache.set('b', packetOf(1))
    cache.set('c', { kind: 'packet', packet: new Blob(), growing: true })
    cache.forgetUnfinished()
    expect(['a', 'b', 'c'].map((key) => cache.has(key))).toEqual([false, true, false])
  })
})

describe('smaller copies', () => {
  const levels = [4096, 2048, 1024, 512].map((width) => ({ width, height: width / 2 }))
  const image = { width: 4096, height: 2048, levels }
  const options = { devicePixelRatio: 1, maxSize: 16_384 }
  it('have a pixel for each of the screen’s', () => {
    expect(levelFor(image, { ...options, zoom: 1 })).toBe(0)
    expect(levelFor(image, { ...options, zoom: 0.6 })).toBe(0)
    expect(levelFor(image, { ...options, zoom: 0.5 })).toBe(1)
    expect(levelFor(image, { ...options, zoom: 0.25 })).toBe(2)
    expect(levelFor(image, { ...options, zoom: 0.25, devicePixelRatio: 2 })).toBe(1)
    expect(levelFor(image, { ...options, zoom: 0.01 })).toBe(3)
  })
  it('are the largest that the graphics card draws, where the image is larger', () => {
    expect(levelFor(image, { ...options, zoom: 4, maxSize: 2048 })).toBe(1)
    expect(levelFor({ ...image, levels: levels.slice(0, 1) }, { ...options, zoom: 4, maxSize: 2048 })).toBe(0)
  })
  it('stand for whole numbers of pixels, whichever way the edge was rounded', () => {
    expect(scaleOf({ width: 513, height: 1 }, { width: 256, height: 1 })).toBe(2)
    expect(scaleOf({ width: 513, height: 1 }, { width: 257, height: 1 })).toBe(2)
    expect(scaleOf({ width: 1000, height: 1 }, { width: 125, height: 1 })).toBe(8)
    expect(scaleOf({ width: 1000, height: 1 }, { width: 400, height: 1 })).toBe(2.5)
  })
  it('show the same specimen in the same place', () => {
    const dataset = sampleDataset()
    const view = { zoom: 2, centerX: 200, centerY: 100 }
    const level = levelFrame(dataset, 1)
    expect(level).toMatchObject({ width: 256, height: 128, subsampling: 2, pixelSizeUm: 1 })
    expect(viewForGeometry(view, wholeFrame(dataset), level)).toEqual({ zoom: 4, centerX: 100, centerY: 50 })
  })
})

describe('planes in advance', () => {
  const sizes = { t: 10, z: 3 }
  it('are those beside the plane, along the axis that was moved last first', () => {
    const at = (axis?: 't' | 'z') => indicesAhead({ sizes, index: { t: 4, z: 0 }, axis, playing: false })
    expect(at()).toEqual([
      { t: 5, z: 0 },
      { t: 3, z: 0 },
      { t: 4, z: 1 },
    ])
    expect(at('z')).toEqual([
      { t: 4, z: 1 },
      { t: 5, z: 0 },
      { t: 3, z: 0 },
    ])
  })
  it('go on at the beginning while they play', () => {
    const ahead = indicesAhead({ sizes, index: { t: 8, z: 0 }, axis: 't', playing: true })
    expect(ahead.map(({ t }) => t)).toEqual([9, 0, 1, 2, 3, 4])
  })
  it('are those that will be shown where some are left out', () => {
    const ahead = indicesAhead({ sizes, index: { t: 1, z: 0 }, axis: 't', playing: true, stride: 3 })
    expect(ahead.map(({ t }) => t)).toEqual([4, 7, 0, 3, 6, 9])
  })
})

describe('Playback', () => {
  function played() {
    let nowMs = 0
    let waiting: { dueMs: number; run: () => void } | undefined
    const steps: number[] = []
    let place = 0
    const places: number[] = []
    const playback = new Playback({
      step: (passed) => {
        place += passed
        steps.push(nowMs)
        places.push(place)
      },
      now: () => nowMs,
      after: (ms, run) => {
        waiting = { dueMs: nowMs + ms, run }
        return () => {
          waiting = undefined
        }
      },
    })
    const goTo = (ms: number) => {
      nowMs = ms
      const due = waiting
      if (due === undefined || due.dueMs > ms) return
      waiting = undefined
      due.run()
    }
    return { playback, steps, places, goTo, waits: () => waiting !== undefined }
  }
  it('steps at its rate, also when a plane takes a part of the time', () => {
    const { playback, steps, goTo } = played()
    playback.framesPerSecond = 10
    playback.start()
    for (let ms = 1; ms <= 1000; ms++) {
      goTo(ms)
      // Each plane takes 40 ms until it is on the screen.
      if (ms - (steps.at(-1) ?? ms) === 40) playback.shown()
    }
    expect(steps).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000])
  })
  it('keeps its rate where planes take longer, by leaving out those whose time has passed', () => {
    const { playback, steps, places, goTo, waits } = played()
    playback.framesPerSecond = 10
    playback.start()
    goTo(100)
    goTo(1050)
    expect([steps, waits()]).toEqual([[100], false])
    playback.shown()
    goTo(1050)
    playback.shown()
    goTo(1060)
    goTo(1100)
    expect([steps, places]).toEqual([
      [100, 1050, 1100],
      [1, 10, 11],
    ])
    playback.stop()
    playback.shown()
    expect(waits()).toBe(false)
  })
  it('shows every so many planes of a rate that no screen has', () => {
    const { playback, steps, places, goTo } = played()
    playback.framesPerSecond = 1000
    playback.start()
    for (let ms = 1; ms <= 1000; ms++) {
      goTo(ms)
      if (ms - (steps.at(-1) ?? ms) === 16) playback.shown()
    }
    expect(places.length).toBeLessThan(70)
    expect(places.every((place, at) => place === steps[at])).toBe(true)
  })
})

describe('what is shown of pixel values', () => {
  it('goes from black to any colour', () => {
    const table = lutTable('#ff8000')
    expect([...table.slice(0, 4)]).toEqual([0, 0, 0, 255])
    expect([...table.slice(4 * 255)]).toEqual([255, 128, 0, 255])
    expect([...table.slice(4 * 51, 4 * 52)]).toEqual([51, 26, 0, 255])
    expect(lutTable('#nonsense')).toEqual(lutTable('gray'))
  })
  it('is measured as it is', () => {
    fc.assert(
      fc.property(fc.uint16Array({ minLength: 1, maxLength: 500, max: 4095 }), (values) => {
        const histogram = planeHistogram({ pixels: values, rowSamples: values.length, significantBits: 12 })
        const sorted = [...values].toSorted((a, b) => a - b)
        expect(histogram).toMatchObject({ min: sorted[0], max: sorted.at(-1), maxValue: 4095 })
        expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6)
        expect(histogram.bins.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        const saturated = values.filter((value) => value === 4095).length
        expect(histogram.saturatedFraction).toBeCloseTo(saturated / values.length, 9)
      }),
      { numRuns: 60 },
    )
  })
  it('is measured where most values lie, of real numbers that have outliers, NaN and infinities among them', () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 500 }), fc.boolean(), (values, outliers) => {
        const others = outliers ? [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] : []
        const pixels = Float32Array.from([...others, ...values])
        const histogram = planeHistogram({ pixels, rowSamples: pixels.length, significantBits: undefined })
        const sorted = [...values].toSorted((a, b) => a - b)
        const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
        expect(histogram).toMatchObject({
          min: sorted[0],
          max: sorted.at(-1),
          maxValue: sorted.at(-1),
          p001: at(0.001),
          p999: at(0.999),
          saturatedFraction: 0,
        })
        expect(histogram.bins.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        const { from = 0, step = 0 } = histogram.real ?? {}
        expect(step).toBeGreaterThan(0)
        expect(from).toBeLessThan(histogram.binsUpTo)
        const { low, high } = windowOfHistogram(histogram)
        expect(high).toBeGreaterThan(low)
      }),
      { numRuns: 200 },
    )
    const dust = Float32Array.from({ length: 10_000 }, (_, i) => (i === 7 ? 1e30 : i / 10_000))
    const { p001, p999, binsUpTo } = planeHistogram({
      pixels: dust,
      rowSamples: 100,
      significantBits: undefined,
    })
    expect(binsUpTo).toBeLessThan(2)
    expect(p999 - p001).toBeCloseTo(0.998, 2)
  })
})
