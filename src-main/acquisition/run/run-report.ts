/** What a run tells of itself: its events, one by one, and how far it is. */
import type { AcquisitionRunEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { FaultPolicy } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { FinishReason, RunState } from '../../../src-shared/acquisition/acquisition-status.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import type { ExposedFrame, NumberedEvent } from './acquisition-hardware.ts'
import { plannedEvent } from './planned-event.ts'

/** Later than planned by more than this is counted as late, ms. */
const toleratedLatenessMs = 50

/** How far a run is. */
export type RunProgress = {
  /** Events that need nothing more, whether their images were taken or not. */
  readonly done: number
  /** Events and images that were left out. */
  readonly skipped: number
  readonly framesSkipped: number
  readonly late: number
  /** Under way, or waited for. */
  readonly event: NumberedEvent | undefined
  /** When `event` is due, ms of the run's clock; undefined: now. */
  readonly dueAt: number | undefined
}

export class RunReport {
  readonly #id: string
  readonly #events = new Emitter<AcquisitionRunEvent>()
  readonly #states = new Emitter<RunState>()
  #state: RunState = 'preparing'
  #progress: RunProgress = {
    done: 0,
    skipped: 0,
    framesSkipped: 0,
    late: 0,
    event: undefined,
    dueAt: undefined,
  }

  constructor(id: string) {
    this.#id = id
  }

  get state(): RunState {
    return this.#state
  }

  get progress(): RunProgress {
    return this.#progress
  }

  onEvent(listener: (event: AcquisitionRunEvent) => void): () => void {
    return this.#events.on(listener)
  }

  onState(listener: (state: RunState) => void): () => void {
    return this.#states.on(listener)
  }

  become(state: RunState): void {
    if (this.#state === state) return
    this.#state = state
    this.#states.emit(state)
  }

  sequenceStarted(sequence: MdaSequence): void {
    this.#events.emit({ type: 'sequenceStarted', id: this.#id, plan: { ...writePlan(sequence) } })
  }

  pauseToggled(paused: boolean): void {
    this.#events.emit({ type: 'sequencePauseToggled', id: this.#id, paused })
  }

  /** Paused, but a device is not as it is in pauses. */
  pauseFailed(error: unknown): void {
    const failure = CoverslipError.from(error, 'DEVICE_FAILED')
    this.#events.emit({ type: 'sequencePauseFailed', id: this.#id, ...wordsOf(failure) })
  }

  /** `event` is the next. */
  next(event: NumberedEvent, dueAt: number | undefined): void {
    this.#follow({ event, dueAt })
  }

  awaiting(event: NumberedEvent, remainingS: number): void {
    this.#events.emit({ type: 'awaitingEvent', ...this.#of(event), remainingS })
  }

  started(event: NumberedEvent, lateMs: number | undefined): void {
    const isLate = lateMs !== undefined && lateMs > toleratedLatenessMs
    this.#follow({ event, dueAt: undefined, late: this.#progress.late + (isLate ? 1 : 0) })
    this.#events.emit({
      type: 'eventStarted',
      ...this.#of(event),
      ...(lateMs === undefined ? {} : { lateMs }),
    })
  }

  frameReady({ event, camera, sequence }: ExposedFrame): void {
    this.#events.emit({ type: 'frameReady', ...this.#of(event), camera, sequence })
  }

  finished(event: NumberedEvent, durationMs: number): void {
    this.#follow({ done: this.#progress.done + 1 })
    this.#events.emit({ type: 'eventFinished', ...this.#of(event), durationMs })
  }

  failed(event: NumberedEvent, failure: CoverslipError, consequence: FaultPolicy['kind']): void {
    this.#events.emit({ type: 'eventFailed', ...this.#of(event), ...wordsOf(failure), consequence })
  }

  /** `event` is given up; so many of its images are not there. */
  skipped(frames: number): void {
    const { done, skipped, framesSkipped } = this.#progress
    this.#follow({
      done: done + 1,
      skipped: skipped + (frames > 0 ? 1 : 0),
      framesSkipped: framesSkipped + frames,
    })
  }

  /** The last that is told. */
  sequenceFinished(
    reason: FinishReason,
    {
      failure,
      frames,
    }: { failure: CoverslipError | undefined; frames: { expected: number; written: number } },
  ): void {
    const id = this.#id
    if (reason === 'cancelled') this.#events.emit({ type: 'sequenceCanceled', id })
    this.become('finished')
    this.#events.emit({
      type: 'sequenceFinished',
      id,
      reason,
      frames: { ...frames, skipped: this.#progress.framesSkipped },
      ...(failure === undefined ? {} : wordsOf(failure)),
    })
  }

  #of(event: NumberedEvent) {
    return { id: this.#id, event: plannedEvent(event) }
  }

  #follow(change: Partial<RunProgress>): void {
    this.#progress = { ...this.#progress, ...change }
  }
}

/** What a person is told of a failure. */
export function wordsOf({ message, hint }: CoverslipError): {
  readonly message: string
  readonly hint?: string
} {
  return { message, ...(hint === undefined ? {} : { hint }) }
}
