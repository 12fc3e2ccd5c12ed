/** What the runner has the microscope do. The runner owns time, state and order; this owns devices. */
import type { FinishReason } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'

/** A frame that was exposed for an event: to be found in the camera's ring. */
export type ExposedFrame = {
  readonly camera: string
  /** The camera's own number of the frame, in its present run. */
  readonly sequence: number
  readonly event: NumberedEvent
  /** Where a focus drive that triggers the camera by itself stood, µm: what stages have told last is not so new. */
  readonly zUm?: number | undefined
}

/** An event that can be told from all others of its plan. */
export type NumberedEvent = AcquisitionEvent & {
  /** Running number in the plan, from 0. */
  readonly number: number
}

/** Consecutive events that the cameras go through without being stopped; often one only. */
export type EventBatch = readonly NumberedEvent[]

export interface AcquisitionHardware {
  /**
   * Checks that everything the plan names is there, remembers the state to come back to, and starts the cameras.
   * @throws CoverslipError naming what is missing; the reason of `signal`: soon, even where a device hangs.
   */
  prepare(sequence: MdaSequence, signal: AbortSignal): Promise<void>
  /** Groups events that need nothing set between them but what the hardware does by itself; lazily. */
  batches(events: Iterable<NumberedEvent>): Iterable<EventBatch>
  /**
   * Moves, sets and waits until everything has settled for the first event of `batch`. Light is still off. Where that is
   * done already, it only sets again what somebody else has changed since, and takes no time where nobody has.
   * @throws CoverslipError of the device that failed; what was set before stays. The reason of `signal`, as `prepare`.
   */
  setUp(batch: EventBatch, signal: AbortSignal): Promise<void>
  /**
   * Exposes the events of `batch`, in order; `exposed` is called for each frame once it is in the ring and resolves when it
   * has been taken out of it. Light is off afterwards unless the last event keeps the shutter open.
   * @throws CoverslipError of the device that failed; or the reason of `signal`, after the image under way, unless that is
   *   overdue. Frames told by then are valid.
   */
  expose(batch: EventBatch, run: ExposeOptions): Promise<void>
  /**
   * The plan pauses: light as it was before the plan, cameras running free, so that the specimen can be looked at. What is
   * set meanwhile, by whomever, is set anew by the next `setUp`, and no frame of the pause is taken for an image.
   * @throws CoverslipError of the device that failed; the plan is paused all the same. The reason of `signal`, as `prepare`.
   */
  pause(signal: AbortSignal): Promise<void>
  /**
   * Light off, shutters closed, cameras as they were; then everything back where it was, focus never towards the
   * specimen before stage and light are safe. After a failure the light stays off; otherwise it is as it was before.
   * Called once, whether or not `prepare` has succeeded; goes on past devices that fail, and never rejects. Once `signal`
   * has aborted, a device that hangs is not waited for: it does what it can as soon as it answers.
   * @returns what could not be restored, or was not confirmed.
   */
  restore(outcome: FinishReason, signal: AbortSignal): Promise<readonly Error[]>
}

/** Who is told of what while a batch is exposed. */
export type ExposeOptions = {
  readonly signal: AbortSignal
  /** `event` begins to be exposed now. */
  readonly begun: (event: NumberedEvent) => void
  readonly exposed: (frame: ExposedFrame) => Promise<void>
}
