import { describe, expect, test } from 'vitest'
import { ClockOffset } from '../../../src-renderer/display/clock-offset.ts'
import { DisplayMeter } from '../../../src-renderer/display/display-meter.ts'

describe('DisplayMeter', () => {
  test('rates come from the times between frames, latencies are quantiles of the last two seconds', () => {
    const meter = new DisplayMeter()
    for (let i = 0; i < 200; i++) {
      const timeMs = i * 25
      meter.received(timeMs, i, 1000)
      meter.decoded(timeMs, 3)
      // Old values are large: they must not count.
      meter.shown(timeMs, 5, i < 100 ? 999 : (i % 20) + 1)
    }
    const stats = meter.stats(200 * 25)
    expect(stats.receivedFps).toBeCloseTo(40, 6)
    expect(stats.shownFps).toBeCloseTo(40, 6)
    expect(stats.bytesPerSecond).toBeCloseTo(40_000, -3)
    expect(stats).toMatchObject({
      latencyMs: 11,
      latencyP95Ms: 20,
      decodeMs: 3,
      drawMs: 5,
      missed: 0,
      dropped: 0,
    })
  })

  test('gaps in the frame numbers are missed frames; a stream that starts anew misses none', () => {
    const meter = new DisplayMeter()
    for (const frameId of [7, 8, 11, 12, 0, 2]) meter.received(0, frameId, 1)
    expect(meter.stats(1).missed).toBe(3)
    meter.restart()
    meter.received(2, 40, 1)
    expect(meter.stats(3).missed).toBe(0)
  })

  test('nothing is left of a stream that ended', () => {
    const meter = new DisplayMeter()
    for (let i = 0; i < 10; i++) meter.received(i * 10, i, 100)
    expect(meter.isActive(1000)).toBe(true)
    expect(meter.isActive(5000)).toBe(false)
    expect(meter.stats(5000)).toMatchObject({
      receivedFps: 0,
      shownFps: 0,
      bytesPerSecond: 0,
      latencyMs: undefined,
    })
  })
})

describe('ClockOffset', () => {
  test('the fastest round trip counts', () => {
    const clock = new ClockOffset()
    expect(clock.offsetMs).toBeUndefined()
    clock.add(1000, 6100, 1100) // 50 ms off the true 5000 at worst
    clock.add(2000, 7001, 2002)
    clock.add(3000, 8080, 3090)
    expect(clock.offsetMs).toBe(5000)
  })

  test('old round trips are forgotten, as clocks drift', () => {
    const clock = new ClockOffset()
    clock.add(0, 5000, 0)
    for (let i = 1; i <= 8; i++) clock.add(i * 1000, i * 1000 + 7001, i * 1000 + 2)
    expect(clock.offsetMs).toBe(7000)
  })
})
