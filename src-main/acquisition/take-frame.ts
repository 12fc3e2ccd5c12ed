import { setTimeout as delay } from 'node:timers/promises'
import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { LiveFrameReader } from '../frames/live-frame-reader.ts'
import { unixTimeOf } from './unix-time-of.ts'

/** One frame in memory of its own: pixels as they lay in the ring (see `src-shared/frames/pixel-format.ts`). */
export type TakenFrame = {
  readonly detectorName: string
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly info: FrameInfo
  /** End of the exposure, Unix time, ms. */
  readonly capturedAt: number
}

/** The exposure that `camera` is set to, ms; 0 where it says none. */
export function exposureMsOf(camera: DeviceState): number {
  return Number(camera.properties.find(({ name }) => name === standardProperty.exposureMs)?.value ?? 0)
}

/** Longest time that a fresh frame is waited for, ms. */
const patienceMs = (exposureMs: number): number => Math.max(2000, (exposureMs + 200) * 2 + 3000)

/**
 * A frame of `detectorName` (absent: the first camera) at full bit depth whose exposure began after this call. A camera
 * that stands still is started for it; whoever uses the camera goes on undisturbed.
 * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE, DEVICE_TIMEOUT; the reason of `signal`.
 */
export async function takeFrame(
  devices: DeviceRegistry,
  request: { readonly detectorName?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<TakenFrame> {
  const { signal } = request
  signal?.throwIfAborted()
  const camera = devices.camera(request.detectorName)
  const reader = new LiveFrameReader(devices.ring(camera.id))
  const lease = await devices.acquire(camera.id, { owner: 'a snapshot' })
  try {
    const startedNs = process.hrtime.bigint()
    const triggered = camera.properties.find(({ name }) => name === standardProperty.triggerMode)
    if (triggered?.value === 'software') await devices.trigger(camera.id)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), patienceMs(exposureMsOf(camera)))
    const stops = signal === undefined ? [late.signal] : [late.signal, signal]
    const stop = AbortSignal.any(stops)
    const wake = () => reader.interrupt()
    stop.addEventListener('abort', wake)
    try {
      return await freshFrame({ reader, camera, startedNs, stop, anyFrame: triggered?.value === 'software' })
    } finally {
      clearTimeout(timer)
      stop.removeEventListener('abort', wake)
      signal?.throwIfAborted()
    }
  } finally {
    await lease.release()
  }
}

async function freshFrame(options: {
  reader: LiveFrameReader
  camera: DeviceState
  startedNs: bigint
  stop: AbortSignal
  /** The frame was triggered: the first that comes is the one. */
  anyFrame: boolean
}): Promise<TakenFrame> {
  const { reader, camera, startedNs, stop } = options
  let arrived = 0
  for (;;) {
    // A wake-up before the wait is not forgotten, but one before the listener was there would be.
    if (!stop.aborted) await reader.wait()
    if (stop.aborted) {
      throw new CoverslipError('DEVICE_TIMEOUT', `${camera.description.name} delivered no fresh frame`, {
        hint: 'Check that the camera runs and is not waiting for an external trigger.',
      })
    }
    const seen = reader.look()
    if (seen === undefined) {
      await delay(1)
      continue
    }
    arrived += seen.arrived
    const beganNs = seen.info.timestampNs - BigInt(Math.round(seen.info.exposureMs * 1e6))
    // A camera's clock may be a little off: the second frame to arrive was certainly exposed after the call.
    if (!options.anyFrame && beganNs < startedNs && arrived < 2) continue
    let pixels = new Uint8Array(0)
    const info = reader.take((slot, { pixelFormat, width, height }) => {
      const bytes = imageBytes(pixelFormat, width, height)
      if (pixels.length !== bytes) pixels = new Uint8Array(bytes)
      pixels.set(slot.subarray(0, bytes))
    })
    if (info === undefined) continue
    return { detectorName: camera.id, pixels, info, capturedAt: unixTimeOf(info.timestampNs) }
  }
}
