import type { EventIndex } from '../../../../src-shared/plan/acquisition-event.ts'
import type { Axis } from '../../../../src-shared/plan/sequence.ts'
import type { EventBatch, NumberedEvent } from '../acquisition-hardware.ts'

/** How the cameras go through a batch. */
export type BatchKind =
  /** One event. */
  | 'single'
  /** A stack of focus planes: the drive is told to go on after each. */
  | 'stack'
  /** The same by the focus drive itself, which triggers the cameras. */
  | 'triggeredStack'
  /** Consecutive frames of cameras that run free. */
  | 'burst'

/** What the microscope can do in a row. */
export type BatchRules = {
  /** Time from one frame to the next when the cameras of `event` run free, ms. */
  framePeriodMs(event: NumberedEvent): number
  /** Planes that the focus drive steps through by itself with the cameras of `event`; 0: it cannot. */
  triggeredPlanes(event: NumberedEvent): number
}

/** A pause takes effect after a batch: a stack is cut into batches of about so long, ms. */
const stackBatchMs = 2000
/** Time that moving to the next plane takes, about, ms. */
const planeMs = 50
/** A burst is listed in memory. */
const longestBurst = 100_000

/** Groups events that differ in focus, or in time faster than the cameras; made as they are asked for. */
export function* eventBatches(events: Iterable<NumberedEvent>, rules: BatchRules): Generator<EventBatch> {
  let batch: NumberedEvent[] = []
  let room = 1
  for (const event of events) {
    const last = batch.at(-1)
    if (last === undefined) {
      batch = [event]
      continue
    }
    const kind = followsAs(last, event, rules)
    if (kind !== undefined && batch.length === 1) room = roomFor(kind, event, rules)
    const [first] = batch
    const goesOn =
      first !== undefined && kind !== undefined && (batch.length === 1 || kindOf(batch, rules) === kind)
    if (goesOn && batch.length < room) batch.push(event)
    else {
      yield batch
      batch = [event]
    }
  }
  if (batch.length > 0) yield batch
}

/** How a batch that `eventBatches` made is gone through. */
export function kindOf([first, second]: EventBatch, rules: BatchRules): BatchKind {
  if (first === undefined || second === undefined) return 'single'
  return followsAs(first, second, rules) ?? 'single'
}

function followsAs(
  event: NumberedEvent,
  next: NumberedEvent,
  rules: BatchRules,
): Exclude<BatchKind, 'single'> | undefined {
  if (!isLike(event, next)) return undefined
  if (differOnlyIn('z', event.index, next.index) && event.minStartS === next.minStartS)
    return rules.triggeredPlanes(event) > 1 ? 'triggeredStack' : 'stack'
  if (!differOnlyIn('t', event.index, next.index) || event.zUm !== next.zUm) return undefined
  const intervalMs = ((next.minStartS ?? 0) - (event.minStartS ?? 0)) * 1000
  return intervalMs <= rules.framePeriodMs(event) ? 'burst' : undefined
}

function roomFor(kind: Exclude<BatchKind, 'single'>, event: NumberedEvent, rules: BatchRules): number {
  if (kind === 'burst') return longestBurst
  if (kind === 'triggeredStack') return rules.triggeredPlanes(event)
  return Math.max(1, Math.floor(stackBatchMs / (rules.framePeriodMs(event) + planeMs)))
}

/** Whether nothing but focus and time need differ. */
function isLike(event: NumberedEvent, next: NumberedEvent): boolean {
  return (
    event.action.type === 'acquireImage' &&
    next.action.type === 'acquireImage' &&
    event.channel?.group === next.channel?.group &&
    event.channel?.config === next.channel?.config &&
    event.camera === next.camera &&
    event.exposureMs === next.exposureMs &&
    event.xUm === next.xUm &&
    event.yUm === next.yUm &&
    (event.zUm === undefined) === (next.zUm === undefined) &&
    next.properties.length === 0 &&
    !next.resetTimer
  )
}

function differOnlyIn(axis: Axis, a: EventIndex, b: EventIndex): boolean {
  const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']
  return axes.every((other) => (a[other] === b[other]) === (other !== axis))
}
