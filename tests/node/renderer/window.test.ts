import { describe, expect, it } from 'vitest'
import { shownWindow } from '../../../src-renderer/actions/window-actions.ts'
import { histogramPath, transferPath, valueAxis } from '../../../src-renderer/components/histogram-shape.ts'
import { clampWindow, followWindow, windowOfHistogram } from '../../../src-renderer/stores/auto-window.ts'
import { defaultDetectorDisplay } from '../../../src-renderer/stores/view-store.ts'
import { paramsSchemaOf } from '../../../src-shared/stream-params.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('auto-contrast', () => {
  it('goes from the 0.1 % to the 99.9 % percentile, but is never empty', () => {
    expect(windowOfHistogram({ p001: 102.4, p999: 2900.2, maxValue: 4095 })).toEqual({ low: 102, high: 2901 })
    expect(windowOfHistogram({ p001: 5, p999: 5, maxValue: 4095 })).toEqual({ low: 5, high: 13 })
    expect(windowOfHistogram({ p001: 255, p999: 255, maxValue: 255 })).toEqual({ low: 247, high: 255 })
  })

  it('stands still on a steady image and arrives on a new one', () => {
    const target = { low: 100, high: 3000 }
    expect(followWindow(undefined, target)).toBe(target)
    const near = { low: 110, high: 2980 }
    expect(followWindow(near, target)).toBe(near)
    fc.assert(
      fc.property(fc.nat(60_000), fc.integer({ min: 8, max: 5000 }), (low, width) => {
        let window = { low, high: low + width }
        for (let i = 0; i < 30; i++) window = followWindow(window, target)
        expect(Math.abs(window.low - target.low)).toBeLessThanOrEqual(58)
        expect(Math.abs(window.high - target.high)).toBeLessThanOrEqual(58)
      }),
    )
  })

  it('stays within the camera’s values', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (low, high) => {
          const window = clampWindow({ low, high }, 4095)
          expect(window.low).toBeGreaterThanOrEqual(0)
          expect(window.high).toBeLessThanOrEqual(4095)
          expect(window.high).toBeGreaterThan(window.low)
        },
      ),
    )
  })
})

describe('the window on show', () => {
  const frame = { maxValue: 4095, windowed: undefined, protocol: 'binary' as const }
  const display = { ...defaultDetectorDisplay, low: 200, high: 900, gamma: 1.5 }
  const autoWindow = { low: 100, high: 2000 }

  it('belongs to the display for streams of pixel values', () => {
    const params = paramsSchemaOf.binary.parse({ protocol: 'binary' })
    const of = (windowMode: 'auto' | 'full' | 'manual') =>
      shownWindow({ display: { ...display, windowMode }, params, frame, autoWindow })
    expect(of('auto')).toEqual({ mode: 'auto', low: 100, high: 2000, gamma: 1.5, appliedBy: 'display' })
    expect(of('full')).toMatchObject({ low: 0, high: 4095 })
    expect(of('manual')).toMatchObject({ low: 200, high: 900 })
  })

  it('belongs to the stream for 8-bit streams: as asked for, or as sent', () => {
    const windowed = { low: 150, high: 1800, gamma: 0.8 }
    const jpegFrame = { ...frame, windowed, protocol: 'jpeg' as const }
    const auto = paramsSchemaOf.jpeg.parse({ protocol: 'jpeg', gamma: 0.8 })
    expect(shownWindow({ display, params: auto, frame: jpegFrame, autoWindow })).toEqual({
      mode: 'auto',
      low: 150,
      high: 1800,
      gamma: 0.8,
      appliedBy: 'stream',
    })
    const manual = { ...auto, windowMode: 'manual' as const, windowLow: 10, windowHigh: 20 }
    expect(shownWindow({ display, params: manual, frame: jpegFrame, autoWindow })).toMatchObject({
      low: 10,
      high: 20,
    })
  })
})

describe('the histogram’s curve', () => {
  const bins = new Uint32Array(256)
  bins[0] = 1000
  bins[16] = 10
  const histogram = { bins, binsUpTo: 4095, maxValue: 4095, min: 90, p001: 100, p999: 400 }

  it('shows the whole range, or what image and window need', () => {
    expect(valueAxis('full', { low: 0, high: 10 }, histogram)).toEqual({ from: 0, to: 4095 })
    const axis = valueAxis('data', { low: 200, high: 1000 }, histogram)
    expect(axis.from).toBeLessThan(100)
    // A little noise does not move it.
    expect(valueAxis('data', { low: 200, high: 1000 }, { ...histogram, p001: 103, p999: 396 })).toEqual(axis)
    expect(axis.to).toBeGreaterThan(1000)
    expect(axis.to).toBeLessThanOrEqual(1200)
  })

  it('has a height for every bin, and is not flattened by the background', () => {
    const axis = { from: 0, to: 4095 }
    const heights = (scale: 'linear' | 'log') =>
      [...histogramPath(histogram, axis, scale).matchAll(/L[\d.]+ ([\d.]+)/g)].map(
        (match) => 1 - Number(match[1]),
      )
    expect(Math.max(...heights('linear'))).toBe(1)
    // Bin 16 is the second largest: full height on the linear scale.
    expect(heights('linear')[32]).toBe(1)
    expect(heights('log')[32]).toBeCloseTo(Math.log1p(10) / Math.log1p(1000), 3)
  })

  it('draws finite numbers whatever the window', () => {
    fc.assert(
      fc.property(fc.nat(4095), fc.nat(4095), fc.constantFrom(0.1, 1, 5), (low, high, gamma) => {
        const window = clampWindow({ low, high }, 4095)
        const axis = valueAxis('data', window, histogram)
        for (const path of [transferPath(window, gamma, axis), histogramPath(histogram, axis, 'log')]) {
          expect(path).not.toMatch(/NaN|Infinity/)
        }
      }),
    )
  })
})
