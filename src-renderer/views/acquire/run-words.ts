/** How a plan goes, in words. */
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { Axis } from '../../../src-shared/plan/sequence.ts'
import { durationText } from '../../components/duration-words.ts'
import { count } from '../../components/format.ts'
import { counted } from './estimate-words.ts'

/** What the plan does now, or how it ended. */
export function stateText({ state, nextEventInS, finish }: PlanStatus): string {
  switch (state) {
    case 'preparing':
      return 'Preparing'
    case 'waiting':
      return nextEventInS === undefined || nextEventInS < 0.5
        ? 'Acquiring'
        : `Next image in ${durationText(Math.round(nextEventInS))}`
    case 'acquiring':
      return 'Acquiring'
    case 'paused':
      return 'Paused'
    case 'finishing':
      return 'Writing the last images, and putting the microscope back'
    case 'finished':
      return finishText(finish?.reason)
  }
}

function finishText(reason: NonNullable<PlanStatus['finish']>['reason'] | undefined): string {
  switch (reason) {
    case undefined:
    case 'completed':
      return 'Finished'
    case 'cancelled':
      return 'Cancelled'
    case 'failed':
      return 'Failed'
  }
}

/** Where in the plan it is: `time point 3 · A1 · GFP · plane 4`. */
export function placeText({ index, positionName, channel }: PlanStatus): string {
  const number = (axis: Axis, word: string) => {
    const value = index?.[axis]
    return value === undefined ? [] : [`${word} ${value + 1}`]
  }
  return [
    ...number('t', 'time point'),
    ...(positionName === undefined ? number('p', 'position') : [positionName]),
    ...number('g', 'tile'),
    ...(channel === undefined ? number('c', 'channel') : [channel]),
    ...number('z', 'plane'),
  ].join(' · ')
}

/** `4 min 12 s left`; empty while that is not known. Whole seconds, so that it does not flicker. */
export function leftText({ secondsLeft }: PlanStatus): string {
  return secondsLeft === undefined ? '' : `${durationText(Math.ceil(secondsLeft))} left`
}

/** What is there at the end, and what is not: `45 of 48 images are there: 3 left out.` */
export function endText({ frames, events }: PlanStatus): string {
  const { expected, written, lost, incomplete } = frames
  const missing = [
    ...(events.skipped > 0 ? [`${count(events.skipped)} left out`] : []),
    ...(lost > 0 ? [`${count(lost)} lost`] : []),
    ...(incomplete > 0 ? [`${count(incomplete)} with pixels missing`] : []),
  ]
  const whole = expected === undefined || written >= expected
  const there = whole
    ? written === 1
      ? 'The image is there'
      : `All ${count(written)} images are there`
    : `${count(written)} of ${counted(expected, 'image is', 'images are')} there`
  return missing.length === 0 ? `${there}.` : `${there}: ${missing.join(', ')}.`
}

/** Whether all that was planned is there. */
export function isWhole({ frames, events }: PlanStatus): boolean {
  const { expected = 0, written, lost, incomplete } = frames
  return written >= expected && lost === 0 && incomplete === 0 && events.skipped === 0
}

/** Share of the events that are done, 0 to 1. */
export function progressOf({ events }: PlanStatus): number {
  return events.total === 0 ? 0 : Math.min(1, events.done / events.total)
}

/** Images, or time, that nobody gives up by a slip of the hand. */
const muchFrames = 20
const muchMs = 30_000

/** Whether so much was done already that ending it should be asked about. */
export function muchDone({ frames, startedAt }: PlanStatus, nowMs: number): boolean {
  return frames.written >= muchFrames || nowMs - startedAt >= muchMs
}
