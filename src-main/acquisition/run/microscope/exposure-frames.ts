/** How the frames of exposures are told from others that the cameras deliver. */
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { EventBatch, NumberedEvent } from '../acquisition-hardware.ts'
import { exposedAtNs, type PlanCamera } from './plan-camera.ts'

/** A camera and how long it exposes, ms. */
export type Exposing = {
  readonly camera: PlanCamera
  readonly exposureMs: number
  readonly isTriggered: boolean
}

/** The frame of `event`, number `i` of a sequence that is lit since `sinceNs`, of `process.hrtime`. */
export type SequenceFrame = (
  exposing: Exposing,
  signal: AbortSignal,
  at: { readonly i: number; readonly event: NumberedEvent; readonly sinceNs: bigint },
) => Promise<FrameInfo>

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
export function burstFrame([first]: EventBatch): SequenceFrame {
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
export function triggeredFrame({ length }: EventBatch): SequenceFrame {
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
