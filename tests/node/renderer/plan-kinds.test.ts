import { describe, expect, it } from 'vitest'
import {
  gridKinds,
  gridOfKind,
  gridOver,
  gridWithin,
} from '../../../src-renderer/views/acquire/grid-kinds.ts'
import {
  stackKinds,
  stackOfKind,
  stackSpan,
  withEnd,
  withPlaneCount,
} from '../../../src-renderer/views/acquire/stack-kinds.ts'
import { phaseFacts, phaseKinds, phaseOfKind } from '../../../src-renderer/views/acquire/time-phases.ts'
import { wellsWith, type Well } from '../../../src-renderer/views/acquire/well-choice.ts'
import type { GridPlan } from '../../../src-shared/plan/grid-plan.ts'
import { tilesOf } from '../../../src-shared/plan/grid-tiles.ts'
import { boundsOf } from '../../../src-shared/plan/polygon.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import { type TimePhase, timesOf } from '../../../src-shared/plan/time-plan.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { planesOf, type ZPlan } from '../../../src-shared/plan/z-plan.ts'
import { emptySequence } from '../../../src-renderer/stores/plan-draft.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const topBottom: Extract<ZPlan, { kind: 'topBottom' }> = {
  kind: 'topBottom',
  topUm: 14,
  bottomUm: 8,
  stepUm: 2,
  goUp: true,
}
const at = { focusUm: 10, stepUm: 1 }

describe('kinds of focus stacks', () => {
  it('keep span and step, around the focus or on the stage', () => {
    const around = stackOfKind(topBottom, 'rangeAround', at)
    expect(around).toEqual({ kind: 'rangeAround', rangeUm: 6, stepUm: 2, goUp: true })
    expect(stackOfKind(topBottom, 'aboveBelow', at)).toMatchObject({ aboveUm: 3, belowUm: 3 })
    expect(stackSpan(stackOfKind(around, 'topBottom', at))).toEqual({ lowUm: 7, highUm: 13 })
  })

  it('make even planes of listed ones', () => {
    const listed: ZPlan = { kind: 'relative', planesUm: [-2, 5, 0], goUp: false }
    expect(stackOfKind(listed, 'aboveBelow', at)).toEqual({
      kind: 'aboveBelow',
      aboveUm: 5,
      belowUm: 2,
      stepUm: 1,
      goUp: false,
    })
  })

  it('take the higher end as the top, whichever was set', () => {
    expect(withEnd(topBottom, 'top', 3)).toMatchObject({ topUm: 8, bottomUm: 3 })
    expect(withEnd(topBottom, 'bottom', 20)).toMatchObject({ topUm: 20, bottomUm: 14 })
    expect(withEnd(topBottom, 'bottom', 5)).toMatchObject({ topUm: 14, bottomUm: 5 })
  })

  it('have as many planes as were asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.01, max: 5000, noNaN: true }),
        (count, rangeUm) => {
          const rest = { stepUm: rangeUm / 7, goUp: true }
          const plans = [
            withPlaneCount({ kind: 'rangeAround', rangeUm, ...rest }, count),
            withPlaneCount({ kind: 'aboveBelow', aboveUm: rangeUm / 3, belowUm: rangeUm, ...rest }, count),
            withPlaneCount({ kind: 'topBottom', topUm: rangeUm, bottomUm: 0, ...rest }, count),
          ]
          expect(plans.map((plan) => planesOf(plan).length)).toEqual([count, count, count])
        },
      ),
    )
  })

  it('keep their step around the focus, and their ends where these were set', () => {
    const around = { kind: 'rangeAround', rangeUm: 5, stepUm: 0.5, goUp: true } as const
    expect(withPlaneCount(around, 21)).toEqual({ ...around, rangeUm: 10 })
    const uneven = { kind: 'aboveBelow', aboveUm: 2, belowUm: 6, stepUm: 1, goUp: true } as const
    expect(withPlaneCount(uneven, 17)).toEqual({ ...uneven, aboveUm: 4, belowUm: 12 })
    expect(withPlaneCount(topBottom, 7)).toEqual({ ...topBottom, stepUm: 1 })
    expect(withPlaneCount({ ...topBottom, topUm: 8 }, 3)).toMatchObject({ topUm: 8, stepUm: 2 })
  })

  it('stay readable, from any to any', () => {
    for (const { value: from } of stackKinds)
      for (const { value: to } of stackKinds) {
        const z = stackOfKind(stackOfKind(topBottom, from, at), to, at)
        expect(() => readPlan(writePlan({ ...emptySequence, z }))).not.toThrow()
      }
  })
})

describe('kinds of tiles', () => {
  const fieldOfView = { widthUm: 100, heightUm: 80 }
  const around = { centre: [500, 300], fieldOfView } as const
  const grid: GridPlan = {
    kind: 'rowsColumns',
    rows: 3,
    columns: 4,
    relativeTo: 'center',
    overlap: [10, 10],
    order: 'spiral',
    fovWidthUm: undefined,
    fovHeightUm: undefined,
  }

  it('cover about the same area, around the same middle', () => {
    const edges = gridOfKind(grid, 'edges', around)
    expect(edges).toMatchObject({ left: 320, right: 680, bottom: 192, top: 408, order: 'spiral' })
    const polygon = gridOfKind(edges, 'polygon', around)
    expect(polygon.kind === 'polygon' && boundsOf(polygon.vertices)).toEqual({
      left: 320,
      right: 680,
      bottom: 192,
      top: 408,
    })
    expect(gridOfKind(polygon, 'rowsColumns', around)).toEqual(grid)
    expect(gridOfKind(grid, 'widthHeight', around)).toMatchObject({ widthUm: 360, heightUm: 216 })
  })

  it('stay readable, from any to any, also where the size of an image is not known', () => {
    for (const { value: from } of gridKinds)
      for (const { value: to } of gridKinds)
        for (const known of [fieldOfView, undefined]) {
          const surroundings = { centre: [0, 0], fieldOfView: known } as const
          const changed = gridOfKind(gridOfKind(grid, from, surroundings), to, surroundings)
          expect(() => readPlan(writePlan({ ...emptySequence, grid: changed }))).not.toThrow()
          expect(tilesOf(changed, fieldOfView).length).toBeGreaterThan(0)
        }
  })

  it('stay readable where an area of the stage has no width yet', () => {
    const flat = gridOver(undefined, { left: 5, right: 5, bottom: 0, top: 9 }, fieldOfView)
    for (const { value: to } of gridKinds) {
      if (to === 'edges') continue
      const changed = gridOfKind(flat, to, around)
      expect(() => readPlan(writePlan({ ...emptySequence, grid: changed }))).not.toThrow()
    }
  })

  it('are drawn: an area of the stage, or its size around each position', () => {
    const box = { left: 10, right: 370, bottom: 20, top: 236 }
    expect(gridOver(undefined, box, fieldOfView)).toMatchObject({ kind: 'edges', ...box })
    expect(gridOver(grid, box, fieldOfView)).toMatchObject({ kind: 'rowsColumns', rows: 3, columns: 4 })
    const random = gridOfKind(grid, 'random', around)
    expect(gridOver(random, box, fieldOfView)).toEqual({ ...random, maxWidthUm: 360, maxHeightUm: 216 })
    const corners = [
      [0, 0],
      [10, 0],
      [0, 10],
    ] as const
    expect(gridWithin(grid, corners)).toMatchObject({ kind: 'polygon', vertices: corners, order: 'spiral' })
  })
})

describe('phases of a time lapse', () => {
  it('are the same time points, however they are given', () => {
    const phase: TimePhase = { kind: 'intervalLoops', intervalS: 5, loops: 7, prioritizeDuration: false }
    for (const { value } of phaseKinds) {
      const other = phaseOfKind(phase, value)
      expect(phaseFacts(other)).toEqual({ intervalS: 5, durationS: 30, loops: 7 })
      expect(timesOf({ phases: [other] }).length).toBe(7)
    }
  })

  it('that are as fast as possible get an interval where one is needed', () => {
    const fastest: TimePhase = { kind: 'intervalLoops', intervalS: 0, loops: 7, prioritizeDuration: false }
    expect(phaseOfKind(fastest, 'intervalDuration')).toMatchObject({ intervalS: 1, durationS: 0 })
  })
})

describe('wells', () => {
  it('are chosen and left out in blocks; one stays', () => {
    const chosen: readonly Well[] = [[0, 0]]
    const block = wellsWith(chosen, { from: [1, 2], to: [0, 1], choose: true })
    expect(block).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ])
    expect(wellsWith(block, { from: [0, 0], to: [0, 2], choose: false })).toEqual([
      [1, 1],
      [1, 2],
    ])
    expect(wellsWith(chosen, { from: [0, 0], to: [7, 11], choose: false })).toEqual(chosen)
  })
})
