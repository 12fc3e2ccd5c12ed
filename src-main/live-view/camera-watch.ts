import type { DeviceState } from '../../src-shared/devices.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import type { InterruptedStream, InterruptedStreams } from './interrupted-streams.ts'
import type { StopReason } from './live-view-events.ts'
import { longExposureInfo } from './long-exposure.ts'
import type { RunningStreams } from './running-streams.ts'
import type { Stream } from './stream.ts'

type Options = {
  readonly registry: DeviceRegistry
  readonly running: RunningStreams
  readonly interrupted: InterruptedStreams
  longExposureMs(): number
  stop(stream: Stream, reason: StopReason): void
  resume(stream: InterruptedStream): void
}

/**
 * Ends streams whose camera is lost, removed, or exposes too long for a live view; those of a lost one go on when it is
 * back.
 */
export function watchCameras(options: Options): void {
  options.registry.on((event) => {
    if (event.type === 'deviceRemoved') return cameraIsRemoved(event.deviceId, options)
    if (event.type !== 'deviceChanged' || event.device.description.kind !== 'camera') return
    if (event.device.status.state === 'ready') cameraIsReady(event.device, options)
    else cameraIsLost(event.device, options)
  })
}

function cameraIsReady(camera: DeviceState, options: Options): void {
  const streams = options.running.of(camera.id)
  for (const stream of options.interrupted.take(camera.id)) options.resume(stream)
  if (!longExposureInfo(camera, options.longExposureMs()).isLongExposure) return
  for (const { stream, forced } of streams) if (!forced) options.stop(stream, 'long_exposure')
}

function cameraIsLost(camera: DeviceState, { running, interrupted, stop }: Options): void {
  for (const { stream, forced } of running.of(camera.id)) {
    const { detectorName, protocol, startedBy } = stream.active
    interrupted.add({ detectorName, protocol, startedBy, force: forced })
    stop(stream, 'failed')
  }
}

function cameraIsRemoved(cameraId: string, { running, interrupted, stop }: Options): void {
  interrupted.forget({ detectorName: cameraId })
  for (const { stream } of running.of(cameraId)) stop(stream, 'request')
}
