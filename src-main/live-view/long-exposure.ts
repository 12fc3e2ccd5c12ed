import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'
import type { LongExposureInfo, StartResult } from '../../src-shared/live-view.ts'

/** Whether a camera exposes for longer than makes sense for a live view. */
export function longExposureInfo(camera: DeviceState, thresholdMs: number): LongExposureInfo {
  const exposure = camera.properties.find(({ name }) => name === standardProperty.exposureMs)
  const exposureMs = Number(exposure?.value ?? 0)
  return { detectorName: camera.id, exposureMs, thresholdMs, isLongExposure: exposureMs > thresholdMs }
}

/** The refusal of a start for that reason. */
export function longExposureResult(
  { description }: DeviceState,
  { detectorName, exposureMs, thresholdMs }: LongExposureInfo,
): Extract<StartResult, { status: 'long_exposure' }> {
  return {
    status: 'long_exposure',
    detectorName,
    exposureMs,
    thresholdMs,
    message: `${description.name} exposes for ${exposureMs / 1000} s: a live view would hardly move. Start it anyway with force.`,
  }
}
