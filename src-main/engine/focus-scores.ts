import { CoverslipError } from '../../src-shared/errors.ts'
import type { FocusScore } from '../../src-shared/focus.ts'
import type { FocusScores } from '../acquisition/focus/focus-scores.ts'
import { eventQueue } from './event-queue.ts'

/**
 * How sharp the images of a camera are, for one subscriber, until `signal` aborts or the consumer stops. A slow consumer
 * gets the newest only.
 * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE; OUT_OF_RANGE of images too small to tell.
 */
export async function* focusScores(
  scores: FocusScores,
  detectorName: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<FocusScore> {
  const told = eventQueue<FocusScore | CoverslipError>({
    on: (listener) => scores.on(detectorName, listener),
    first: [],
    add: (_waiting, next) => (next instanceof CoverslipError ? next : [next]),
    signal,
  })
  for await (const score of told) if (!(score instanceof CoverslipError)) yield score
}
