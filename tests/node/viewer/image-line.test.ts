import { describe, expect, it } from 'vitest'
import { dragLine, toggleMeasuring } from '../../../src-renderer/actions/viewer-actions.ts'
import {
  type ImageLine,
  lineAngle,
  snappedLine,
  valuesAlong,
} from '../../../src-renderer/display/image-line.ts'
import { createViewerStore } from '../../../src-renderer/stores/viewer-store.ts'
import { createShownStore } from '../../../src-renderer/stores/shown-store.ts'
import { lengthText } from '../../../src-renderer/views/viewer/line-words.ts'
import { profilePath, profileRange } from '../../../src-renderer/views/viewer/profile-shape.ts'

const line = (x: number, y: number): ImageLine => ({ from: { x: 10, y: 10 }, to: { x: 10 + x, y: 10 + y } })

describe('a line', () => {
  it('is as long as its pixels are', () => {
    expect(lengthText(line(30, 40), 0.325)).toBe('16.25 µm')
    expect(lengthText(line(3000, 4000), 0.5)).toBe('2.5 mm')
    expect(lengthText(line(30, 40), undefined)).toBe('50.0 px')
  })
  it('rises upwards, and is turned to steps of 45°', () => {
    expect(lineAngle(line(10, -10))).toBeCloseTo(45)
    const { to } = snappedLine(line(30, 2))
    expect(to.y).toBeCloseTo(10)
    expect(to.x).toBeCloseTo(10 + Math.hypot(30, 2))
  })
  it('has the values of the pixels that it goes through, and none outside of the image', () => {
    const values = valuesAlong(line(4, 0), ({ x, y }) => (x < 13 ? Math.floor(x) * 100 + y : undefined))
    expect([...values]).toEqual([1010, 1110, 1210, Number.NaN, Number.NaN])
    expect([...valuesAlong(line(0, 0), () => [10, 20, 60])]).toEqual([30])
    expect(valuesAlong(line(1e6, 0), () => 1).length).toBe(4096)
  })
  it('is drawn by a drag, and changed by its ends', () => {
    const store = createViewerStore()
    store.setState({ measuring: true })
    const shown = createShownStore()
    shown.setState(({ viewport }) => ({
      viewport: {
        ...viewport,
        view: { zoom: 2, centerX: 50, centerY: 50 },
        canvas: { width: 200, height: 200 },
      },
    }))
    const viewer = { store, image: { shown } }
    const drag = (from: readonly [number, number], to: readonly [number, number], shiftKey = false) =>
      dragLine(viewer, { x: from[0], y: from[1] })({ x: to[0], y: to[1] }, { shiftKey })
    drag([20, 20], [60, 40])
    expect(store.getState().line).toEqual({ from: { x: 10, y: 10 }, to: { x: 30, y: 20 } })
    drag([62, 38], [100, 40])
    expect(store.getState().line).toEqual({ from: { x: 10, y: 10 }, to: { x: 50, y: 20 } })
    drag([21, 19], [100, 100])
    expect(store.getState().line).toEqual({ from: { x: 50, y: 20 }, to: { x: 50, y: 50 } })
    drag([0, 100], [80, 104], true)
    expect(store.getState().line?.to.y).toBeCloseTo(50)
    const follow = dragLine(viewer, { x: 20, y: 20 })
    toggleMeasuring(viewer)
    follow({ x: 90, y: 90 }, { shiftKey: false })
    expect(store.getState().line).toBeUndefined()
  })
})

describe('its values', () => {
  it('fill the plot, interrupted where there are none', () => {
    const values = Float32Array.of(0, 10, Number.NaN, 5)
    const profile = [{ channel: 0, values }]
    const range = profileRange(profile)
    if (range === undefined) throw new Error('no values')
    expect(range).toEqual({ low: 0, high: 10 })
    expect(profilePath(values, range)).toBe('M0.0000 1.0000L0.3333 0.0000M1.0000 0.5000')
    expect(profileRange([{ channel: 0, values: Float32Array.of(Number.NaN) }])).toBeUndefined()
    const endless = Float32Array.of(0, Infinity, 10, -Infinity)
    expect(profileRange([{ channel: 0, values: endless }])).toEqual(range)
    expect(profilePath(endless, range)).toBe('M0.0000 1.0000M0.6667 0.0000')
    expect(profilePath(Float32Array.of(7, 7), { low: 7, high: 7 })).toBe('M0.0000 0.5000L1.0000 0.5000')
  })
})
