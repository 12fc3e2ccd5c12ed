import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { EventBatch, ExposedFrame, ExposeOptions, NumberedEvent } from '../acquisition-hardware.ts'
import type { LightGates } from './light-gates.ts'
import type { LightGate } from './light-path.ts'
import type { PlanCamera } from './plan-camera.ts'
import { linkedTo, together } from './together.ts'

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
  readonly run: ExposeOptions
}

/** Frames that come without being asked for one by one. */
type Sequence = {
  /** What makes them come. */
  readonly beside?: (signal: AbortSignal) => Promise<void>
  readonly before: (exposing: Exposing, signal: AbortSignal) => Promise<void>
  readonly frame: (exposing: Exposing, signal: AbortSignal, at: FrameAt) => Promise<FrameInfo>
  readonly take: (frame: ExposedFrame) => Promise<void>
}
/** Number `i` of a sequence that is lit since `sinceNs`, of `process.hrtime`. */
type FrameAt = { readonly i: number; readonly sinceNs: bigint }

/** The exposures of one batch: light on, frames awaited and handed on, light off. */
export class Exposures {
  readonly #options: Options
  /** How many frames may be on their way out of the rings. */
  readonly #room: number
  /** Frames that were handed on and are not taken yet, the oldest first. */
  #taking: Promise<unknown>[] = []
  /** Aborted when a frame could not be taken, and while a sequence is exposed when the run is. */
  #stop = new AbortController()

  constructor(options: Options) {
    this.#options = options
    const slots = Math.min(...options.cameras.map(({ camera }) => camera.slots))
    this.#room = Math.max(1, Math.floor(slots * ringShare))
  }

  /**
   * One image of each camera; `between` brings the microscope from one event to the next, the light being off. When the
   * run is stopped, the image under way is still taken.
   */
  oneByOne(batch: EventBatch, between: (event: NumberedEvent) => Promise<void>): Promise<void> {
    const { light, gates, run } = this.#options
    return this.#inLight(batch, async () => {
      for (const [i, event] of batch.entries()) {
        if (i > 0) await between(event)
        run.signal.throwIfAborted()
        await light.open(gates)
        run.begun(event)
        await this.#takeAll(event, (exposing, signal) => oneFrame(exposing, signal))
        if (!event.keepShutterOpen) await light.close()
      }
    })
  }

  /** Consecutive frames of cameras that run free, in light that stays on. */
  burst(batch: EventBatch): Promise<void> {
    return this.#inLight(batch, () =>
      this.#continuously(batch, {
        before: ({ camera, exposureMs }, signal) => camera.anyFrame(exposureMs, signal),
        frame: ({ camera, exposureMs }, signal, { i, sinceNs }) =>
          i === 0 ? camera.freshFrame(exposureMs, sinceNs, signal) : camera.nextFrame(exposureMs, signal),
        take: (frame) => this.#hand(frame),
      }),
    )
  }

  /**
   * Frames that `steps`, a motion of the focus drive, triggers one by one, in light that stays on. That a camera has missed
   * a trigger shows in nothing but their number: none is handed on before all are there, and the rings must hold them.
   */
  triggeredBy(batch: EventBatch, steps: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const frames: ExposedFrame[] = []
    return this.#inLight(batch, async () => {
      await this.#continuously(batch, {
        beside: steps,
        before: async ({ camera }) => camera.skipPresent(),
        frame: ({ camera, exposureMs }, signal) => camera.nextFrame(exposureMs, signal),
        take: async (frame) => {
          frames.push(frame)
        },
      })
      for (const frame of frames) await this.#hand(frame)
    })
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
          const { sequence } = await frame(exposing, signal, { i, sinceNs })
          await take({ camera: exposing.camera.id, sequence, event })
        }
      })
      await together(controller.signal, [...taking, ...(beside === undefined ? [] : [beside])])
    } finally {
      unlink()
    }
  }

  async #takeAll(
    event: NumberedEvent,
    frame: (exposing: Exposing, signal: AbortSignal) => Promise<FrameInfo>,
  ): Promise<void> {
    const frames = new Map<string, number>()
    await together(
      this.#stop.signal,
      this.#options.cameras.map((exposing) => async (signal: AbortSignal) => {
        frames.set(exposing.camera.id, (await frame(exposing, signal)).sequence)
      }),
    )
    for (const [camera, sequence] of frames) await this.#hand({ camera, sequence, event })
  }

  /** Hands a frame on; waits only while too many are not taken yet. */
  async #hand(frame: ExposedFrame): Promise<void> {
    this.#taking.push(this.#options.run.exposed(frame).catch((error: unknown) => this.#stop.abort(error)))
    while (this.#taking.length >= this.#room) await this.#taking.shift()
  }

  /** Does `action`, waits until its frames are taken, and has the light off afterwards, unless `batch` keeps it on. */
  async #inLight(batch: EventBatch, action: () => Promise<void>): Promise<void> {
    const { light } = this.#options
    try {
      await action()
      if (batch.at(-1)?.keepShutterOpen !== true) await light.close()
      await Promise.all(this.#taking)
      this.#stop.signal.throwIfAborted()
    } catch (error) {
      await light.closeAfterFailure()
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
