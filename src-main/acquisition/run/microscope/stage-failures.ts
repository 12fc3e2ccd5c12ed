/** What goes wrong with the stages of a plan. */
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { StagePosition } from '../../../../src-shared/frames/frame-info.ts'
import { axesOf, type StageAxis, type StageTarget } from './stage-axes.ts'

/** A stage that stands further off than this has not arrived, µm; less is the step of a coarse motor. */
const toleranceUm = 5

/** Why nothing moves `axis`. */
export function noStage(axis: StageAxis): CoverslipError {
  return new CoverslipError('UNKNOWN_DEVICE', `There is no stage that moves ${axis}`, {
    hint: 'Connect one, or take the positions out of the plan.',
  })
}

/** @throws CoverslipError DEVICE_FAILED when the stage `name` stands somewhere else than at `target` */
export function checkArrival(name: string, target: StageTarget, stands: StagePosition): void {
  for (const axis of axesOf(target)) {
    const [to, at] = [target[axis], stands[axis]]
    if (to === undefined || at === undefined || Math.abs(at - to) <= toleranceUm) continue
    throw new CoverslipError('DEVICE_FAILED', `${name} stands at ${axis} = ${at} µm, and not at ${to} µm`, {
      hint: 'Look whether something is in its way.',
    })
  }
}

/** Why the stage `name` is not moved any more. */
export function notHalted(name: string): CoverslipError {
  return new CoverslipError(
    'DEVICE_TIMEOUT',
    `${name} did not halt when it was told to, and was left alone`,
    {
      hint: 'Look where it is, and stop it by hand where it moves; then reconnect it.',
    },
  )
}

/** Why it is not known where the stage `name` is. */
export function interfered(name: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `${name} was moved or stopped by somebody else on its way`, {
    hint: 'Leave it alone while the plan moves it, or pause the plan first.',
  })
}

/** What was left where it is, as moving it might have driven the objective into something. */
export function notBack(target: StageTarget): CoverslipError {
  const { z, x, y } = target
  if (z !== undefined && x === undefined && y === undefined) {
    return new CoverslipError('DEVICE_FAILED', `The focus was not brought back to z = ${z} µm`, {
      hint: 'x and y are not where they were: look first whether the objective is free to move.',
    })
  }
  const places = axesOf(target).map((axis) => `${axis} = ${target[axis]} µm`)
  return new CoverslipError('DEVICE_FAILED', `The stage was not brought back to ${places.join(', ')}`, {
    hint: 'The focus was not taken away first: look whether the objective is free of the specimen.',
  })
}
