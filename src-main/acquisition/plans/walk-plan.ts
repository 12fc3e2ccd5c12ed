/** Goes through all events of a plan before it is run: how many there are, how long they take, what is wrong with them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'
import type { Axis } from '../../../src-shared/plan/sequence.ts'
import { inSequences } from '../run/microscope/event-batches.ts'
import { ImagePlaces } from './image-places.ts'
import { PlanClock } from './plan-clock.ts'
import type { PlanCosts } from './plan-costs.ts'
import type { PlanImages } from './plan-images.ts'
import type { PlanLayout } from './plan-layout.ts'
import type { PlanTravel } from './plan-travel.ts'

/** More is a mistake, or several plans; going through them takes a second or two. */
const mostEvents = 1_000_000
/** Events between looks at the clock, and how long it goes on without letting others, ms. */
const eventsAtOnce = 64
const sliceMs = 5

/** What a plan comes to. */
export type PlanWalk = {
  readonly events: number
  /** Images of all cameras together. */
  readonly frames: number
  /** Cameras that take any. */
  readonly cameraIds: readonly string[]
  /** Images of each camera at each place of the axis `p`. */
  readonly planes: ReadonlyMap<string, ReadonlyMap<number, number>>
  readonly sizes: Readonly<Partial<Record<Axis, number>>>
  readonly durationS: number
  /** At its fastest, from one image to the next. */
  readonly bytesPerSecond: number
  readonly bytes: number
  /** Of the longest burst or triggered stack, which does not wait for the disk. */
  readonly sequenceBytes: number
  /** Of the latest event. */
  readonly latestS: number
  readonly problems: readonly PlanRemark[]
}

type WalkOptions = {
  readonly layout: PlanLayout
  readonly travel: PlanTravel
  readonly images: PlanImages
  readonly costs: PlanCosts
  readonly signal?: AbortSignal | undefined
}

/** @throws the reason of `signal` */
export async function walkPlan(
  events: Iterable<AcquisitionEvent>,
  { layout, travel, images, costs, signal }: WalkOptions,
): Promise<PlanWalk> {
  const clock = new PlanClock(costs)
  const places = new ImagePlaces(layout)
  const sizes: Partial<Record<Axis, number>> = {}
  const problems: PlanRemark[] = []
  const planes = new Map<string, Map<number, number>>()
  const count = {
    events: 0,
    frames: 0,
    bytes: 0,
    durationS: 0,
    bytesPerSecond: 0,
    sequenceBytes: 0,
    latestS: 0,
  }
  let sequenceBytes = 0
  let lastImageS: number | undefined
  let sliceEnds = performance.now() + sliceMs
  for (const step of inSequences(events, images.rules)) {
    const { event } = step
    if (count.events === mostEvents) {
      problems.push({ path: '', message: `has more than ${mostEvents} events: make several plans of it` })
      break
    }
    count.events += 1
    const { startS, endS, lateS } = clock.next(step)
    count.durationS = endS
    count.latestS = Math.max(count.latestS, lateS)
    travel.check(event)
    for (const axis of axes) {
      const at = event.index[axis] ?? -1
      if (at >= (sizes[axis] ?? 0)) sizes[axis] = at + 1
    }
    if (event.action.type === 'acquireImage') {
      const { cameraIds, bytes } = images.of(event)
      const index = layout.indexOf(event)
      count.frames += cameraIds.length
      for (const id of cameraIds) countPlane(planes, id, index.p ?? 0)
      count.bytes += bytes
      sequenceBytes = step.place > 0 && step.kind !== 'stack' ? sequenceBytes + bytes : bytes
      count.sequenceBytes = Math.max(count.sequenceBytes, sequenceBytes)
      // After ages numbers are too coarse to tell two images apart.
      if (lastImageS !== undefined && startS > lastImageS)
        count.bytesPerSecond = Math.max(count.bytesPerSecond, bytes / (startS - lastImageS))
      lastImageS = startS
      if (!places.take(index) && problems.length === 0)
        problems.push({ path: pathOf(event), message: `takes the same image twice: ${textOf(event)}` })
    }
    if (count.events % eventsAtOnce === 0 && performance.now() > sliceEnds) {
      await nextTurn(undefined, { signal })
      sliceEnds = performance.now() + sliceMs
    }
  }
  return {
    ...count,
    cameraIds: [...planes.keys()],
    planes,
    sizes,
    problems: [...travel.problems, ...problems],
  }
}

function countPlane(planes: Map<string, Map<number, number>>, cameraId: string, position: number): void {
  const own = planes.get(cameraId) ?? new Map<number, number>()
  own.set(position, (own.get(position) ?? 0) + 1)
  planes.set(cameraId, own)
}

const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']

/** Only a position's own sequence can repeat what the whole plan does. */
function pathOf({ index }: AcquisitionEvent): string {
  return index.p === undefined ? '' : `stage_positions[${index.p}].sequence`
}

function textOf({ index }: AcquisitionEvent): string {
  return axes.flatMap((axis) => (index[axis] === undefined ? [] : [`${axis} ${index[axis]}`])).join(', ')
}
