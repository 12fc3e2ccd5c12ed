import type { AlertSink } from '../../src-shared/alerts.ts'
import type { DeviceState } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ActiveStream } from '../../src-shared/live-view.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import type { FrameHub } from './frame-hub.ts'
import type { LiveViewEvent, StopReason } from './live-view-events.ts'
import { openStream, streamAlertId } from './open-stream.ts'
import { RunningStreams } from './running-streams.ts'
import type { Stream } from './stream.ts'
import { type After, StreamHolds } from './stream-holds.ts'
import type { StreamMemory } from './stream-memory.ts'
import type { Turns } from './turns.ts'

type Options = {
  readonly registry: DeviceRegistry
  readonly hub: FrameHub
  readonly alerts: AlertSink
  readonly memory: StreamMemory
  /** Of the detectors: all that happens to one's streams happens in its turn. */
  readonly turns: Turns
  readonly after?: After
  emit(event: LiveViewEvent): void
}

type StreamName = Pick<ActiveStream, 'detectorName' | 'protocol'>

/**
 * The streams that run and who wants them: starts, claims and ends them, and tells of it. Which of them are to run is
 * for the LiveViewController to decide.
 */
export class LiveStreams {
  readonly running = new RunningStreams()
  readonly holds: StreamHolds
  readonly #options: Options
  #closed = false

  constructor(options: Options) {
    this.#options = options
    this.holds = new StreamHolds((held) => {
      this.#later(held, async () => {
        const stream = this.running.find(held.detectorName, held.protocol)
        if (stream !== undefined && this.#isAbandoned(stream)) await this.stop(stream, 'no_viewer')
      })
    }, options.after)
  }

  /** @throws CoverslipError when the camera cannot be started, or `close` was called. */
  async start(start: {
    readonly camera: DeviceState
    readonly params: StreamParams
    readonly forced: boolean
    readonly startedBy: ActiveStream['startedBy']
  }): Promise<Stream> {
    if (this.#closed) throw new CoverslipError('DEVICE_UNAVAILABLE', 'Coverslip is closing')
    const { forced, ...how } = start
    const stream = await openStream({
      ...this.#options,
      ...how,
      failed: (failed) => this.stopLater(failed, 'failed'),
    })
    // What a viewer happens to watch by is not what the microscope's own screen starts with next time.
    if (how.startedBy === 'request') this.#options.memory.used(how.camera.id, how.params)
    this.running.add({ stream, forced })
    this.#options.emit({ type: 'streamStarted', stream: stream.active })
    return stream
  }

  /** Somebody starts a stream that runs already: one that viewers have started stays without them from now on. */
  claim(stream: Stream, { forced }: { readonly forced: boolean }): void {
    if (forced) this.running.force(stream)
    if (stream.active.startedBy === 'request') return
    stream.claim()
    this.#options.memory.used(stream.active.detectorName, stream.active.params)
    this.#options.emit({ type: 'streamChanged', stream: stream.active })
  }

  /** @throws CoverslipError when the camera does not stop; the stream has ended all the same. */
  async stop(stream: Stream, reason: StopReason): Promise<void> {
    if (!this.running.delete(stream)) return
    const { detectorName, protocol } = stream.active
    // What was wrong with it is over; what has ended it is not.
    if (reason === 'request') this.#options.alerts.clear(streamAlertId({ detectorName, protocol }))
    try {
      await stream.close()
    } finally {
      this.#options.emit({ type: 'streamStopped', detectorName, protocol, reason })
    }
  }

  /** Stops the stream in its detector's turn. */
  stopLater(stream: Stream, reason: StopReason): void {
    this.#later(stream.active, () => this.stop(stream, reason))
  }

  /** A stream that lingers for viewers who may come back must not stand in the way of another. */
  async endAbandoned(detectorName: string): Promise<void> {
    for (const { stream } of this.running.of(detectorName))
      if (this.#isAbandoned(stream)) await this.stop(stream, 'no_viewer')
  }

  /** Tells the user what went wrong with a stream where nobody waits for it; a stream that starts clears it. */
  alert(stream: StreamName, what: string, error: unknown): void {
    const camera = this.#options.registry.devices().find(({ id }) => id === stream.detectorName)
    const name = camera?.description.name ?? stream.detectorName
    const { message, hint } = CoverslipError.from(error)
    this.#options.alerts.raise({
      id: streamAlertId(stream),
      severity: 'error',
      source: name,
      message: `The live view of ${name} ${what}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** No stream starts any more. */
  close(): void {
    this.#closed = true
    this.holds.close()
  }

  /** Whether only viewers wanted the stream, and none is left. */
  #isAbandoned({ active }: Stream): boolean {
    return active.startedBy === 'viewer' && !this.holds.isHeld(active)
  }

  /** Does `action` in the detector's turn. Nobody waits for it: its failure becomes an alert. */
  #later(stream: StreamName, action: () => Promise<void>): void {
    this.#options.turns
      .take(stream.detectorName, action)
      .catch((error: unknown) => this.alert(stream, 'did not end properly', error))
  }
}
