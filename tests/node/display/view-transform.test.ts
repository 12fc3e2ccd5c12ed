import { describe, expect, test } from 'vitest'
import {
  actualSizeView,
  clampView,
  fitView,
  panBy,
  scaleBar,
  toCanvas,
  toImage,
  viewForGeometry,
  wheelZoomFactor,
  zoomAt,
  zoomLimits,
} from '../../../src-renderer/display/view-transform.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const image = { width: 2048, height: 1536 }
const canvas = { width: 1000, height: 800 }

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 9000 }),
  height: fc.integer({ min: 1, max: 9000 }),
})
const ratios = fc.constantFrom(1, 1.25, 1.5, 2, 3)
const points = fc.record({
  x: fc.double({ min: -50, max: 4000, noNaN: true }),
  y: fc.double({ min: -50, max: 4000, noNaN: true }),
})

describe('fit', () => {
  test('the whole image touches the canvas in one direction', () => {
    fc.assert(
      fc.property(sizes, sizes, (of, into) => {
        const view = fitView(of, into)
        const corner = toCanvas(view, into, { x: of.width, y: of.height })
        const origin = toCanvas(view, into, { x: 0, y: 0 })
        expect(Math.min(origin.x, origin.y)).toBeCloseTo(0, 6)
        expect(Math.max(corner.x - into.width, corner.y - into.height)).toBeCloseTo(0, 6)
        expect(origin.x).toBeCloseTo(into.width - corner.x, 6)
      }),
    )
  })

  test('a canvas without area gives a usable view', () => {
    expect(fitView(image, { width: 0, height: 0 }).zoom).toBe(1)
  })
})

describe('actual size', () => {
  test('image pixels fall exactly on device pixels', () => {
    fc.assert(
      fc.property(sizes, sizes, ratios, (of, into, devicePixelRatio) => {
        const view = actualSizeView(of, into, devicePixelRatio)
        const deviceWidth = Math.round(into.width * devicePixelRatio)
        const left = view.centerX - deviceWidth / 2
        expect(left).toBeCloseTo(Math.round(left), 9)
        expect(view.zoom * devicePixelRatio).toBe(1)
        expect(Math.abs(view.centerX - of.width / 2)).toBeLessThan(1)
      }),
    )
  })

  test('goes to the point asked for', () => {
    expect(actualSizeView(image, canvas, 1, { x: 700, y: 800 })).toEqual({
      zoom: 1,
      centerX: 700,
      centerY: 800,
    })
    expect(actualSizeView(image, canvas, 1, { x: 0, y: 0 })).toEqual({ zoom: 1, centerX: 500, centerY: 400 })
  })
})

describe('zoom', () => {
  test('keeps the point under the cursor', () => {
    const view = { zoom: 2, centerX: 1000, centerY: 700 }
    const at = { x: 300, y: 555 }
    const zoomed = zoomAt(view, { image, canvas, devicePixelRatio: 1, factor: 1.5, at })
    expect(zoomed.zoom).toBe(3)
    const before = toImage(view, canvas, at)
    const after = toImage(zoomed, canvas, at)
    expect(after.x).toBeCloseTo(before.x, 9)
    expect(after.y).toBeCloseTo(before.y, 9)
  })

  test('stays within the limits, in which the fitted view always lies', () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        ratios,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        points,
        (of, into, devicePixelRatio, factor, at) => {
          const limits = zoomLimits(of, into, devicePixelRatio)
          const fit = fitView(of, into)
          expect(fit.zoom).toBeGreaterThanOrEqual(limits.min)
          expect(fit.zoom).toBeLessThanOrEqual(limits.max)
          const { zoom } = zoomAt(fit, { image: of, canvas: into, devicePixelRatio, factor, at })
          expect(zoom).toBeGreaterThanOrEqual(limits.min)
          expect(zoom).toBeLessThanOrEqual(limits.max)
        },
      ),
    )
  })

  test('a wheel notch up magnifies, and one down undoes it', () => {
    const up = wheelZoomFactor({ deltaY: -100, deltaMode: 0 })
    expect(up).toBeGreaterThan(1.05)
    expect(up).toBeLessThan(1.2)
    expect(up * wheelZoomFactor({ deltaY: 100, deltaMode: 0 })).toBeCloseTo(1, 12)
    expect(wheelZoomFactor({ deltaY: -3, deltaMode: 1 })).toBeCloseTo(
      wheelZoomFactor({ deltaY: -48, deltaMode: 0 }),
      12,
    )
  })
})

describe('pan and clamp', () => {
  test('a drag moves the image with the pointer', () => {
    const view = { zoom: 4, centerX: 1000, centerY: 700 }
    const moved = panBy(view, { dx: 40, dy: -20 }, image, canvas)
    expect(moved).toEqual({ zoom: 4, centerX: 990, centerY: 705 })
  })

  test('the canvas stays filled where the image is larger, and the image centred where it is smaller', () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        points,
        (of, into, zoom, center) => {
          const view = clampView({ zoom, centerX: center.x, centerY: center.y }, of, into)
          const origin = toCanvas(view, into, { x: 0, y: 0 })
          const corner = toCanvas(view, into, { x: of.width, y: of.height })
          if (of.width * zoom >= into.width) {
            expect(origin.x).toBeLessThanOrEqual(1e-6)
            expect(corner.x).toBeGreaterThanOrEqual(into.width - 1e-6)
          } else {
            expect(origin.x).toBeCloseTo(into.width - corner.x, 6)
          }
        },
      ),
    )
  })
})

test('image and canvas coordinates are each other’s inverse', () => {
  fc.assert(
    fc.property(points, points, fc.double({ min: 0.01, max: 64, noNaN: true }), (point, center, zoom) => {
      const view = { zoom, centerX: center.x, centerY: center.y }
      const back = toCanvas(view, canvas, toImage(view, canvas, point))
      expect(back.x).toBeCloseTo(point.x, 6)
      expect(back.y).toBeCloseTo(point.y, 6)
    }),
  )
})

test('another crop and subsampling keep the specimen in place', () => {
  const full = { ...image, originalWidth: 2048, originalHeight: 1536, offsetX: 0, offsetY: 0, subsampling: 1 }
  const cut = { ...full, width: 256, height: 256, offsetX: 768, offsetY: 512, subsampling: 2 }
  const view = { zoom: 1.5, centerX: 900, centerY: 600 }
  const other = viewForGeometry(view, full, cut)
  const cameraPixel = { x: 1000, y: 700 }
  const before = toCanvas(view, canvas, cameraPixel)
  const after = toCanvas(other, canvas, { x: (cameraPixel.x - 768) / 2, y: (cameraPixel.y - 512) / 2 })
  expect(after).toEqual(before)
  expect(viewForGeometry(other, cut, full)).toEqual(view)
})

describe('scale bar', () => {
  test.each([
    [0.325, 1, '50 µm', 50 / 0.325],
    [0.065, 2, '5 µm', (5 / 0.065) * 2],
    [0.001, 1, '100 nm', 100],
    [10, 1, '1 mm', 100],
  ])('%s µm per pixel at zoom %s', (pixelSizeUm, zoom, label, lengthCssPx) => {
    const bar = scaleBar(pixelSizeUm, zoom)
    expect(bar?.label).toBe(label)
    expect(bar?.lengthCssPx).toBeCloseTo(lengthCssPx, 9)
  })

  test('is always a round number and 64 to 160 pixels long', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 100, noNaN: true }),
        fc.double({ min: 0.01, max: 64, noNaN: true }),
        (pixelSizeUm, zoom) => {
          const bar = scaleBar(pixelSizeUm, zoom)
          expect(bar?.lengthCssPx).toBeGreaterThanOrEqual(63.9)
          expect(bar?.lengthCssPx).toBeLessThanOrEqual(160.1)
          expect(bar?.label).toMatch(/^[125]0* (nm|µm|mm)$|^0\.[0125]+ nm$/)
        },
      ),
    )
  })

  test('there is none without calibration', () => {
    expect(scaleBar(undefined, 1)).toBeUndefined()
    expect(scaleBar(0, 1)).toBeUndefined()
  })
})
