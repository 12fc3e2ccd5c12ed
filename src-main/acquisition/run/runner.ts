/**
 * Runs a plan: waits for the time of each event, has the hardware move and expose, has frames stored, and tells of it.
 *
 * ```
 * preparing → (waiting ⇄ paused) → acquiring → waiting … → finishing → finished
 * ```
 *
 * Times count from the timer's last reset, when the first event after it began to be exposed, or was left out; a pause
 * moves everything that is due after it by as much. An event that is late begins at once, and those after it keep their
 * times.
 */
import type { AcquisitionRunEvent } from '../../../src-shared/acquisition/acquisition-events.ts'
import type { FaultPolicy } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { RunState } from '../../../src-shared/acquisition/acquisition-status.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { AcquisitionHardware, EventBatch, ExposedFrame, NumberedEvent } from './acquisition-hardware.ts'
import type { AcquisitionSink } from './acquisition-sink.ts'
import { BatchProgress } from './batch-progress.ts'
import { FaultTally } from './fault-tally.ts'
import { overwritten, undelivered } from './frame-failures.ts'
import { Paused, PauseSwitch } from './pause-switch.ts'
import { monotonicClock, type RunClock } from './run-clock.ts'
import { type RunOutcome, Stopped } from './run-outcome.ts'
import { type RunProgress, RunReport } from './run-report.ts'
import { RunTimer } from './run-timer.ts'

/** Waiting is told of at least so often, ms. */
const waitingToldEveryMs = 1000
/** Devices are set up so long before an event is due, or twice as long as it has taken until now, ms. */
const setUpAheadMs = 500
const setUpAheadMostMs = 60_000

/** A plan, what it is run on, and where its frames go. */
export type RunnerOptions = {
  readonly id: string
  readonly sequence: MdaSequence
  /** Of the plan, in their order. */
  readonly events: Iterable<AcquisitionEvent>
  /** How many images all cameras together will take. */
  readonly framesExpected: number
  readonly hardware: AcquisitionHardware
  readonly sink: AcquisitionSink
  readonly onFault: FaultPolicy
  /** Cameras that take the image of an event. */
  readonly camerasOf: (event: AcquisitionEvent) => readonly string[]
  readonly clock?: RunClock
}

export class Runner {
  readonly #options: RunnerOptions
  readonly #clock: RunClock
  readonly #report: RunReport
  readonly #stop = new AbortController()
  readonly #pause = new PauseSwitch(this.#stop.signal)
  readonly #faults: FaultTally
  readonly #timer = new RunTimer()
  #longestSetUpMs = 0
  #running: Promise<RunOutcome> | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#clock = options.clock ?? monotonicClock
    this.#report = new RunReport(options.id)
    this.#faults = new FaultTally(options.onFault)
  }

  get state(): RunState {
    return this.#report.state
  }

  get progress(): RunProgress {
    return this.#report.progress
  }

  /** ms of the run's clock. */
  now(): number {
    return this.#clock.now()
  }

  /** Called with everything that happens; `sequenceFinished` is the last. */
  on(listener: (event: AcquisitionRunEvent) => void): () => void {
    return this.#report.onEvent(listener)
  }

  onState(listener: (state: RunState) => void): () => void {
    return this.#report.onState(listener)
  }

  /** Runs the plan; never rejects. The microscope is restored and the files are complete when it resolves. */
  run(): Promise<RunOutcome> {
    this.#running ??= this.#run()
    return this.#running
  }

  /** Pauses: at once while an event is waited for, after it while it is exposed. */
  pause(): void {
    this.#pause.ask()
  }

  resume(): void {
    this.#pause.resume()
  }

  /** Ends the run: at once while it waits or is paused, or for a device that hangs; after the image under way otherwise. */
  cancel(): void {
    this.#stop.abort(new Stopped())
  }

  /** Ends the run as `cancel` does, because of something outside of it: a full disk. */
  fail(error: CoverslipError): void {
    this.#stop.abort(new Stopped(error))
  }

  async #run(): Promise<RunOutcome> {
    const { sequence, hardware, sink, framesExpected } = this.#options
    this.#report.sequenceStarted(sequence)
    let failure: CoverslipError | undefined
    let isComplete = false
    try {
      this.#stop.signal.throwIfAborted()
      await hardware.prepare(sequence, this.#stop.signal)
      this.#stop.signal.throwIfAborted()
      for (const batch of hardware.batches(this.#numbered())) await this.#runBatch(batch)
      isComplete = true
    } catch (error) {
      const why: unknown = this.#stop.signal.aborted ? this.#stop.signal.reason : error
      failure = why instanceof Stopped ? why.failure : CoverslipError.from(why, 'DEVICE_FAILED')
    }
    const reasonOf = () => (failure !== undefined ? 'failed' : isComplete ? 'completed' : 'cancelled')
    this.#report.become('finishing')
    // Light goes off without waiting for the disk.
    const restoring = hardware.restore(reasonOf(), this.#stop.signal)
    const [restored, closed] = await Promise.allSettled([restoring, sink.close()])
    if (closed.status === 'rejected') failure ??= CoverslipError.from(closed.reason, 'DATA_FOLDER')
    const reason = reasonOf()
    const frames = { expected: framesExpected, written: sink.framesWritten }
    this.#report.sequenceFinished(reason, { failure, frames })
    return {
      reason,
      failure,
      notRestored: restored.status === 'fulfilled' ? restored.value : [CoverslipError.from(restored.reason)],
    }
  }

  *#numbered(): Generator<NumberedEvent> {
    let number = 0
    for (const event of this.#options.events) yield { ...event, number: number++ }
  }

  async #runBatch(batch: EventBatch): Promise<void> {
    const progress = new BatchProgress(batch, this.#options.camerasOf)
    try {
      await this.#goThrough(progress)
    } catch (error) {
      const { message } = CoverslipError.from(error, 'DEVICE_FAILED')
      for (const event of progress.restOfStack) this.#leaveOut(event, progress, message)
      throw error
    }
  }

  async #goThrough(progress: BatchProgress): Promise<void> {
    for (;;) {
      const { rest } = progress
      const [first] = rest
      if (first === undefined) return
      try {
        await this.#makeReady(rest, first)
        await this.#expose(rest, progress)
        for (const event of progress.rest) this.#concludeUntold(event, progress)
      } catch (error) {
        this.#stop.signal.throwIfAborted()
        if (!(error instanceof Paused)) await this.#heedFault(progress, error)
      }
    }
  }

  /**
   * Waits for the time of `first`, and sets up for it shortly before. What somebody has changed while it was waited for
   * is set again when the time has come; after a pause likewise.
   */
  async #makeReady(batch: EventBatch, first: NumberedEvent): Promise<void> {
    for (;;) {
      await this.#whilePaused()
      const aheadMs = Math.min(setUpAheadMostMs, Math.max(setUpAheadMs, 2 * this.#longestSetUpMs))
      if (!(await this.#waitFor(first, aheadMs))) continue
      await this.#setUp(batch, first)
      const isEarly = !this.#isDue(first)
      if (this.#pause.isAsked || !(await this.#waitFor(first, 0))) continue
      if (isEarly) await this.#setUp(batch, first)
      if (!this.#pause.isAsked) return
    }
  }

  async #setUp(batch: EventBatch, first: NumberedEvent): Promise<void> {
    const began = this.#clock.now()
    if (this.#isDue(first)) this.#report.become('acquiring')
    await this.#options.hardware.setUp(batch, this.#stop.signal)
    this.#longestSetUpMs = Math.max(this.#longestSetUpMs, this.#clock.now() - began)
    this.#stop.signal.throwIfAborted()
  }

  #isDue(event: NumberedEvent): boolean {
    return this.#clock.now() >= (this.#timer.dueAt(event) ?? 0)
  }

  async #whilePaused(): Promise<void> {
    if (!this.#pause.isAsked) return
    this.#report.become('paused')
    this.#report.pauseToggled(true)
    const began = this.#clock.now()
    // It is paused whatever the devices do: no event has failed.
    await this.#options.hardware.pause(this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#report.pauseFailed(error)
    })
    await this.#pause.whileAsked()
    this.#timer.moveBy(this.#clock.now() - began)
    this.#report.pauseToggled(false)
    this.#stop.signal.throwIfAborted()
  }

  /** Waits until `aheadMs` before `event` is due; false: it was paused. */
  async #waitFor(event: NumberedEvent, aheadMs: number): Promise<boolean> {
    const due = this.#timer.dueAt(event)
    this.#report.next(event, due)
    if (due === undefined) return true
    for (;;) {
      const now = this.#clock.now()
      if (now >= due - aheadMs) return true
      this.#report.become('waiting')
      this.#report.awaiting(event, (due - now) / 1000)
      const until = Math.min(due - aheadMs, now + waitingToldEveryMs)
      await this.#clock.until(until, this.#pause.signal)
      this.#stop.signal.throwIfAborted()
      if (this.#pause.isAsked) return false
    }
  }

  async #expose(batch: EventBatch, progress: BatchProgress): Promise<void> {
    this.#report.become('acquiring')
    await this.#options.hardware.expose(batch, {
      signal: this.#pause.signal,
      begun: (event) => {
        const now = this.#clock.now()
        progress.begun(event, now)
        this.#report.started(event, this.#timer.begun(event, now))
      },
      exposed: (frame) => this.#take(frame, progress),
    })
  }

  async #take(frame: ExposedFrame, progress: BatchProgress): Promise<void> {
    const { event, camera } = frame
    // Of an event that is tried again, a camera that did not fail delivers twice.
    if (!progress.missing(event).includes(camera)) return
    if ((await this.#store(frame)) === 'lost') throw overwritten(camera)
    this.#report.frameReady(frame)
    if (progress.taken(event, camera)) this.#conclude(event, progress)
  }

  /** What the disk cannot keep ends the run, whatever the fault policy says of devices. */
  async #store(frame: ExposedFrame): Promise<'taken' | 'lost'> {
    try {
      return await this.#options.sink.take(frame)
    } catch (error) {
      const failure = CoverslipError.from(error, 'DATA_FOLDER')
      this.fail(failure)
      throw failure
    }
  }

  /** After an exposure without a fault: what is no image is done; a frame that was not told of was not taken. */
  #concludeUntold(event: NumberedEvent, progress: BatchProgress): void {
    const [missing] = progress.missing(event)
    if (missing === undefined) return this.#conclude(event, progress)
    throw undelivered(missing)
  }

  #conclude(event: NumberedEvent, progress: BatchProgress): void {
    progress.done(event)
    const now = this.#clock.now()
    this.#report.finished(event, now - (progress.beganAt(event) ?? now))
  }

  /** What the plan's fault policy says of an error. @throws the error itself, where the plan ends with it */
  async #heedFault(progress: BatchProgress, error: unknown): Promise<void> {
    const failure = CoverslipError.from(error, 'DEVICE_FAILED')
    const [event] = progress.rest
    // All images are there: what failed was after them.
    if (event === undefined) throw failure
    const consequence = this.#faults.consequenceOf(event)
    this.#report.failed(event, failure, consequence)
    if (consequence === 'abort') throw failure
    if (consequence === 'retry') return
    // It had its turn: what counts from it is still due.
    if (progress.beganAt(event) === undefined) this.#timer.begun(event, this.#clock.now())
    this.#leaveOut(event, progress, failure.message)
  }

  #leaveOut(event: NumberedEvent, progress: BatchProgress, reason: string): void {
    const missing = progress.missing(event)
    this.#options.sink.skip(event, missing, reason)
    progress.done(event)
    this.#report.skipped(missing.length)
  }
}
