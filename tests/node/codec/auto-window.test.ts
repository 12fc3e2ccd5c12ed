import { describe, expect, test } from 'vitest'
import { AutoWindow } from '../../../src-main/live-view/encoders/auto-window.ts'

const frame = (p001: number, p999: number) => ({ min: p001, max: p999, mean: p001, p001, p999, saturated: 0 })
const at = (timeMs: number) => ({ significantBits: 12, timeMs })

describe('AutoWindow', () => {
  test('begins with the first frame', () => {
    expect(new AutoWindow().next(frame(200, 1000), at(5000))).toEqual({ low: 200, high: 1000 })
  })

  test('a lasting change is followed within a second, a single outlier hardly', () => {
    const window = new AutoWindow()
    window.next(frame(200, 1000), at(0))
    expect(window.next(frame(200, 1100), at(33)).high).toBeLessThan(1011)
    for (let timeMs = 66; timeMs < 1500; timeMs += 33) window.next(frame(200, 1100), at(timeMs))
    expect(window.next(frame(200, 1100), at(1500)).high).toBeGreaterThan(1098)
  })

  test('the pace does not depend on the frame rate', () => {
    const highAfter = (periodMs: number) => {
      const window = new AutoWindow()
      window.next(frame(0, 1000), at(0))
      for (let timeMs = periodMs; timeMs < 300; timeMs += periodMs) window.next(frame(0, 1200), at(timeMs))
      return window.next(frame(0, 1200), at(300)).high
    }
    expect(highAfter(10)).toBeCloseTo(highAfter(100), 6)
  })

  test('a new scene is shown at once', () => {
    const window = new AutoWindow()
    window.next(frame(200, 1000), at(0))
    expect(window.next(frame(200, 3900), at(10))).toEqual({ low: 200, high: 3900 })
  })

  test('a dark image is not stretched to noise', () => {
    expect(new AutoWindow().next(frame(100, 103), at(0))).toEqual({ low: 100, high: 116 })
  })
})
