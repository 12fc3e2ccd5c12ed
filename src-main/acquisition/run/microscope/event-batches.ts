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
  /** Least time between images of `event` that are triggered one by one, ms. */
  framePeriodMs(event: NumberedEvent): number
  /** Planes that the focus drive steps through by itself with the cameras of `event`, at a time; 0: it cannot. */
  triggeredPlanes(event: NumberedEvent): number
}

/** Times of a plan are sums of intervals, with errors of rounding, ms. */
const toleranceMs = 1e-3
/** A batch is listed in memory. */
const longestBatch = 100_000

/** Groups events that differ in focus, or in time faster than the cameras; made as they are asked for. */
export function* eventBatches(events: Iterable<NumberedEvent>, rules: BatchRules): Generator<EventBatch> {
  let batch: NumberedEvent[] = []
  for (const event of events) {
    const last = batch.at(-1)
    const kind = last === undefined ? undefined : followsAs(last, event, rules)
    const isAlike = kind !== undefined && (batch.length === 1 || kind === kindOf(batch, rules))
    if (isAlike && batch.length < longestBatch) batch.push(event)
    else {
      yield* inParts(batch, rules)
      batch = [event]
    }
  }
  yield* inParts(batch, rules)
}

/** `batch`; a stack of more planes than are triggered at a time in parts as equal as can be. */
function* inParts(batch: EventBatch, rules: BatchRules): Generator<EventBatch> {
  const [first] = batch
  if (first === undefined) return
  const room = kindOf(batch, rules) === 'triggeredStack' ? rules.triggeredPlanes(first) : batch.length
  const parts = Math.ceil(batch.length / room)
  const begin = (part: number) => Math.floor((part * batch.length) / parts)
  for (let part = 0; part < parts; part++) yield batch.slice(begin(part), begin(part + 1))
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
  return intervalMs < rules.framePeriodMs(event) - toleranceMs ? 'burst' : undefined
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
