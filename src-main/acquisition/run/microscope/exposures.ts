import { camerasKey } from '../../plans/plan-costs.ts'
import type { EventBatch, ExposedFrame, ExposeOptions, NumberedEvent } from '../acquisition-hardware.ts'
import { burstFrame, type Exposing, oneFrame, type SequenceFrame, triggeredFrame } from './exposure-frames.ts'
import { keepingMs, onceOverdue, orGivenUp } from './giving-up.ts'
import type { ImageConditions } from './image-conditions.ts'
import type { LightGates } from './light-gates.ts'
import type { LightGate } from './light-path.ts'
import type { PlanCamera } from './plan-camera.ts'
import { allEnded, linkedTo, together } from './together.ts'

/** Frames of the ring that may wait to be taken, as a share of it. */
const ringShare = 0.5

type Options = {
  readonly light: LightGates
  readonly gates: readonly LightGate[]
  readonly cameras: readonly Exposing[]
  readonly conditions: ImageConditions
  readonly run: ExposeOptions
}

/** Frames that come without being asked for one by one. */
type Sequence = {
  /** What makes them come. */
  readonly beside?: (signal: AbortSignal) => Promise<void>
  readonly before: (exposing: Exposing, signal: AbortSignal) => Promise<void>
  readonly frame: SequenceFrame
  readonly take: (frame: ExposedFrame) => Promise<void>
}

/** Has a focus drive step through planes; `halted` is told how many it has triggered when `signal` has stopped it. */
export type TriggeringSteps = (signal: AbortSignal, halted: (triggered: number) => void) => Promise<void>

/** The exposures of one batch: light on, frames awaited and handed on, light off. */
export class Exposures {
  readonly #options: Options
  /** How many frames may be on their way out of the rings. */
  readonly #room: number
  /** Frames that were handed on and are not taken yet, the oldest first. */
  #taking: Promise<unknown>[] = []
  /**
   * Aborted when a frame could not be taken; and when the run is: at once while a sequence is exposed, or else as soon as
   * the image under way is overdue.
   */
  #stop = new AbortController()

  constructor(options: Options) {
    this.#options = options
    const slots = Math.min(...options.cameras.map(({ camera }) => camera.slots))
    this.#room = Math.max(1, Math.floor(slots * ringShare))
  }

  /** The longest exposure, ms. */
  get longestMs(): number {
    return Math.max(...this.#options.cameras.map(({ exposureMs }) => exposureMs))
  }

  /** Which cameras expose: `by` of an image in `StepTimes`. */
  get camerasKey(): string {
    return camerasKey(this.#options.cameras.map(({ camera }) => camera.id))
  }

  /**
   * One image of each camera; `between` brings the microscope from one event to the next, the light being off. When the
   * run is stopped, the image under way is still taken, unless a camera that should have delivered it by then has not.
   */
  oneByOne(batch: EventBatch, between: (event: NumberedEvent) => Promise<void>): Promise<void> {
    const { light, gates, run } = this.#options
    return this.#inLight(async () => {
      for (const [i, event] of batch.entries()) {
        if (i > 0) await between(event)
        run.signal.throwIfAborted()
        await light.open(gates, run.signal)
        run.begun(event)
        await this.#takeAll(event)
      }
    })
  }

  /** Consecutive frames of cameras that run free, in light that stays on. */
  burst(batch: EventBatch): Promise<void> {
    const end = batch.at(-1)
    // Handed on when the devices have told everything: with all frames taken, none could be taken again.
    const last: ExposedFrame[] = []
    return this.#inLight(async () => {
      await this.#continuously(batch, {
        before: ({ camera, exposureMs }, signal) => camera.anyFrame(exposureMs, signal),
        frame: burstFrame(batch),
        take: async (frame) => {
          this.#options.conditions.check()
          if (frame.event === end) last.push(frame)
          else await this.#hand(frame)
        },
      })
      await orGivenUp(this.#confirm(end), this.#options.run.signal)
      for (const frame of last) await this.#hand(frame)
    })
  }

  /**
   * Frames that `steps`, a motion of the focus drive, triggers one by one, in light that stays on. That a camera has missed
   * a trigger shows in nothing but their number: none is handed on before all are there, and the rings must hold them.
   * Where the run is stopped, and the drive tells how far it has come, these are all those until there.
   */
  triggeredBy(batch: EventBatch, steps: TriggeringSteps): Promise<void> {
    const { run } = this.#options
    const frames: ExposedFrame[] = []
    let halted: EventBatch | undefined
    return this.#inLight(async () => {
      try {
        await this.#continuously(batch, {
          beside: (signal) =>
            steps(signal, (triggered) => {
              halted = batch.slice(0, triggered)
            }),
          before: async ({ camera }) => camera.skipPresent(),
          frame: triggeredFrame(batch),
          take: async (frame) => {
            frames.push(frame)
          },
        })
      } catch (error) {
        if (!run.signal.aborted || halted === undefined) throw error
        // Those that cannot be kept are taken again after a pause; what is wrong shows then.
        return this.#keepHalted(halted, frames).catch(() => run.signal.throwIfAborted())
      }
      await this.#handSurely(batch, frames)
    })
  }

  /** Hands on `frames` when it is sure that they are those of `batch`, of which the last may keep the shutter open. */
  async #handSurely(batch: EventBatch, frames: readonly ExposedFrame[]): Promise<void> {
    const { cameras, run } = this.#options
    const noneMore = cameras.map(({ camera }) =>
      camera.noneMore({ planned: batch.length, taken: framesOf(camera, frames).length }),
    )
    // What a slow camera still has on its way comes, or not, within a time of its own.
    await allEnded([orGivenUp(this.#confirm(batch.at(-1)), run.signal, keepingMs), ...noneMore])
    for (const frame of frames) await this.#hand(frame)
  }

  /** Hands on the frames of `batch`, whose planes have been triggered; `frames` are there already. */
  async #keepHalted(batch: EventBatch, frames: ExposedFrame[]): Promise<void> {
    await this.#takeUnderWay(batch, frames)
    await this.#handSurely(batch, frames)
  }

  /** Waits for those frames of `batch` that are not among `frames` yet. @throws as `expose`, of those that are overdue, too */
  async #takeUnderWay(batch: EventBatch, frames: ExposedFrame[]): Promise<void> {
    const { cameras, run } = this.#options
    const waits = cameras.map((exposing, n) => async (signal: AbortSignal) => {
      const { camera, exposureMs } = exposing
      const { length } = framesOf(camera, frames)
      for (const [i, event] of batch.entries()) {
        if (i < length) continue
        if (n === 0 && i > length) run.begun(event)
        const { sequence } = await camera.nextFrame(exposureMs, signal)
        frames.push({ camera: camera.id, sequence, event })
      }
    })
    const overdueMs = Math.max(...cameras.map(({ camera, exposureMs }) => camera.usualMs(exposureMs)))
    const overdue = new AbortController()
    const timer = setTimeout(() => overdue.abort(run.signal.reason), overdueMs)
    try {
      await together(overdue.signal, waits)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Each camera's frames in its own time; an event begins when the first camera has delivered the one before. */
  async #continuously(batch: EventBatch, { beside, before, frame, take }: Sequence): Promise<void> {
    const { light, gates, cameras, run } = this.#options
    const { controller, unlink } = linkedTo(run.signal)
    this.#stop = controller
    try {
      await light.open(gates, run.signal)
      const sinceNs = process.hrtime.bigint()
      const taking = cameras.map((exposing, n) => async (signal: AbortSignal) => {
        await before(exposing, signal)
        for (const [i, event] of batch.entries()) {
          if (n === 0) run.begun(event)
          const { sequence } = await frame(exposing, signal, { i, event, sinceNs })
          await take({ camera: exposing.camera.id, sequence, event })
        }
      })
      await together(controller.signal, [...taking, ...(beside === undefined ? [] : [beside])])
    } finally {
      unlink()
    }
  }

  async #takeAll(event: NumberedEvent): Promise<void> {
    const { cameras, run } = this.#options
    const frames = new Map<string, number>()
    const began = performance.now()
    const usualMs = Math.max(...cameras.map(({ camera, exposureMs }) => camera.usualMs(exposureMs)))
    const unlink = onceOverdue(
      run.signal,
      () => began + usualMs - performance.now(),
      () => this.#stop.abort(run.signal.reason),
    )
    try {
      await together(
        this.#stop.signal,
        cameras.map((exposing) => async (signal: AbortSignal) => {
          frames.set(exposing.camera.id, (await oneFrame(exposing, signal)).sequence)
        }),
      )
      await orGivenUp(this.#confirm(event), this.#stop.signal, 0)
    } finally {
      unlink()
    }
    for (const [camera, sequence] of frames) await this.#hand({ camera, sequence, event })
  }

  /**
   * What `last` needs has been exposed: light off, unless it keeps the shutter open, while the devices tell whether all was
   * as it was set up. @throws as `ImageConditions.confirm`; CoverslipError of a light that stays on.
   */
  #confirm(last: NumberedEvent | undefined): Promise<void> {
    const { light, conditions } = this.#options
    // Begun first: what devices tell before they answer it is not the closing.
    const confirmed = conditions.confirm()
    return allEnded(last?.keepShutterOpen === true ? [confirmed] : [confirmed, light.close()])
  }

  /** Hands a frame on; waits only while too many are not taken yet. */
  async #hand(frame: ExposedFrame): Promise<void> {
    this.#taking.push(this.#options.run.exposed(frame).catch((error: unknown) => this.#stop.abort(error)))
    while (this.#taking.length >= this.#room) await this.#taking.shift()
  }

  /** Does `action`, which ends with the light off or kept on, and waits until its frames are taken; light off when it fails. */
  async #inLight(action: () => Promise<void>): Promise<void> {
    try {
      await action()
      await Promise.all(this.#taking)
      this.#stop.signal.throwIfAborted()
    } catch (error) {
      await this.#options.light.closeAfterFailure(this.#options.run.signal)
      await Promise.all(this.#taking)
      throw error
    }
  }
}

const framesOf = ({ id }: PlanCamera, frames: readonly ExposedFrame[]) =>
  frames.filter(({ camera }) => camera === id)
