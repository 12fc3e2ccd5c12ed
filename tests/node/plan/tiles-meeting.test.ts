import { describe, expect, it } from 'vitest'
import { tilesOf } from '../../../src-shared/plan/grid-tiles.ts'
import type { Point } from '../../../src-shared/plan/polygon.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import { tilesMeeting } from '../../../src-shared/plan/tiles-meeting.ts'
import { boxMeetsPolygon } from '../../fixtures/box-meets-polygon.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('tilesMeeting', () => {
  it('finds the tiles that a test of each by itself finds', () => {
    const whole = fc.integer({ min: -20, max: 20 })
    // Whole numbers, so that much touches and lies on one line; and any.
    const coordinate = fc.oneof(whole, fc.double({ min: -20, max: 20, noNaN: true }))
    const size = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 12 }),
        fc.record({ x0: whole, y0: whole, dx: size, dy: size, width: size, height: size }),
        (polygon, place) => {
          const grid = { rows: 6, columns: 7, ...place }
          const met = tilesMeeting(grid, polygon)
          for (let row = 0; row < grid.rows; row++) {
            for (let column = 0; column < grid.columns; column++) {
              const [x, y] = [grid.x0 + column * grid.dx, grid.y0 - row * grid.dy]
              const [halfWidth, halfHeight] = [grid.width / 2, grid.height / 2]
              const box = {
                left: x - halfWidth,
                right: x + halfWidth,
                bottom: y - halfHeight,
                top: y + halfHeight,
              }
              expect(met[row * grid.columns + column] === 1).toBe(boxMeetsPolygon(box, polygon))
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('lays many tiles over a region of many corners', () => {
    const corners = 10_000
    const vertices = Array.from({ length: corners }, (_, i): Point => {
      const angle = (2 * Math.PI * i) / corners
      return [50_000 * Math.cos(angle), 50_000 * Math.sin(angle)]
    })
    const { grid } = readPlan({ grid_plan: { vertices, fov_width: 330, fov_height: 330 } }).sequence
    const tiles = grid === undefined ? [] : tilesOf(grid, undefined)
    const area = (Math.PI * 50_000 ** 2) / 330 ** 2
    expect(tiles.length).toBeGreaterThan(area)
    expect(tiles.length).toBeLessThan(1.03 * area)
  })
})
