import type { AcquisitionRunEvent } from '../../src-shared/acquisition/acquisition-events.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { eventQueue } from './event-queue.ts'

/** Events a subscriber may be behind by. */
const mostWaiting = 10_000

type Source = { onEvent(listener: (event: AcquisitionRunEvent) => void): () => void }

/**
 * What happens in plans from now on, for one subscriber, until `signal` aborts or the consumer stops. None is left out: a
 * consumer that is too slow is told so, and gets no more.
 * @throws CoverslipError RATE_LIMITED
 */
export function acquisitionEvents(
  source: Source,
  signal: AbortSignal | undefined,
): AsyncGenerator<AcquisitionRunEvent> {
  return eventQueue<AcquisitionRunEvent>({
    on: (listener) => source.onEvent(listener),
    first: [],
    add: (waiting, event) => {
      if (waiting.length === mostWaiting) return tooSlow()
      waiting.push(event)
      return waiting
    },
    signal,
  })
}

function tooSlow(): CoverslipError {
  return new CoverslipError('RATE_LIMITED', `More than ${mostWaiting} events of the plan wait to be read`, {
    hint: 'Read them faster, or ask for the status a few times a second instead.',
  })
}
