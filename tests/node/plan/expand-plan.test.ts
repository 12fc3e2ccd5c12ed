import { describe, expect, it } from 'vitest'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import { expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import { axesOf } from '../../../src-shared/plan/plan-axes.ts'
import { cellsInOrder, gridOrderSchema } from '../../../src-shared/plan/grid-order.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import { planFiles } from './plan-files.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const fieldOfView = { widthUm: 100, heightUm: 100 }
const events = (file: unknown): AcquisitionEvent[] => [
  ...expandPlan(readPlan(file).sequence, { fieldOfView }),
]

describe('expandPlan', () => {
  it('makes events one at a time: a plan of a trillion begins at once', () => {
    const { sequence } = readPlan({ time_plan: { interval: 1, loops: 1e12 }, channels: ['A', 'B'] })
    const first = []
    for (const event of expandPlan(sequence)) {
      first.push(event)
      if (first.length === 3) break
    }
    expect(first.map(({ index }) => index)).toEqual([
      { t: 0, c: 0 },
      { t: 0, c: 1 },
      { t: 1, c: 0 },
    ])
  })

  it('does not go on for ever where nearly nothing is taken', () => {
    const { sequence } = readPlan({
      time_plan: { interval: 0, loops: 1e12 },
      channels: [{ config: 'A', acquire_every: 1e12 }],
    })
    expect(() => [...expandPlan(sequence)]).toThrow('channels: leave out more than 100000 images')
  })

  it('is the same each time, autofocus and random points included', () => {
    const file = {
      autofocus_plan: { axes: ['p'] },
      stage_positions: [{ x: 0, z: 1 }],
      grid_plan: { num_points: 5, max_width: 100, max_height: 100 },
    }
    const { sequence } = readPlan(file)
    expect([...expandPlan(sequence)]).toEqual([...expandPlan(sequence)])
    expect(events(file).filter(({ action }) => action.type === 'hardwareAutofocus')).toHaveLength(1)
  })

  it('has every combination once, and no other', () => {
    fc.assert(
      fc.property(planFiles, (file) => {
        const { sequence } = readPlan(file)
        const images = [...expandPlan(sequence, { fieldOfView })]
        const keys = images.map(({ index }) =>
          JSON.stringify(['t', 'p', 'g', 'c', 'z'].map((axis) => ({ ...index })[axis] ?? null)),
        )
        expect(new Set(keys).size).toBe(keys.length)
        const { t, p, c } = axesOf(sequence, { fieldOfView })
        for (const { index } of images) {
          expect(index.t ?? 0).toBeLessThan(Math.max(1, t.length))
          expect(index.p ?? 0).toBeLessThan(Math.max(1, p.length))
          expect(index.c ?? 0).toBeLessThan(Math.max(1, c.length))
        }
        expect(images.at(-1)?.keepShutterOpen ?? false).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('never sends the focus anywhere that the plan does not say', () => {
    const wells = { plate: 96, a1_center_xy: [0, 0], selected_wells: [[0], [0]] }
    expect(events({ stage_positions: wells }).map(({ zUm }) => zUm)).toEqual([undefined])
    expect(events({ channels: ['A'] }).map(({ zUm }) => zUm)).toEqual([undefined])
  })

  it('leaks nothing from one event of a position’s own sequence to the next', () => {
    const sub = { channels: [{ config: 'A', exposure: 5 }, { config: 'B' }] }
    const file = { stage_positions: [{ x: 0, properties: [['Cam', 'Gain', 2]], sequence: sub }] }
    expect(events(file).map(({ exposureMs, properties }) => [exposureMs, properties.length])).toEqual([
      [5, 1],
      [undefined, 0],
    ])
  })

  it('keeps all channels of a position whose own sequence plans nothing', () => {
    const file = { channels: ['A', 'B'], stage_positions: [{ x: 0, sequence: { metadata: { note: 1 } } }] }
    expect(events(file)).toHaveLength(2)
  })

  it('adds a channel’s focus offset in the stacks of positions, too', () => {
    const file = {
      channels: [{ config: 'A', z_offset: 0.5 }],
      stage_positions: [{ z: 10, sequence: { z_plan: { range: 2, step: 1 } } }],
    }
    expect(events(file).map(({ zUm }) => zUm)).toEqual([9.5, 10.5, 11.5])
  })

  it('asks for the size of an image where a grid needs it', () => {
    const { sequence } = readPlan({ grid_plan: { rows: 2, columns: 2 } })
    expect(() => [...expandPlan(sequence)]).toThrow(/size of an image/)
    expect([...expandPlan(sequence, { fieldOfView })]).toHaveLength(4)
  })

  it('refuses more tiles than anybody images', () => {
    const { sequence } = readPlan({ grid_plan: { width: 1e9, height: 1e9 } })
    expect(() => [...expandPlan(sequence, { fieldOfView })]).toThrow(/tiles are more than/)
  })
})

describe('grids', () => {
  it('visit every cell once, neighbours next to each other in snakes and spirals', () => {
    const size = fc.integer({ min: 1, max: 9 })
    fc.assert(
      fc.property(fc.constantFrom(...gridOrderSchema.options), size, size, (order, rows, columns) => {
        const cells = [...cellsInOrder(order, rows, columns)]
        expect(new Set(cells.map(({ row, column }) => row * columns + column)).size).toBe(rows * columns)
        expect(cells).toHaveLength(rows * columns)
        const steps = cells.slice(1).map(({ row, column }, i) => {
          const before = cells[i] ?? { row, column }
          return Math.abs(row - before.row) + Math.abs(column - before.column)
        })
        if (order.endsWith('snake') || (order === 'spiral' && rows === columns))
          expect(steps.every((step) => step === 1)).toBe(true)
      }),
    )
  })

  it('in a spiral over one long row are there at once', () => {
    expect([...cellsInOrder('spiral', 1, 300_000)]).toHaveLength(300_000)
  })

  it('over a polygon has the tiles that meet it', () => {
    const triangle = [
      [0, 0],
      [300, 0],
      [0, 300],
    ]
    const tiles = events({ grid_plan: { vertices: triangle, mode: 'row_wise' } })
    // Of 3 x 3 tiles all but the one at the top right, whose corner alone touches nothing.
    expect(tiles.map(({ xUm, yUm }) => [xUm, yUm])).toEqual([
      [50, 250],
      [150, 250],
      [50, 150],
      [150, 150],
      [250, 150],
      [50, 50],
      [150, 50],
      [250, 50],
    ])
  })

  it('over a region of which an offset would leave nothing are refused', () => {
    const vertices = [
      [0, 0],
      [1000, 0],
      [0, 1000],
    ]
    const tiles = (offset: number) => events({ grid_plan: { vertices, offset } }).length
    expect(tiles(-100)).toBeLessThan(tiles(0))
    expect(() => tiles(-5000)).toThrow('grid_plan: moving the sides by -5000 µm makes another shape')
  })

  it('over a region of too many corners are refused, as finding them would never end', () => {
    const vertices = Array.from({ length: 5000 }, (_, i) => [i / 5000, (i % 2) * 900_000])
    const { sequence } = readPlan({ grid_plan: { vertices, fov_width: 1, fov_height: 1 } })
    expect(() => [...expandPlan(sequence)]).toThrow('5000 corners are too many for 900000 x 1 tiles')
  })

  it('over a polygon that was enlarged, or its hull, has more of them', () => {
    const notched = [
      [0, 0],
      [200, 0],
      [200, 200],
      [100, 110],
      [0, 200],
    ]
    const square = [
      [0, 0],
      [0, 200],
      [200, 200],
      [200, 0],
    ]
    const count = (vertices: number[][], more: object = {}) =>
      events({ grid_plan: { vertices, fov_width: 20, fov_height: 20, ...more } }).length
    expect(count(notched, { convex_hull: true })).toBe(100)
    expect(count(notched)).toBeLessThan(100)
    expect(count(square, { offset: 20 })).toBe(144)
  })

  it('of random points keep apart where they must not overlap', () => {
    const file = {
      grid_plan: { num_points: 12, max_width: 1000, max_height: 1000, allow_overlap: false, random_seed: 7 },
    }
    const points = events(file)
    expect(points).toHaveLength(12)
    for (const [i, a] of points.entries())
      for (const b of points.slice(i + 1)) {
        const apart = Math.max(Math.abs((a.xUm ?? 0) - (b.xUm ?? 0)), Math.abs((a.yUm ?? 0) - (b.yUm ?? 0)))
        expect(apart).toBeGreaterThanOrEqual(100)
      }
  })
})
