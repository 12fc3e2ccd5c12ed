import type { AcquisitionEvent, EventIndex } from '../../../../src-shared/plan/acquisition-event.ts'
import type { Axis } from '../../../../src-shared/plan/sequence.ts'

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
  framePeriodMs(event: AcquisitionEvent): number
  /** Planes that the focus drive steps through by itself with the cameras of `event`, at a time; 0: it cannot. */
  triggeredPlanes(event: AcquisitionEvent): number
}

/** An event with how it is gone through. */
export type InSequence<Event extends AcquisitionEvent = AcquisitionEvent> = {
  readonly event: Event
  readonly kind: BatchKind
  /** Its number in its batch, from 0. */
  readonly place: number
  /** Whether its batch ends with it. */
  readonly isLast: boolean
}

/** Times of a plan are sums of intervals, with errors of rounding, ms. */
const toleranceMs = 1e-3
/** A batch is listed in memory. */
const longestBatch = 100_000

/** Says of each event how it is gone through; made as they are asked for, the event after each being known. */
export function* inSequences<Event extends AcquisitionEvent>(
  events: Iterable<Event>,
  rules: BatchRules,
): Generator<InSequence<Event>> {
  let last: Event | undefined
  let kind: BatchKind = 'single'
  let place = 0
  for (const event of events) {
    if (last !== undefined) {
      const follows: BatchKind = followsAs(last, event, rules)
      if (place === 0) kind = follows
      const isLast = follows === 'single' || follows !== kind || place + 1 === longestBatch
      yield { event: last, kind, place, isLast }
      place = isLast ? 0 : place + 1
    }
    last = event
  }
  if (last !== undefined) yield { event: last, kind: place === 0 ? 'single' : kind, place, isLast: true }
}

/** Groups events that differ in focus, or in time faster than the cameras; made as they are asked for. */
export function* eventBatches<Event extends AcquisitionEvent>(
  events: Iterable<Event>,
  rules: BatchRules,
): Generator<readonly Event[]> {
  let batch: Event[] = []
  for (const { event, isLast } of inSequences(events, rules)) {
    batch.push(event)
    if (!isLast) continue
    yield* inParts(batch, rules)
    batch = []
  }
}

/** `batch`; a stack of more planes than are triggered at a time in parts as equal as can be. */
function* inParts<Event extends AcquisitionEvent>(
  batch: readonly Event[],
  rules: BatchRules,
): Generator<readonly Event[]> {
  const [first, second] = batch
  if (first === undefined) return
  const isTriggered = second !== undefined && followsAs(first, second, rules) === 'triggeredStack'
  const room = isTriggered ? rules.triggeredPlanes(first) : batch.length
  const parts = Math.ceil(batch.length / room)
  const begin = (part: number) => Math.floor((part * batch.length) / parts)
  for (let part = 0; part < parts; part++) yield batch.slice(begin(part), begin(part + 1))
}

/**
 * How a batch that `eventBatches` made, or what is left of it, is gone through: by what the microscope can do now. Somebody
 * may have set the frame rate meanwhile, or a camera may be back: times are kept all the same, and no ring is too small.
 */
export function kindOf(batch: readonly AcquisitionEvent[], rules: BatchRules): BatchKind {
  const [first, second] = batch
  if (first === undefined || second === undefined) return 'single'
  if (first.index.z === second.index.z) return 'burst'
  return batch.length <= rules.triggeredPlanes(first) ? 'triggeredStack' : 'stack'
}

/** How `next` follows `event`; `single`: by itself. */
function followsAs(event: AcquisitionEvent, next: AcquisitionEvent, rules: BatchRules): BatchKind {
  if (!isLike(event, next)) return 'single'
  if (differOnlyIn('z', event.index, next.index) && event.minStartS === next.minStartS)
    return rules.triggeredPlanes(event) > 1 ? 'triggeredStack' : 'stack'
  if (!differOnlyIn('t', event.index, next.index) || event.zUm !== next.zUm) return 'single'
  const intervalMs = ((next.minStartS ?? 0) - (event.minStartS ?? 0)) * 1000
  return intervalMs < rules.framePeriodMs(event) - toleranceMs ? 'burst' : 'single'
}

/** Whether nothing but focus and time need differ. */
function isLike(event: AcquisitionEvent, next: AcquisitionEvent): boolean {
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

const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']

function differOnlyIn(axis: Axis, a: EventIndex, b: EventIndex): boolean {
  return axes.every((other) => (a[other] === b[other]) === (other !== axis))
}
