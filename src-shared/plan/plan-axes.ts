/** What the axes of a plan go through: time points, positions, tiles, channels, focus planes. */
import type { StagePosition } from '../frames/frame-info.ts'
import type { EventIndex } from './acquisition-event.ts'
import { type FieldOfView, tilesOf } from './grid-tiles.ts'
import { type Indexed, indexedOf } from './plan-parts.ts'
import type { Point } from './polygon.ts'
import type { Axis, ChannelPlan, MdaSequence, PlanPosition } from './sequence.ts'
import { timesOf } from './time-plan.ts'
import { wellPositions } from './well-plate.ts'
import { planesOf } from './z-plan.ts'

/** What a plan does not say of the microscope. */
export type ExpandOptions = {
  /** Size of an image in the specimen: camera ROI times pixel size. Grids that name none need it. */
  readonly fieldOfView?: FieldOfView | undefined
  /** Where the stage is, µm: stacks and tiles around a position that names no place lie around this; absent: 0. */
  readonly home?: StagePosition | undefined
}

/** What each axis of a sequence goes through. */
export type PlanAxes = {
  readonly t: Indexed<number>
  readonly p: Indexed<PlanPosition>
  readonly g: Indexed<Point>
  readonly c: Indexed<ChannelPlan>
  readonly z: Indexed<number>
}

const none = indexedOf<never>([])

/** @throws as `tilesOf` */
export function axesOf(sequence: MdaSequence, { fieldOfView }: ExpandOptions): PlanAxes {
  return {
    t: sequence.time === undefined ? none : timesOf(sequence.time),
    p: indexedOf(positionsOf(sequence, fieldOfView)),
    g: sequence.grid === undefined ? none : indexedOf(tilesOf(sequence.grid, fieldOfView)),
    c: indexedOf(sequence.channels),
    z: sequence.z === undefined ? none : planesOf(sequence.z),
  }
}

/** The positions of a plan, wells and the points in them one by one. @throws as `tilesOf`, of points in wells */
export function positionsOf(
  { positions }: MdaSequence,
  fieldOfView: FieldOfView | undefined,
): readonly PlanPosition[] {
  if (!('plate' in positions)) return positions
  return wellPositions(positions, fieldOfView).map(({ name, xUm, yUm }) => ({
    xUm,
    yUm,
    zUm: undefined,
    name,
    sequence: undefined,
    properties: [],
  }))
}

/** All combinations of the axes' indices, the last axis fastest. */
export function* products(order: readonly Axis[], axes: PlanAxes): Generator<EventIndex> {
  const counters = order.map(() => 0)
  for (;;) {
    const at: Partial<Record<Axis, number>> = {}
    for (const [i, axis] of order.entries()) at[axis] = counters[i] ?? 0
    yield at
    let i = order.length - 1
    for (; i >= 0; i--) {
      const next = (counters[i] ?? 0) + 1
      const axis = order[i]
      if (axis !== undefined && next < axes[axis].length) {
        counters[i] = next
        break
      }
      counters[i] = 0
    }
    if (i < 0) return
  }
}
