import type { AcquisitionRunEvent } from '../../src-shared/acquisition/acquisition-events.ts'
import { CoverslipError } from '../../src-shared/errors.ts'

/** Events a subscriber may be behind by. */
const mostWaiting = 10_000

type Source = { onEvent(listener: (event: AcquisitionRunEvent) => void): () => void }

/**
 * What happens in plans from now on, for one subscriber, until `signal` aborts or the consumer stops. None is left out: a
 * consumer that is too slow is told so, and gets no more.
 * @throws CoverslipError RATE_LIMITED
 */
export async function* acquisitionEvents(
  source: Source,
  signal: AbortSignal | undefined,
): AsyncGenerator<AcquisitionRunEvent> {
  const waiting: AcquisitionRunEvent[] = []
  let wake: () => void = () => undefined
  const unsubscribe = source.onEvent((event) => {
    if (waiting.length <= mostWaiting) waiting.push(event)
    wake()
  })
  const aborted = () => wake()
  signal?.addEventListener('abort', aborted)
  try {
    while (signal?.aborted !== true) {
      if (waiting.length > mostWaiting) throw tooSlow()
      const next = waiting.shift()
      if (next !== undefined) yield next
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal?.removeEventListener('abort', aborted)
    unsubscribe()
  }
}

function tooSlow(): CoverslipError {
  return new CoverslipError('RATE_LIMITED', `More than ${mostWaiting} events of the plan wait to be read`, {
    hint: 'Read them faster, or ask for the status a few times a second instead.',
  })
}
