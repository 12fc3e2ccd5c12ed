import { describe, expect, it } from 'vitest'
import { emptySequence } from '../../../src-renderer/stores/plan-draft.ts'
import {
  beginDrawing,
  type Drawing,
  type DrawingStep,
  drawByKey,
  finish,
  setCorner,
} from '../../../src-renderer/views/acquire/map/map-drawing.ts'
import {
  fitBox,
  nearTravel,
  panFrame,
  roundDistanceUm,
  toMap,
  toStage,
  unionOf,
  zoomFrame,
} from '../../../src-renderer/views/acquire/map/map-frame.ts'
import {
  linePath,
  mapTiles,
  placesOf,
  planBox,
  rectanglesPath,
} from '../../../src-renderer/views/acquire/map/map-shapes.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const size = { width: 400, height: 200 }
const um = fc.double({ min: -1e5, max: 1e5, noNaN: true })

describe('the map of the stage', () => {
  it('keeps what lies under the pointer while it zooms', () => {
    fc.assert(
      fc.property(um, um, fc.double({ min: 0.1, max: 10, noNaN: true }), (x, y, factor) => {
        const frame = { centreX: x, centreY: y, scale: 0.3 }
        const pointer = { x: 320, y: 40 }
        const before = toStage(frame, size, pointer)
        const after = toMap(zoomFrame(frame, size, factor, pointer), size, before)
        expect(after.x).toBeCloseTo(pointer.x, 6)
        expect(after.y).toBeCloseTo(pointer.y, 6)
      }),
    )
  })

  it('shows all of a box, y downwards as in the image', () => {
    const frame = fitBox({ left: 0, right: 1000, bottom: -100, top: 100 }, size)
    expect(toMap(frame, size, { x: 500, y: 0 })).toEqual({ x: 200, y: 100 })
    expect(toMap(frame, size, { x: 0, y: 100 }).x).toBeGreaterThan(0)
    expect(toMap(frame, size, { x: 0, y: 100 }).y).toBeGreaterThan(100)
    expect(panFrame(frame, 10, 0).centreX).toBeLessThan(frame.centreX)
    // Before the page has given it any room.
    expect(fitBox({ left: 0, right: 0, bottom: 0, top: 0 }, { width: 0, height: 0 }).scale).toBe(1)
  })

  it('has a scale bar of a round length', () => {
    for (const scale of [0.0003, 0.02, 1, 7.7]) {
      const length = roundDistanceUm({ centreX: 0, centreY: 0, scale }, 110)
      expect(length * scale).toBeLessThanOrEqual(110)
      expect(length * scale).toBeGreaterThan(40)
      expect(['1', '2', '5']).toContain(length.toExponential(0)[0])
    }
  })

  it('does not follow a slip far off the travel', () => {
    const travel = { left: -100, right: 100, bottom: -100, top: 100 }
    const far = { left: -50, right: 1e9, bottom: 0, top: 10 }
    expect(nearTravel(far, travel)).toEqual({ left: -50, right: 1600, bottom: 0, top: 10 })
    expect(nearTravel(far, undefined)).toBe(far)
    expect(unionOf([])).toBeUndefined()
  })

  it('draws places, wells and tiles where they are', () => {
    const { sequence } = readPlan({
      stage_positions: [{ x: 100, y: 200, name: 'left' }, { z: 5 }, { x: 0, y: 0 }],
      grid_plan: { rows: 1, columns: 2, fov_width: 10, fov_height: 10 },
    })
    const places = placesOf(sequence, undefined)
    expect(places).toEqual([
      { x: 100, y: 200, label: 'left' },
      { x: 0, y: 0, label: 'P3' },
    ])
    const tiles = mapTiles(sequence, [[100, 200]], undefined)
    expect(tiles.centres).toEqual([
      [95, 200],
      [105, 200],
    ])
    expect(planBox(sequence, { places, tiles }, undefined)).toEqual({
      left: -5,
      right: 110,
      bottom: -5,
      top: 205,
    })
    expect(
      planBox(emptySequence, { places: [], tiles: { centres: [], cut: false } }, undefined),
    ).toBeUndefined()
    expect(rectanglesPath([[5, 5]], { widthUm: 4, heightUm: 2 })).toBe('M3 4h4v2h-4z')
    expect(
      linePath([
        [0, 0],
        [1, 2],
      ]),
    ).toBe('M0 0L1 2')
    const plate = readPlan({
      stage_positions: {
        plate: 96,
        a1_center_xy: [0, 0],
        selected_wells: [[1], [2]],
        well_points_plan: { rows: 2, columns: 2 },
      },
    }).sequence
    expect(placesOf(plate, undefined)).toEqual([{ x: 18_000, y: -9000, label: 'B3' }])
    expect(placesOf(plate, { widthUm: 10, heightUm: 10 })).toHaveLength(4)
  })

  it('says that there are more tiles than it draws', () => {
    const { sequence } = readPlan({ grid_plan: { rows: 200, columns: 200, fov_width: 1, fov_height: 1 } })
    const tiles = mapTiles(sequence, [[0, 0]], undefined)
    expect(tiles.cut).toBe(true)
    expect(tiles.centres.length).toBe(20_000)
    expect(
      mapTiles(readPlan({ grid_plan: { rows: 2, columns: 2 } }).sequence, [[0, 0]], undefined).centres,
    ).toEqual([])
  })
})

describe('drawing on the map', () => {
  const drawing = (step: DrawingStep | undefined): Drawing => {
    if (step?.kind !== 'drawing') throw new Error(`ended: ${step?.kind}`)
    return step.drawing
  }
  const keys = { centre: [0, 0], stepUm: 10 } as const
  const press = (from: Drawing, ...pressed: readonly string[]): DrawingStep | undefined => {
    let step: DrawingStep | undefined = { kind: 'drawing', drawing: from }
    for (const key of pressed) {
      step = drawByKey(
        drawing(step),
        { key: key.replace('Shift ', ''), shiftKey: key.startsWith('Shift') },
        keys,
      )
    }
    return step
  }

  it('makes an area of two corners, however they lie', () => {
    const begun = drawing(setCorner(beginDrawing('area'), [30, 10]))
    expect(setCorner(begun, [-10, 50])).toEqual({
      kind: 'area',
      box: { left: -10, right: 30, bottom: 10, top: 50 },
    })
    // A click alone is no area yet.
    expect(finish({ ...begun, cursor: [30, 10] }).kind).toBe('drawing')
  })

  it('makes an area by keys', () => {
    expect(press(beginDrawing('area'), 'ArrowLeft', ' ', 'Shift ArrowRight', 'ArrowDown', 'Enter')).toEqual({
      kind: 'area',
      box: { left: -10, right: 40, bottom: 0, top: 10 },
    })
  })

  it('makes a polygon of three corners or more, and takes them back', () => {
    const two = drawing(press(beginDrawing('polygon'), ' ', 'ArrowRight', ' '))
    expect(finish(two).kind).toBe('drawing')
    expect(press(two, 'Backspace', 'Backspace', 'Backspace')).toEqual({ kind: 'given-up' })
    expect(press(two, 'ArrowDown', ' ', 'Enter')).toEqual({
      kind: 'polygon',
      vertices: [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
    })
    expect(press(two, 'Escape')).toEqual({ kind: 'given-up' })
    expect(press(two, 'q')).toBeUndefined()
  })
})
