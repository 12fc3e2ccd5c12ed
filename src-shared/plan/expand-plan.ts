/**
 * The events of a plan, one after the other, made when asked for: a million events take no memory.
 * The order and the rules are those of useq-schema (`useq/_iter_sequence.py`), with these exceptions:
 * - wells do not move the focus (useq-schema sends it to 0, its position's default);
 * - nothing leaks from one event of a sub-sequence to the next (exposure, properties);
 * - an autofocus step does not keep the shutter open;
 * - a position's sequence that plans nothing leaves all channels of the position in;
 * - what is relative to a position that names no place lies around `home`, where the stage is.
 */
import type { StagePosition } from '../frames/frame-info.ts'
import type { AcquisitionEvent, EventIndex } from './acquisition-event.ts'
import { type FieldOfView, isRelativeGrid, tilesOf } from './grid-plan.ts'
import { type Indexed, indexedOf } from './plan-parts.ts'
import type { Point } from './polygon.ts'
import {
  type AutofocusPlan,
  type Axis,
  type ChannelPlan,
  hasAxes,
  type MdaSequence,
  type PlanPosition,
} from './sequence.ts'
import { timesOf } from './time-plan.ts'
import { wellPositions } from './well-plate.ts'
import { isRelativeZ, middlePlane, planesOf } from './z-plan.ts'

export type ExpandOptions = {
  /** Size of an image in the specimen: camera ROI times pixel size. Grids that name none need it. */
  readonly fieldOfView?: FieldOfView | undefined
  /** Where the stage is, µm: stacks and tiles around a position that names no place lie around this; absent: 0. */
  readonly home?: StagePosition | undefined
}

const maxAutofocusRetries = 3

/** What each axis of a sequence goes through. */
type Axes = {
  readonly t: Indexed<number>
  readonly p: Indexed<PlanPosition>
  readonly g: Indexed<Point>
  readonly c: Indexed<ChannelPlan>
  readonly z: Indexed<number>
}

const none = indexedOf<never>([])

function axesOf(sequence: MdaSequence, { fieldOfView }: ExpandOptions): Axes {
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

/** Number of steps along each axis of a plan; 0: the axis is not used. */
export function planSizes(
  sequence: MdaSequence,
  options: ExpandOptions = {},
): Readonly<Record<Axis, number>> {
  const { t, p, g, c, z } = axesOf(sequence, options)
  return { t: t.length, p: p.length, g: g.length, c: c.length, z: z.length }
}

/**
 * The events of `sequence` in the order in which they are run.
 * @throws CoverslipError INVALID_INPUT when a grid needs the size of an image and it is not known.
 */
export function* expandPlan(sequence: MdaSequence, options: ExpandOptions = {}): Generator<AcquisitionEvent> {
  const autofocus = new AutofocusMemory()
  let last: AcquisitionEvent | undefined
  let timePoint = -1
  for (const step of steps(sequence, options)) {
    const { event, autofocusPlan, homeUm } = step
    const index = event.index.t
    const resetTimer = index === 0 && timePoint !== 0
    timePoint = index ?? timePoint
    const image = resetTimer ? { ...event, resetTimer } : event
    if (autofocusPlan !== undefined && autofocus.isDue(autofocusPlan, image.index)) {
      if (last !== undefined) yield last
      last = autofocusEvent(image, autofocusPlan, homeUm)
    }
    if (last !== undefined) yield keepsOpen(sequence, last, image) ? { ...last, keepShutterOpen: true } : last
    last = image
  }
  if (last !== undefined) yield last
}

function autofocusEvent(
  image: AcquisitionEvent,
  { deviceName, motorOffset }: AutofocusPlan,
  zUm: number | undefined,
): AcquisitionEvent {
  const action = {
    type: 'hardwareAutofocus',
    deviceName,
    motorOffset,
    maxRetries: maxAutofocusRetries,
  } as const
  return { ...image, action, zUm }
}

/** The shutter stays open when nothing but the listed axes changes until the next image. */
function keepsOpen(
  { keepShutterOpenAcross }: MdaSequence,
  event: AcquisitionEvent,
  next: AcquisitionEvent,
): boolean {
  if (keepShutterOpenAcross.length === 0 || event.action.type !== 'acquireImage') return false
  const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']
  return axes.every((axis) => event.index[axis] === next.index[axis] || keepShutterOpenAcross.includes(axis))
}

/** Autofocus is due before the first image, and where one of the plan's axes has moved on. */
class AutofocusMemory {
  #last: EventIndex | undefined

  isDue({ axes }: AutofocusPlan, index: EventIndex): boolean {
    const before = this.#last
    this.#last = index
    return axes.some((axis) => index[axis] !== undefined && index[axis] !== before?.[axis])
  }
}

/** An image, with what an autofocus step before it needs: its plan, and where the stack is centred. */
type Step = {
  readonly event: AcquisitionEvent
  readonly autofocusPlan: AutofocusPlan | undefined
  readonly homeUm: number | undefined
}

/** What a sub-sequence takes over from the event of its parent. */
type Parent = {
  readonly event: AcquisitionEvent
  readonly position: PlanPosition
  readonly channel: ChannelPlan | undefined
  readonly autofocusPlan: AutofocusPlan | undefined
}

const emptyEvent: AcquisitionEvent = {
  index: {},
  action: { type: 'acquireImage' },
  channel: undefined,
  camera: undefined,
  exposureMs: undefined,
  minStartS: undefined,
  positionName: undefined,
  xUm: undefined,
  yUm: undefined,
  zUm: undefined,
  properties: [],
  keepShutterOpen: false,
  resetTimer: false,
}

function* steps(sequence: MdaSequence, options: ExpandOptions, parent?: Parent): Generator<Step> {
  const axes = axesOf(sequence, options)
  const order = sequence.axisOrder.filter((axis) => axes[axis].length > 0)
  if (order.length === 0) return
  const autofocusPlan = sequence.autofocus ?? parent?.autofocusPlan
  const middle = sequence.z === undefined ? undefined : middlePlane(sequence.z)
  const begun = new Set<number>()
  for (const at of products(order, axes)) {
    const position = at.p === undefined ? parent?.position : axes.p.at(at.p)
    const channel = at.c === undefined ? undefined : axes.c.at(at.c)
    if (channel !== undefined && isLeftOut(channel, at, middle)) continue
    const sub = at.p === undefined ? undefined : position?.sequence
    if (sub !== undefined && isLeftToSub(sub, at)) continue
    const place = placeOf(sequence, {
      axes,
      at,
      position,
      offsetUm: (channel ?? parent?.channel)?.zOffsetUm ?? 0,
      parent: parent?.event,
      home: options.home ?? {},
    })
    const event: AcquisitionEvent = {
      ...(parent?.event ?? emptyEvent),
      ...place.where,
      index: parent === undefined ? at : { ...parent.event.index, ...at },
      ...(position?.name === undefined ? {} : { positionName: position.name }),
      ...(channel === undefined ? {} : channelOf(channel)),
      ...(at.t === undefined ? {} : { minStartS: axes.t.at(at.t) }),
      properties: [],
    }
    if (sub !== undefined && position !== undefined && hasAxes(sub)) {
      const inner = steps(sub, options, {
        event,
        position,
        channel,
        autofocusPlan: sub.autofocus ?? autofocusPlan,
      })
      yield* withPropertiesOnce(inner, position, at.p, begun)
      continue
    }
    const step = { event, autofocusPlan: sub?.autofocus ?? autofocusPlan, homeUm: place.homeUm }
    if (at.p === undefined || position === undefined) yield step
    else yield* withPropertiesOnce([step], position, at.p, begun)
  }
}

/** A position's properties are set with its first image. */
function* withPropertiesOnce(
  images: Iterable<Step>,
  { properties }: PlanPosition,
  positionIndex: number | undefined,
  begun: Set<number>,
): Generator<Step> {
  if (properties.length === 0 || positionIndex === undefined) return yield* images
  for (const step of images) {
    const first = !begun.has(positionIndex)
    begun.add(positionIndex)
    yield first ? { ...step, event: { ...step.event, properties } } : step
  }
}

function channelOf({ group, config, exposureMs, camera }: ChannelPlan) {
  return { channel: { group, config }, exposureMs, camera }
}

/** All combinations of the axes' indices, the last axis fastest. */
function* products(order: readonly Axis[], axes: Axes): Generator<EventIndex> {
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

function isLeftOut(
  { acquireEvery, doStack }: ChannelPlan,
  at: EventIndex,
  middle: number | undefined,
): boolean {
  if (at.t !== undefined && at.t % acquireEvery !== 0) return true
  return !doStack && at.z !== undefined && at.z !== middle
}

/** Of the axes that a position's own sequence replaces, the outer one is gone through once only. */
function isLeftToSub(sub: MdaSequence, at: EventIndex): boolean {
  if (sub.autofocus !== undefined || !hasAxes(sub)) return false
  const plans = [sub.time, sub.z, sub.grid].some((plan) => plan !== undefined)
  if ((at.c ?? 0) > 0 && (sub.channels.length > 0 || !plans)) return true
  return ((at.z ?? 0) > 0 && sub.z !== undefined) || ((at.g ?? 0) > 0 && sub.grid !== undefined)
}

type Place = {
  readonly axes: Axes
  readonly at: EventIndex
  readonly position: PlanPosition | undefined
  /** Of the channel's focus. */
  readonly offsetUm: number
  readonly parent: AcquisitionEvent | undefined
  readonly home: StagePosition
}

/** Where an image is taken, and where the focus is at home: a stack's centre. */
function placeOf(sequence: MdaSequence, { axes, at, position, offsetUm, parent, home }: Place) {
  const plane = at.z === undefined ? undefined : axes.z.at(at.z)
  const tile = at.g === undefined ? undefined : axes.g.at(at.g)
  const { z: stack, grid } = sequence
  const relativeZ = stack !== undefined && isRelativeZ(stack)
  const base = relativeZ ? (position?.zUm ?? home.z ?? 0) : 0
  const zUm =
    plane === undefined ? (parent === undefined ? position?.zUm : parent.zUm) : plane + offsetUm + base
  const homeUm = plane === undefined || zUm === undefined || !relativeZ ? zUm : zUm - plane
  if (tile === undefined || grid === undefined) {
    const { xUm, yUm } = parent ?? { xUm: position?.xUm, yUm: position?.yUm }
    return { where: { xUm, yUm, zUm }, homeUm }
  }
  const [left, top] = isRelativeGrid(grid)
    ? [position?.xUm ?? home.x ?? 0, position?.yUm ?? home.y ?? 0]
    : [0, 0]
  return { where: { xUm: tile[0] + left, yUm: tile[1] + top, zUm }, homeUm }
}
