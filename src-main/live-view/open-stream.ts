import type { AlertSink } from '../../src-shared/alerts.ts'
import type { DeviceState } from '../../src-shared/devices.ts'
import type { ActiveStream } from '../../src-shared/live-view.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { framesPublished } from '../frames/frame-ring.ts'
import type { FrameHub } from './frame-hub.ts'
import type { LiveViewEvent } from './live-view-events.ts'
import { Stream } from './stream.ts'

type Options = {
  readonly registry: DeviceRegistry
  readonly hub: FrameHub
  readonly alerts: AlertSink
  readonly camera: DeviceState
  readonly params: StreamParams
  readonly startedBy: ActiveStream['startedBy']
  emit(event: LiveViewEvent): void
  /** The stream has failed for good and wants to be closed. */
  failed(stream: Stream): void
}

/** The alert about a camera's stream by one protocol. */
export const streamAlertId = ({
  detectorName,
  protocol,
}: Pick<ActiveStream, 'detectorName' | 'protocol'>): string => `encoder:${detectorName}:${protocol}`

/**
 * Takes a lease on the camera and starts a stream worker; what goes wrong with it becomes an alert.
 * @throws CoverslipError when the camera cannot be started.
 */
export async function openStream(options: Options): Promise<Stream> {
  const { registry, hub, alerts, camera, params, startedBy, emit } = options
  const detectorName = camera.id
  const { name } = camera.description
  const ring = registry.ring(detectorName)
  // A frame that was triggered at once may be there before the worker is.
  const firstFrame = framesPublished(ring)
  const lease = await registry.acquire(detectorName, { owner: 'the live view', interruptible: true })
  const alert = { id: streamAlertId({ detectorName, protocol: params.protocol }), source: name } as const
  const stream: Stream = new Stream({
    detectorName,
    params,
    startedBy,
    ring,
    firstFrame,
    lease,
    hub,
    frameReady: (message) => emit({ type: 'frameReady', detectorName, message }),
    stats: (stats) => emit({ type: 'streamStats', stats }),
    fault: ({ message, hint }) =>
      alerts.raise({
        ...alert,
        severity: 'warning',
        message: `The live view of ${name} has a problem: ${message}`,
        ...(hint === undefined ? {} : { hint }),
      }),
    recovered: () => alerts.clear(alert.id),
    failed: ({ message }) => {
      alerts.raise({
        ...alert,
        severity: 'error',
        message: `The live view of ${name} failed: ${message}`,
        hint: 'Start it again.',
      })
      options.failed(stream)
    },
  })
  alerts.clear(alert.id)
  return stream
}
