import type { EventBatch, NumberedEvent } from './acquisition-hardware.ts'

type EventProgress = {
  readonly event: NumberedEvent
  /** Cameras whose frame is not there yet. */
  readonly missing: Set<string>
  beganAt: number | undefined
  isDone: boolean
}

/** What of a batch has been done: for hardware that fails, or is paused, in the middle of it. */
export class BatchProgress {
  readonly #events: ReadonlyMap<number, EventProgress>

  /** `camerasOf`: the cameras that take the image of an event that is one. */
  constructor(batch: EventBatch, camerasOf: (event: NumberedEvent) => readonly string[]) {
    this.#events = new Map(
      batch.map((event) => [
        event.number,
        {
          event,
          missing: new Set(event.action.type === 'acquireImage' ? camerasOf(event) : []),
          beganAt: undefined,
          isDone: false,
        },
      ]),
    )
  }

  /** Events that are still to be done, in their order. */
  get rest(): EventBatch {
    return [...this.#events.values()].flatMap(({ event, isDone }) => (isDone ? [] : [event]))
  }

  /** The planes that a stack lacks of which others are there. Of a series in time none are lacking: it is shorter. */
  get restOfStack(): EventBatch {
    const { rest } = this
    const [first] = this.#events.values()
    if (rest.length === this.#events.size) return []
    return rest.filter(({ index }) => index.t === first?.event.index.t)
  }

  /** Cameras whose frames of `event` are not there yet. */
  missing(event: NumberedEvent): readonly string[] {
    return [...(this.#of(event)?.missing ?? [])]
  }

  begun(event: NumberedEvent, at: number): void {
    const progress = this.#of(event)
    if (progress !== undefined) progress.beganAt = at
  }

  /** When `event` began to be exposed; undefined: it has not. */
  beganAt(event: NumberedEvent): number | undefined {
    return this.#of(event)?.beganAt
  }

  /** A frame of `camera` is there; true: it is the last that `event` needs. */
  taken(event: NumberedEvent, camera: string): boolean {
    const progress = this.#of(event)
    progress?.missing.delete(camera)
    return progress?.missing.size === 0
  }

  /** Nothing more is expected of `event`. */
  done(event: NumberedEvent): void {
    const progress = this.#of(event)
    if (progress !== undefined) progress.isDone = true
  }

  #of({ number }: NumberedEvent): EventProgress | undefined {
    return this.#events.get(number)
  }
}
