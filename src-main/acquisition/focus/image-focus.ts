/**
 * Finding the focus by the camera's image, live: the light stays as it is, and whoever watches sees it.
 *
 * @example
 * const { foundUm } = await engine.focus.find({ rangeUm: 40 })
 */
import type { z } from 'zod'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type FocusRequest, focusRequestSchema, type FocusStatus } from '../../../src-shared/focus.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import type { AcquisitionTurn } from '../acquisition-turn.ts'
import { oneFrame } from '../run/microscope/exposure-frames.ts'
import { PlanCamera, triggerModeOf } from '../run/microscope/plan-camera.ts'
import { linkedTo } from '../run/microscope/together.ts'
import { exposureMsOf } from '../take-frame.ts'
import { findFocus } from './find-focus.ts'
import { FocusDrive, focusStageOf, sweepRangeOf } from './focus-drive.ts'
import { FrameSharpness } from './frame-sharpness.ts'

type Options = { readonly devices: DeviceRegistry; readonly turn: AcquisitionTurn }

/**
 * Searches for the focus on the live microscope: one at a time, in turn with plans and recordings, and not against whoever
 * moves the stage meanwhile.
 */
export class ImageFocus {
  readonly #options: Options
  readonly #changes = new Emitter<FocusStatus>()
  readonly #sharpness: FrameSharpness
  #stop: AbortController | undefined
  #running: Promise<unknown> | undefined
  #status: FocusStatus | undefined

  constructor(options: Options) {
    this.#options = options
    this.#sharpness = new FrameSharpness(options.devices)
  }

  /** Called with each plane that is measured, and at the end. */
  on(listener: (status: FocusStatus) => void): () => void {
    return this.#changes.on(listener)
  }

  /** The search under way, or the last. */
  get status(): FocusStatus | undefined {
    return this.#status
  }

  /**
   * Moves the focus through the range around where it stands, and stops where the image is sharpest. When there is no
   * focus to be found, or `signal` or `stop` end the search, z goes back to where it was.
   * @returns how it ended: `found` or `stopped`.
   * @throws CoverslipError NO_FOCUS; ACQUISITION_RUNNING; UNKNOWN_DEVICE; OUT_OF_RANGE of the region; of camera and stage.
   */
  async find(input: z.input<typeof focusRequestSchema>, signal?: AbortSignal): Promise<FocusStatus> {
    const request = focusRequestSchema.parse(input)
    signal?.throwIfAborted()
    const turn = this.#options.turn.take('A search for the focus')
    const { controller, unlink } = linkedTo(signal ?? new AbortController().signal)
    this.#stop = controller
    const running = this.#find(request, controller.signal)
    this.#running = running.catch(() => undefined)
    try {
      return await running
    } finally {
      unlink()
      this.#stop = undefined
      this.#running = undefined
      turn.end()
    }
  }

  /** Ends the search under way. @returns how it ended, or how the last one did. */
  async stop(): Promise<FocusStatus | undefined> {
    this.#stop?.abort()
    await this.#running
    return this.#status
  }

  async close(): Promise<void> {
    await this.stop()
  }

  async #find(request: FocusRequest, signal: AbortSignal): Promise<FocusStatus> {
    const { devices } = this.#options
    const stage = focusStageOf(devices)
    const drive = new FocusDrive(devices, stage)
    const startUm = await drive.position()
    const range = sweepRangeOf(stage, startUm, request)
    const { id: detectorName } = devices.camera(request.detectorName)
    const begun = {
      detectorName,
      startUm,
      fromUm: Math.min(range.fromUm, range.toUm),
      toUm: Math.max(range.fromUm, range.toUm),
    }
    const curve: { zUm: number; score: number }[] = []
    const become = (ended: Pick<FocusStatus, 'state' | 'foundUm' | 'error'>): FocusStatus => {
      const status = { ...begun, curve: [...curve], ...ended }
      this.#status = status
      this.#changes.emit(status)
      return status
    }
    become({ state: 'searching' })
    try {
      const camera = await PlanCamera.open(devices, detectorName, 'a search for the focus')
      try {
        const { zUm } = await findFocus(
          {
            moveTo: (to) => drive.moveTo(to, signal),
            measure: () => this.#measure(camera, request, signal),
          },
          {
            range,
            offsetUm: request.offsetUm,
            settleMs: request.settleMs,
            signal,
            measured: ({ zUm: at, score }) => {
              curve.push({ zUm: at, score })
              become({ state: 'searching' })
            },
          },
        )
        drive.heedOthers()
        return become({ state: 'found', foundUm: zUm })
      } finally {
        await camera.release()
      }
    } catch (error) {
      const failure = await putBack(drive, startUm, error)
      if (failure === error && signal.aborted) return become({ state: 'stopped' })
      const told = CoverslipError.from(failure)
      become({ state: 'failed', error: told.serialize() })
      throw told
    }
  }

  async #measure(camera: PlanCamera, { region }: FocusRequest, signal: AbortSignal) {
    const { id } = camera
    const state = this.#options.devices.camera(id)
    const isTriggered = triggerModeOf(state) === 'software'
    const { sequence } = await oneFrame({ camera, exposureMs: exposureMsOf(state), isTriggered }, signal)
    return this.#sharpness.of(id, sequence, region)
  }
}

/** Puts the drive back after `error`. @returns `error`, or what happened on top of it */
async function putBack(drive: FocusDrive, zUm: number, error: unknown): Promise<unknown> {
  try {
    await drive.putBack(zUm)
    return error
  } catch (cause) {
    const { code, message: why, hint } = CoverslipError.from(cause)
    // Anything else than a failure is why it was stopped.
    const message = error instanceof CoverslipError ? `${error.message}; and` : 'The search was stopped, but'
    return new CoverslipError(
      error instanceof CoverslipError ? error.code : code,
      `${message} z was not brought back to ${zUm} µm: ${why}`,
      { cause, ...(hint === undefined ? {} : { hint }) },
    )
  }
}
