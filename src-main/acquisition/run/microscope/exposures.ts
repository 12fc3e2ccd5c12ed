import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import { camerasKey } from '../../plans/plan-costs.ts'
import type { EventBatch, ExposedFrame, ExposeOptions, NumberedEvent } from '../acquisition-hardware.ts'
import { onceOverdue, orGivenUp } from './giving-up.ts'
import type { ImageConditions } from './image-conditions.ts'
import type { LightGates } from './light-gates.ts'
import type { LightGate } from './light-path.ts'
import { exposedAtNs, type PlanCamera } from './plan-camera.ts'
import { allEnded, linkedTo, together } from './together.ts'

/** Frames of the ring that may wait to be taken, as a share of it. */
const ringShare = 0.5

/** A camera and how long it exposes, ms. */
export type Exposing = {
  readonly camera: PlanCamera
  readonly exposureMs: number
  readonly isTriggered: boolean
}

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
/** The frame of `event`, number `i` of a sequence that is lit since `sinceNs`, of `process.hrtime`. */
type SequenceFrame = (
  exposing: Exposing,
  signal: AbortSignal,
  at: { readonly i: number; readonly event: NumberedEvent; readonly sinceNs: bigint },
) => Promise<FrameInfo>

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
        await light.open(gates)
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
   */
  triggeredBy(batch: EventBatch, steps: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const frames: ExposedFrame[] = []
    return this.#inLight(async () => {
      await this.#continuously(batch, {
        beside: steps,
        before: async ({ camera }) => camera.skipPresent(),
        frame: triggeredFrame(batch),
        take: async (frame) => {
          frames.push(frame)
        },
      })
      const ended = allEnded([this.#confirm(batch.at(-1)), this.#noneMore(batch.length)])
      await orGivenUp(ended, this.#options.run.signal)
      for (const frame of frames) await this.#hand(frame)
    })
  }

  /** @throws CoverslipError of a camera that delivers more than `planned` frames; the reason of the run's signal. */
  #noneMore(planned: number): Promise<void> {
    const { cameras, run } = this.#options
    const waits = cameras.map(
      ({ camera }) =>
        (signal: AbortSignal) =>
          camera.noneMore(planned, signal),
    )
    return together(run.signal, waits)
  }

  /** Each camera's frames in its own time; an event begins when the first camera has delivered the one before. */
  async #continuously(batch: EventBatch, { beside, before, frame, take }: Sequence): Promise<void> {
    const { light, gates, cameras, run } = this.#options
    const { controller, unlink } = linkedTo(run.signal)
    this.#stop = controller
    try {
      await light.open(gates)
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

/** One image whose exposure begins after the call. @throws CoverslipError of the camera; the reason of `signal`. */
export function oneFrame(
  { camera, exposureMs, isTriggered }: Exposing,
  signal: AbortSignal,
): Promise<FrameInfo> {
  if (isTriggered) return camera.trigger(exposureMs, signal)
  camera.skipPresent()
  return camera.freshFrame(exposureMs, process.hrtime.bigint(), signal)
}

/** Times of frames have errors, ns. */
const earlyNs = 1_000_000n

/** Frames of cameras that run free: the first that is not earlier after the burst's first than planned. */
function burstFrame([first]: EventBatch): SequenceFrame {
  const beganNs = new Map<PlanCamera, bigint>()
  return async ({ camera, exposureMs }, signal, { i, event, sinceNs }) => {
    if (i === 0) {
      const info = await camera.freshFrame(exposureMs, sinceNs, signal)
      beganNs.set(camera, exposedAtNs(info))
      return info
    }
    const offsetS = (event.minStartS ?? 0) - (first?.minStartS ?? 0)
    const dueNs = (beganNs.get(camera) ?? 0n) + BigInt(Math.round(offsetS * 1e9)) - earlyNs
    for (;;) {
      const info = await camera.nextFrame(exposureMs, signal)
      if (exposedAtNs(info) >= dueNs) return info
    }
  }
}

/** Frames that a focus drive triggers, one in each plane. */
function triggeredFrame({ length }: EventBatch): SequenceFrame {
  return async ({ camera, exposureMs }, signal, { i }) => {
    try {
      return await camera.nextFrame(exposureMs, signal)
    } catch (error) {
      if (!(error instanceof CoverslipError) || error.code !== 'DEVICE_TIMEOUT') throw error
      throw new CoverslipError('DEVICE_TIMEOUT', `${camera.name} delivered ${i} frames of ${length} planes`, {
        hint: 'Check its trigger cable, and that it can expose as fast as the focus drive triggers it.',
        cause: error,
      })
    }
  }
}
