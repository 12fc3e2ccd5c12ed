import { CoverslipError } from '../../src-shared/errors.ts'

type Queue<Event> = {
  /** Calls `listener` for each event; returns the unsubscriber. */
  on(listener: (event: Event) => void): () => void
  /** What waits first. */
  readonly first: readonly Event[]
  /** What waits once `event` has come as well, bounded; or why the subscriber gets no more. */
  add(waiting: Event[], event: Event): Event[] | CoverslipError
  readonly signal: AbortSignal | undefined
}

/**
 * Events for one subscriber, one after the other, until `signal` aborts or the consumer stops.
 * @throws CoverslipError what `add` has returned
 */
export async function* eventQueue<Event>({ on, first, add, signal }: Queue<Event>): AsyncGenerator<Event> {
  let waiting: Event[] | CoverslipError = [...first]
  let wake: () => void = () => undefined
  const unsubscribe = on((event) => {
    if (!(waiting instanceof CoverslipError)) waiting = add(waiting, event)
    wake()
  })
  const aborted = () => wake()
  signal?.addEventListener('abort', aborted)
  try {
    while (signal?.aborted !== true) {
      if (waiting instanceof CoverslipError) throw waiting
      const next: Event | undefined = waiting.shift()
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
