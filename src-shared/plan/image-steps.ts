/** The images of a plan in their order, those of positions with sequences of their own among them. */
import type { StagePosition } from '../frames/frame-info.ts'
import type { AcquisitionEvent, EventIndex } from './acquisition-event.ts'
import { isRelativeGrid } from './grid-plan.ts'
import { axesOf, type ExpandOptions, type PlanAxes, products } from './plan-axes.ts'
import { planRefusal } from './read-plan.ts'
import {
  type AutofocusPlan,
  type ChannelPlan,
  hasAxes,
  type MdaSequence,
  type PlanPosition,
} from './sequence.ts'
import { isRelativeZ, middlePlane } from './z-plan.ts'

/** An image, with what an autofocus step before it needs: its plan, and where the stack is centred. */
export type ImageStep = {
  readonly event: AcquisitionEvent
  readonly autofocusPlan: AutofocusPlan | undefined
  readonly homeUm: number | undefined
}

/** What a sub-sequence takes over from the event of its parent. */
type Parent = {
  /** Of the sub-sequence. */
  readonly axes: PlanAxes
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

/** Images that are left out one after the other: more is a mistake, and nothing else goes on while they are passed over. */
const mostLeftOut = 100_000
const tooManyLeftOut = `leave out more than ${mostLeftOut} images one after the other: check acquire_every and do_stack`

/** @throws as `axesOf`; CoverslipError INVALID_INPUT when too many images are left out */
export function* imageSteps(
  sequence: MdaSequence,
  options: ExpandOptions,
  parent?: Parent,
): Generator<ImageStep> {
  const axes = parent?.axes ?? axesOf(sequence, options)
  const order = sequence.axisOrder.filter((axis) => axes[axis].length > 0)
  if (order.length === 0) return
  const autofocusPlan = sequence.autofocus ?? parent?.autofocusPlan
  const middle = sequence.z === undefined ? undefined : middlePlane(sequence.z)
  const begun = new Set<number>()
  const own = new OwnAxes(options)
  let leftOut = 0
  for (const at of products(order, axes)) {
    const position = at.p === undefined ? parent?.position : axes.p.at(at.p)
    const channel = at.c === undefined ? undefined : axes.c.at(at.c)
    const sub = at.p === undefined ? undefined : position?.sequence
    const isNone =
      (channel !== undefined && isLeftOut(channel, at, middle)) || (sub !== undefined && isLeftToSub(sub, at))
    leftOut = isNone ? leftOut + 1 : 0
    if (leftOut > mostLeftOut) throw planRefusal([{ path: 'channels', message: tooManyLeftOut }])
    if (isNone) continue
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
      const inner = imageSteps(sub, options, {
        axes: own.of(sub),
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

/** Axes of positions' own sequences: tiles that take long to find are found once, and not at each time point. */
class OwnAxes {
  readonly #options: ExpandOptions
  readonly #known = new Map<MdaSequence, PlanAxes>()

  constructor(options: ExpandOptions) {
    this.#options = options
  }

  of(sequence: MdaSequence): PlanAxes {
    const axes = this.#known.get(sequence) ?? axesOf(sequence, this.#options)
    if (sequence.grid !== undefined) this.#known.set(sequence, axes)
    return axes
  }
}

/** A position's properties are set with its first image. */
function* withPropertiesOnce(
  images: Iterable<ImageStep>,
  { properties }: PlanPosition,
  positionIndex: number | undefined,
  begun: Set<number>,
): Generator<ImageStep> {
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
  readonly axes: PlanAxes
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
