/** What this page may do: the one place that decides which controls are enabled. */
import { type Caller, mayAct } from '../../src-shared/access.ts'
import type { RunState } from '../../src-shared/acquisition/acquisition-status.ts'
import type { PropertyDescriptor } from '../../src-shared/devices.ts'
import type { EngineState } from './engine-state.ts'

/** Why something may not be done now, for tooltips and notices. */
export type Refusal = {
  readonly reason: string
  /** Control can be asked for, and would mend it. */
  readonly askable: boolean
  /** Of the notice that tells it, which goes with this cause. */
  readonly code?: 'SET_BY_PLAN' | 'ACQUISITION_RUNNING'
}

const watching: Refusal = {
  reason: 'You are viewing only. Who shares this microscope can give you a link for operators.',
  askable: false,
}

/** Who else operates now; undefined when nobody does, or this page. */
export function otherOperator({ caller, control }: EngineState): Caller | undefined {
  return control.holder === undefined || control.holder.id === caller?.id ? undefined : control.holder
}

/** Whether this page holds the operator's control. */
export function holdsControl({ caller, control }: EngineState): boolean {
  return caller !== undefined && control.holder?.id === caller.id
}

/** Why this page may not do what operators do without holding control (start a stream, halt the stage). */
export function whyNotAct({ caller }: EngineState): Refusal | undefined {
  return caller !== undefined && !mayAct(caller.role, 'operator') ? watching : undefined
}

/** Refusals by who operates, so that the same state gives the same object. */
const taken = new WeakMap<Caller, Refusal>()

/** Why this page may not operate the microscope now. */
export function whyNotOperate(state: EngineState): Refusal | undefined {
  const refusal = whyNotAct(state)
  if (refusal !== undefined) return refusal
  const other = otherOperator(state)
  if (other === undefined) return undefined
  const known = taken.get(other) ?? { reason: `${other.label} operates the microscope.`, askable: true }
  taken.set(other, known)
  return known
}

/** Whether this page may operate the microscope now; while nobody does, the first change takes control. */
export function mayOperate(state: EngineState): boolean {
  return whyNotOperate(state) === undefined
}

const planSets: Refusal = {
  reason: 'The acquisition sets the microscope now. Pause it to do so by hand.',
  askable: false,
  code: 'SET_BY_PLAN',
}

/**
 * Why stage, light and channel may not be set by hand now. A plan that is under way would end by it, or keep images that
 * are not what it takes them for; while it is paused, they may.
 */
export function whyNotByHand(state: EngineState): Refusal | undefined {
  return whyNotOperate(state) ?? (isUnderWay(state.acquisition) ? planSets : undefined)
}

const planHoldsFocus: Refusal = {
  reason: 'An acquisition runs. Pause it to focus by hand; the search can be used when it has ended.',
  askable: false,
  code: 'ACQUISITION_RUNNING',
}

const recordingHoldsFocus: Refusal = {
  reason: 'A recording runs. The search can be used when it has ended.',
  askable: false,
  code: 'ACQUISITION_RUNNING',
}

/**
 * Why the focus may not be searched for now: searches take turns with acquisitions, also with one that is paused. The
 * search that is under way may be ended.
 */
export function whyNotFindFocus(state: EngineState): Refusal | undefined {
  const refusal = whyNotOperate(state)
  if (refusal !== undefined || state.focus?.state === 'searching') return refusal
  if (isUnfinished(state.acquisition)) return planHoldsFocus
  return isUnfinished(state.recording) ? recordingHoldsFocus : undefined
}

const planUsesCamera: Refusal = {
  reason: 'The acquisition takes its images with this camera. Pause it to set the camera by hand.',
  askable: false,
  code: 'SET_BY_PLAN',
}

const mustNotStop: Refusal = {
  reason:
    'The camera would have to stop for this, and an acquisition or a recording uses it. It can be set when that has ended.',
  askable: false,
  code: 'ACQUISITION_RUNNING',
}

/**
 * Why a property of a device may not be set now. Of a camera whose images a plan takes, none may until it is paused, and
 * none for which the camera stops before whatever uses it has ended; of stages, lights and optics, none may as long as a
 * plan goes on.
 */
export function whyNotSet(
  state: EngineState,
  deviceId: string,
  { lockedWhileAcquiring }: Pick<PropertyDescriptor, 'lockedWhileAcquiring'>,
): Refusal | undefined {
  const refusal = whyNotOperate(state)
  if (refusal !== undefined) return refusal
  const device = state.devices.find(({ id }) => id === deviceId)
  if (device !== undefined && device.description.kind !== 'camera') return whyNotByHand(state)
  const used = [state.acquisition, state.recording].filter((run) => run?.detectorNames.includes(deviceId))
  if (lockedWhileAcquiring === true && used.some(isUnfinished)) return mustNotStop
  return used.includes(state.acquisition) && isUnderWay(state.acquisition) ? planUsesCamera : undefined
}

type Run = { readonly state: RunState } | undefined

function isUnfinished(run: Run): boolean {
  return run !== undefined && run.state !== 'finished'
}

/** Whether it goes on by itself. */
function isUnderWay(run: Run): boolean {
  return isUnfinished(run) && run?.state !== 'paused'
}

/** Whether this page decides about others. */
export function isOwner({ caller }: EngineState): boolean {
  return caller?.role === 'owner'
}

const elsewhere: Refusal = {
  reason: 'Only whoever sits at the microscope changes its hardware.',
  askable: false,
}

/** Why this page may not add, change or remove hardware. */
export function whyNotOwn(state: EngineState): Refusal | undefined {
  return isOwner(state) ? undefined : elsewhere
}
