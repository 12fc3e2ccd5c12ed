import { describe, expect, it } from 'vitest'
import { positionName, withPositionNames } from '../../../src-shared/plan/position-name.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'

describe('names of positions', () => {
  it('sort as the positions do', () => {
    const names = Array.from({ length: 120 }, (_, i) => positionName(i, 120))
    expect(names.toSorted()).toEqual(names)
    expect([positionName(0, 9), positionName(0, 10)]).toEqual(['P1', 'P01'])
  })

  it('are given to those that have none; wells have theirs', () => {
    const { sequence } = readPlan({ stage_positions: [{ x: 0 }, { x: 1, name: 'left' }] })
    const { positions } = withPositionNames(sequence)
    expect('plate' in positions ? [] : positions.map(({ name }) => name)).toEqual(['P1', 'left'])
    const plate = readPlan({ stage_positions: { plate: '96-well', a1_center_xy: [0, 0] } }).sequence
    expect(withPositionNames(plate)).toBe(plate)
  })
})
