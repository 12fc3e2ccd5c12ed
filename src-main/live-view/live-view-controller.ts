/**
 * LiveViewController: the single source of truth for streaming. One stream worker per detector and protocol does all
 * frame polling and encoding; by default a detector streams by one protocol at a time.
 */
import type { AlertSink } from '../../src-shared/alerts.ts'
import type { DeviceState } from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type {
  ActiveStream,
  LongExposureInfo,
  StartResult,
  StopResult,
  StreamStats,
  StreamStatus,
} from '../../src-shared/live-view.ts'
import type { Protocol, StreamParams, StreamParamsPatch } from '../../src-shared/stream-params.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import { availableProtocols, checkAvailable } from './available-protocols.ts'
import type { FrameHub } from './frame-hub.ts'
import { watchCameras } from './camera-watch.ts'
import { type InterruptedStream, InterruptedStreams } from './interrupted-streams.ts'
import type { LiveAcquisitionSignal, LiveViewEvent } from './live-view-events.ts'
import { longExposureInfo, longExposureResult } from './long-exposure.ts'
import { LiveStreams } from './live-streams.ts'
import type { Stream } from './stream.ts'
import type { After, StreamHold } from './stream-holds.ts'
import type { StreamMemory } from './stream-memory.ts'
import { Turns } from './turns.ts'
import type { PeerChannel } from './webrtc/peer-channel.ts'

export { availableProtocols }

/** The settings the live view obeys; read at each use, as they may change at any time. */
export type LiveViewSettings = {
  readonly sharing: 'exclusive' | 'concurrent'
  readonly defaultProtocol: Protocol
  readonly longExposureMs: number
}

type Options = {
  readonly registry: DeviceRegistry
  readonly hub: FrameHub
  readonly alerts: AlertSink
  readonly memory: StreamMemory
  settings(): LiveViewSettings
  /** For tests, which let time pass as they like. */
  readonly after?: After
}

/** A detector and protocol; absent: the first that streams, and any. */
type Which = { readonly detectorName?: string | undefined; readonly protocol?: Protocol | undefined }
type StartedBy = ActiveStream['startedBy']
type StartRequest = Which & { readonly params?: StreamParamsPatch | undefined; readonly force?: boolean }

/** Starts, changes and stops streams, and answers what streams there are. */
export class LiveViewController {
  readonly #options: Options
  readonly #events = new Emitter<LiveViewEvent>()
  readonly #streams: LiveStreams
  /** Starts and stops of one detector follow each other in order. */
  readonly #turns = new Turns()
  /** Detectors with a start under way: a stop that names none must find those, too. */
  readonly #starting = new Set<string>()
  readonly #interrupted = new InterruptedStreams()

  constructor(options: Options) {
    this.#options = options
    this.#streams = new LiveStreams({
      ...options,
      turns: this.#turns,
      emit: (event) => this.#events.emit(event),
    })
    watchCameras({
      registry: options.registry,
      running: this.#streams.running,
      interrupted: this.#interrupted,
      longExposureMs: () => options.settings().longExposureMs,
      stop: (stream, reason) => this.#streams.stopLater(stream, reason),
      resume: (stream) => this.#resume(stream),
    })
  }

  on(listener: (event: LiveViewEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** Obeys the signals of other parts of the engine. */
  async signal(signal: LiveAcquisitionSignal): Promise<void> {
    const { detectorName } = signal
    const named = detectorName === undefined ? {} : { detectorName }
    if (signal.type === 'startLiveAcquisition') await this.startLiveView(named)
    else if (detectorName !== undefined) await this.stopLiveView(named)
    else await this.stopAll()
  }

  /**
   * Starts streaming `detectorName` (absent: the first available camera).
   * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE; PROTOCOL_IN_USE naming the protocol that the
   * detector streams by; PROTOCOL_UNAVAILABLE; INVALID_INPUT naming the parameter.
   */
  async startLiveView(request: StartRequest): Promise<StartResult> {
    return this.#startInOrder(request, 'request')
  }

  /**
   * For one viewer of a protocol that has its own way to viewers (mjpeg, webrtc): starts the stream where it does not
   * run. A stream started so stops a moment after its last viewer has released it.
   * @throws CoverslipError as `startLiveView`, and LONG_EXPOSURE.
   */
  async holdStream(request: Omit<StartRequest, 'force'> & { protocol: Protocol }): Promise<StreamHold> {
    const detectorName = this.#options.registry.camera(request.detectorName).id
    const hold = this.#streams.holds.hold({ detectorName, protocol: request.protocol })
    try {
      const result = await this.#startInOrder({ ...request, detectorName }, 'viewer')
      if (result.status !== 'long_exposure') return hold
      throw new CoverslipError('LONG_EXPOSURE', result.message, {
        hint: 'Whoever operates the microscope can start it in spite of that.',
      })
    } catch (error) {
      hold.release()
      throw error
    }
  }

  /** The viewers' connections of the detector's webrtc stream; undefined when none runs. */
  peersOf(detectorName: string): PeerChannel | undefined {
    return this.#streams.running.find(detectorName, 'webrtc')?.peers
  }

  #startInOrder(request: StartRequest, startedBy: StartedBy): Promise<StartResult> {
    const { registry } = this.#options
    const detectorName = registry.camera(request.detectorName).id
    this.#starting.add(detectorName)
    return this.#turns.take(detectorName, async () => {
      this.#starting.delete(detectorName)
      const camera = registry.camera(detectorName)
      const protocol = request.protocol ?? this.#usualProtocol(detectorName)
      checkAvailable(protocol)
      await this.#streams.endAbandoned(detectorName)
      const other = this.#conflict(detectorName, protocol)
      if (other?.active.protocol === protocol) {
        if (startedBy === 'request') this.#streams.claim(other, { forced: request.force === true })
        return { status: 'already_running', stream: other.active }
      }
      if (other !== undefined) throw protocolInUse(camera, other.active.protocol)
      const exposure = this.getLongExposureInfo({ detectorName })
      if (exposure.isLongExposure && request.force !== true) return longExposureResult(camera, exposure)
      const params = this.#options.memory.resolve(detectorName, protocol, request.params)
      const forced = request.force === true
      const stream = await this.#streams.start({ camera, params, forced, startedBy })
      return { status: 'started', stream: stream.active }
    })
  }

  /**
   * Stops the stream(s) of a detector, or that of one protocol. The camera stops with its last user.
   * @throws CoverslipError UNKNOWN_DEVICE, or why the camera does not stop; the streams have ended all the same.
   */
  async stopLiveView(request: Which): Promise<StopResult> {
    const detectorName =
      request.detectorName === undefined
        ? this.#liveDetectors()[0]
        : this.#options.registry.camera(request.detectorName).id
    if (detectorName === undefined) return { status: 'not_running', message: 'Nothing streams' }
    const { protocol: asked } = request
    this.#interrupted.forget({ detectorName, protocol: asked })
    return this.#turns.take(detectorName, async () => {
      const streams = this.#streams.running
        .of(detectorName)
        .map(({ stream }) => stream)
        .filter(({ active }) => asked === undefined || active.protocol === asked)
      const protocol = streams[0]?.active.protocol
      if (protocol === undefined)
        return {
          status: 'not_running',
          detectorName,
          message: `${detectorName} does not stream${asked === undefined ? '' : ` by ${asked}`}`,
        }
      await allOf(streams.map((stream) => this.#streams.stop(stream, 'request')))
      return { status: 'stopped', detectorName, protocol }
    })
  }

  /** Stops every stream. @throws CoverslipError as `stopLiveView`. */
  async stopAll(): Promise<void> {
    await allOf(this.#liveDetectors().map((detectorName) => this.stopLiveView({ detectorName })))
  }

  /**
   * Changes parameters: of the running stream, without restarting it, or of the next start.
   * @throws CoverslipError INVALID_INPUT naming the parameter.
   */
  setStreamParams(request: Which & { readonly params: StreamParamsPatch }): StreamParams {
    const detectorName = this.#detectorOf(request.detectorName)
    const stream = this.#streams.running.find(detectorName, request.protocol)
    const protocol = request.protocol ?? stream?.active.protocol ?? this.#usualProtocol(detectorName)
    const params = this.#options.memory.change(detectorName, protocol, request.params)
    if (stream === undefined) return params
    stream.setParams(params)
    this.#events.emit({ type: 'streamChanged', stream: stream.active })
    return params
  }

  /** Parameters of the running stream, or those the next start would use. */
  getStreamParams(request: Which): StreamParams {
    const detectorName = this.#detectorOf(request.detectorName)
    const stream = this.#streams.running.find(detectorName, request.protocol)
    const protocol = request.protocol ?? stream?.active.protocol ?? this.#usualProtocol(detectorName)
    return stream?.active.params ?? this.#options.memory.resolve(detectorName, protocol)
  }

  getActiveStreams(): ActiveStream[] {
    return this.#streams.running.all().map(({ stream }) => stream.active)
  }

  getStreamStatus(): StreamStatus {
    const cameras = this.#options.registry
      .devices()
      .filter(({ description }) => description.kind === 'camera')
    return {
      availableProtocols: [...availableProtocols],
      detectors: cameras.map(({ id }) => {
        const stream = this.#streams.running.find(id)
        const params = this.getStreamParams({ detectorName: id })
        if (stream === undefined) return { detectorName: id, streaming: false, params }
        return { detectorName: id, streaming: true, protocol: stream.active.protocol, params }
      }),
    }
  }

  /** Frame counts and rates of the running streams, or of those of one detector. */
  getDiagnostics(request: { detectorName?: string | undefined }): StreamStats[] {
    const detectorName =
      request.detectorName === undefined ? undefined : this.#options.registry.camera(request.detectorName).id
    const streams =
      detectorName === undefined ? this.#streams.running.all() : this.#streams.running.of(detectorName)
    return streams.map(({ stream }) => stream.statistics)
  }

  getLongExposureInfo(request: { detectorName?: string | undefined }): LongExposureInfo {
    const camera = this.#options.registry.camera(request.detectorName)
    return longExposureInfo(camera, this.#options.settings().longExposureMs)
  }

  /** Stops all streams and starts no more. A camera that does not stop becomes an alert. */
  async close(): Promise<void> {
    this.#streams.close()
    for (const { stream } of this.#streams.running.all()) this.#streams.stopLater(stream, 'request')
    await this.stopAll()
  }

  #resume({ startedBy, ...stream }: InterruptedStream): void {
    // Its viewers may have left meanwhile.
    if (startedBy === 'viewer' && !this.#streams.holds.isHeld(stream)) return
    this.#startInOrder(stream, startedBy).catch((error: unknown) =>
      this.#streams.alert(stream, 'could not go on', error),
    )
  }

  #detectorOf(name: string | undefined): string {
    const active = this.#streams.running.all()[0]?.stream.active.detectorName
    return name === undefined && active !== undefined ? active : this.#options.registry.camera(name).id
  }

  /** Detectors that stream, are about to, or will when their camera is back. */
  #liveDetectors(): string[] {
    const running = this.#streams.running.all().map(({ stream }) => stream.active.detectorName)
    return [...new Set([...running, ...this.#starting, ...this.#interrupted.detectorNames])]
  }

  /** The stream that stands in the way of starting `protocol`. */
  #conflict(detectorName: string, protocol: Protocol): Stream | undefined {
    const same = this.#streams.running.find(detectorName, protocol)
    if (same !== undefined || this.#options.settings().sharing === 'concurrent') return same
    return this.#streams.running.find(detectorName)
  }

  #usualProtocol(detectorName: string): Protocol {
    const protocol =
      this.#options.memory.lastProtocol(detectorName) ?? this.#options.settings().defaultProtocol
    return availableProtocols.includes(protocol) ? protocol : 'binary'
  }
}

/** Waits for all. @throws the first failure, when all have settled. */
async function allOf(actions: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(actions)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw CoverslipError.from(failed.reason)
}

function protocolInUse(camera: DeviceState, protocol: Protocol): CoverslipError {
  return new CoverslipError('PROTOCOL_IN_USE', `${camera.description.name} already streams by ${protocol}`, {
    hint: `Watch by ${protocol}. Otherwise whoever operates can stop that stream, or let others watch beside it (Share, Connection).`,
    data: { detectorName: camera.id, protocol },
  })
}
