import type { WellPlatePlan } from '../../../src-shared/plan/well-plate.ts'

/** Row and column, from 0. */
export type Well = WellPlatePlan['wells'][number]

/** Wells between two corners, to be chosen or not (`choose`). */
export type WellBlock = {
  /** Two opposite corners. */
  readonly from: Well
  readonly to: Well
  readonly choose: boolean
}

/**
 * The chosen wells once those of a block are chosen, or not. New ones come last, row by row; one well stays, as a plan
 * without wells has no positions at all.
 */
export function wellsWith(wells: readonly Well[], { from, to, choose }: WellBlock): readonly Well[] {
  const [top, bottom] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])]
  const [left, right] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])]
  const isInBlock = ([row, column]: Well) => row >= top && row <= bottom && column >= left && column <= right
  if (!choose) {
    const rest = wells.filter((well) => !isInBlock(well))
    return rest.length > 0 ? rest : wells.slice(0, 1)
  }
  const known = new Set(wells.map(([row, column]) => `${row} ${column}`))
  const added: Well[] = []
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      if (!known.has(`${row} ${column}`)) added.push([row, column])
    }
  }
  return [...wells, ...added]
}
