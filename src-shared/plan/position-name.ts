/** What positions of a plan are called that have no name: the same in the editor, on the map, while it runs and in files. */
import type { MdaSequence } from './sequence.ts'

/** Name of the position at `index` (from 0) of `count`: `P1`, or `P01` where there are ten or more, so that files sort. */
export function positionName(index: number, count: number): string {
  return `P${String(index + 1).padStart(String(count).length, '0')}`
}

/** The plan with a name for each of its positions. */
export function withPositionNames(sequence: MdaSequence): MdaSequence {
  const { positions } = sequence
  if ('plate' in positions) return sequence
  const named = positions.map((position, i) => ({
    ...position,
    name: position.name ?? positionName(i, positions.length),
  }))
  return { ...sequence, positions: named }
}
