/**
 * LiveViewController: the single source of truth for streaming. One stream worker per detector and protocol does all
 * frame polling and encoding; by default a detector streams by one protocol at a time.
 */
import type { AlertSink } from '../../src-shared/alerts.ts'
import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'
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
import { type InterruptedStream, InterruptedStreams } from './interrupted-streams.ts'
import type { LiveAcquisitionSignal, LiveViewEvent, StopReason } from './live-view-events.ts'
import { openStream, streamAlertId } from './open-stream.ts'
import { RunningStreams } from './running-streams.ts'
import type { Stream } from './stream.ts'
import { type StreamHold, StreamHolds } from './stream-holds.ts'
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
}

/** A detector and protocol; absent: the first that streams, and any. */
type Which = { readonly detectorName?: string | undefined; readonly protocol?: Protocol | undefined }
type StartedBy = ActiveStream['startedBy']
type StartRequest = Which & { readonly params?: StreamParamsPatch | undefined; readonly force?: boolean }

export class LiveViewController {
  readonly #options: Options
  readonly #events = new Emitter<LiveViewEvent>()
  readonly #running = new RunningStreams()
  /** Starts and stops of one detector follow each other in order. */
  readonly #turns = new Turns()
  /** Detectors with a start under way: a stop that names none must find those, too. */
  readonly #starting = new Set<string>()
  readonly #interrupted = new InterruptedStreams()
  readonly #holds: StreamHolds
  #closed = false

  constructor(options: Options) {
    this.#options = options
    this.#holds = new StreamHolds(({ detectorName, protocol }) => {
      void this.#turns.take(detectorName, async () => {
        const stream = this.#running.find(detectorName, protocol)
        if (stream !== undefined && this.#isAbandoned(stream)) await this.#stop(stream, 'no_viewer')
      })
    })
    options.registry.on((event) => {
      if (event.type === 'deviceChanged' && event.device.description.kind === 'camera')
        this.#cameraChanged(event.device)
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
    const hold = this.#holds.hold({ detectorName, protocol: request.protocol })
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
    return this.#running.find(detectorName, 'webrtc')?.peers
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
      await this.#endAbandoned(detectorName)
      const other = this.#conflict(detectorName, protocol)
      if (other?.active.protocol === protocol) return { status: 'already_running', stream: other.active }
      if (other !== undefined) throw protocolInUse(camera, other.active.protocol)
      const { exposureMs, thresholdMs, isLongExposure } = this.getLongExposureInfo({ detectorName })
      if (isLongExposure && request.force !== true) {
        return {
          status: 'long_exposure',
          detectorName,
          exposureMs,
          thresholdMs,
          message: `${camera.description.name} exposes for ${exposureMs / 1000} s: a live view would hardly move. Start it anyway with force.`,
        }
      }
      const params = this.#options.memory.resolve(detectorName, protocol, request.params)
      const forced = request.force === true
      const stream = await this.#start(camera, params, { forced, startedBy })
      return { status: 'started', stream: stream.active }
    })
  }

  /** Stops the stream(s) of a detector, or that of one protocol. The camera stops with its last user. */
  async stopLiveView(request: Which): Promise<StopResult> {
    const detectorName =
      request.detectorName === undefined
        ? this.#liveDetectors()[0]
        : this.#options.registry.camera(request.detectorName).id
    if (detectorName === undefined) return { status: 'not_running', message: 'Nothing streams' }
    const { protocol: asked } = request
    this.#interrupted.forget({ detectorName, protocol: asked })
    return this.#turns.take(detectorName, async () => {
      const streams = this.#running
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
      for (const stream of streams) await this.#stop(stream, 'request')
      return { status: 'stopped', detectorName, protocol }
    })
  }

  /** Stops every stream. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#liveDetectors().map((detectorName) => this.stopLiveView({ detectorName })))
  }

  /**
   * Changes parameters: of the running stream, without restarting it, or of the next start.
   * @throws CoverslipError INVALID_INPUT naming the parameter.
   */
  setStreamParams(request: Which & { readonly params: StreamParamsPatch }): StreamParams {
    const detectorName = this.#detectorOf(request.detectorName)
    const stream = this.#running.find(detectorName, request.protocol)
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
    const stream = this.#running.find(detectorName, request.protocol)
    const protocol = request.protocol ?? stream?.active.protocol ?? this.#usualProtocol(detectorName)
    return stream?.active.params ?? this.#options.memory.resolve(detectorName, protocol)
  }

  getActiveStreams(): ActiveStream[] {
    return this.#running.all().map(({ stream }) => stream.active)
  }

  getStreamStatus(): StreamStatus {
    const cameras = this.#options.registry
      .devices()
      .filter(({ description }) => description.kind === 'camera')
    return {
      availableProtocols: [...availableProtocols],
      detectors: cameras.map(({ id }) => {
        const stream = this.#running.find(id)
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
    const streams = detectorName === undefined ? this.#running.all() : this.#running.of(detectorName)
    return streams.map(({ stream }) => stream.statistics)
  }

  getLongExposureInfo(request: { detectorName?: string | undefined }): LongExposureInfo {
    const camera = this.#options.registry.camera(request.detectorName)
    const exposureMs = exposureOf(camera)
    const thresholdMs = this.#options.settings().longExposureMs
    return { detectorName: camera.id, exposureMs, thresholdMs, isLongExposure: exposureMs > thresholdMs }
  }

  /** Stops all streams and starts no more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#holds.close()
    await this.stopAll()
  }

  async #start(
    camera: DeviceState,
    params: StreamParams,
    { forced, startedBy }: { forced: boolean; startedBy: StartedBy },
  ): Promise<Stream> {
    if (this.#closed) throw new CoverslipError('DEVICE_UNAVAILABLE', 'Coverslip is closing')
    const stream = await openStream({
      ...this.#options,
      camera,
      params,
      startedBy,
      emit: (event) => this.#events.emit(event),
      failed: (failed) => void this.#turns.take(camera.id, () => this.#stop(failed, 'failed')),
    })
    // What a viewer happens to watch by is not what the microscope's own screen starts with next time.
    if (startedBy === 'request') this.#options.memory.used(camera.id, params)
    this.#running.add({ stream, forced })
    this.#events.emit({ type: 'streamStarted', stream: stream.active })
    return stream
  }

  async #stop(stream: Stream, reason: StopReason): Promise<void> {
    if (!this.#running.delete(stream)) return
    await stream.close()
    const { detectorName, protocol } = stream.active
    this.#events.emit({ type: 'streamStopped', detectorName, protocol, reason })
  }

  /** Whether only viewers wanted the stream, and none is left. */
  #isAbandoned({ active }: Stream): boolean {
    return active.startedBy === 'viewer' && !this.#holds.isHeld(active)
  }

  /** A stream that lingers for viewers who may come back must not stand in the way of another. */
  async #endAbandoned(detectorName: string): Promise<void> {
    for (const { stream } of this.#running.of(detectorName))
      if (this.#isAbandoned(stream)) await this.#stop(stream, 'no_viewer')
  }

  /** A camera was lost (its streams end), came back (they start again), or exposes too long for a live view. */
  #cameraChanged(camera: DeviceState): void {
    const streams = this.#running.of(camera.id)
    if (camera.status.state === 'ready') {
      for (const interrupted of this.#interrupted.take(camera.id)) this.#resume(camera, interrupted)
      if (streams.length === 0 || exposureOf(camera) <= this.#options.settings().longExposureMs) return
      for (const { stream, forced } of streams) {
        if (!forced) void this.#turns.take(camera.id, () => this.#stop(stream, 'long_exposure'))
      }
      return
    }
    for (const { stream, forced } of streams) {
      const { detectorName, protocol, startedBy } = stream.active
      this.#interrupted.add({ detectorName, protocol, startedBy, force: forced })
      void this.#turns.take(camera.id, () => this.#stop(stream, 'failed'))
    }
  }

  #resume(camera: DeviceState, { startedBy, ...stream }: InterruptedStream): void {
    // Its viewers may have left meanwhile.
    if (startedBy === 'viewer' && !this.#holds.isHeld(stream)) return
    this.#startInOrder(stream, startedBy).catch((error: unknown) => {
      const { message, hint } = CoverslipError.from(error)
      this.#options.alerts.raise({
        id: streamAlertId(camera.id),
        severity: 'error',
        source: camera.description.name,
        message: `The live view of ${camera.description.name} could not go on: ${message}`,
        ...(hint === undefined ? {} : { hint }),
      })
    })
  }

  #detectorOf(name: string | undefined): string {
    const active = this.#running.all()[0]?.stream.active.detectorName
    return name === undefined && active !== undefined ? active : this.#options.registry.camera(name).id
  }

  /** Detectors that stream, are about to, or will when their camera is back. */
  #liveDetectors(): string[] {
    const running = this.#running.all().map(({ stream }) => stream.active.detectorName)
    return [...new Set([...running, ...this.#starting, ...this.#interrupted.detectorNames])]
  }

  /** The stream that stands in the way of starting `protocol`. */
  #conflict(detectorName: string, protocol: Protocol): Stream | undefined {
    const same = this.#running.find(detectorName, protocol)
    if (same !== undefined || this.#options.settings().sharing === 'concurrent') return same
    return this.#running.find(detectorName)
  }

  #usualProtocol(detectorName: string): Protocol {
    const protocol =
      this.#options.memory.lastProtocol(detectorName) ?? this.#options.settings().defaultProtocol
    return availableProtocols.includes(protocol) ? protocol : 'binary'
  }
}

function exposureOf(camera: DeviceState): number {
  return Number(camera.properties.find(({ name }) => name === standardProperty.exposureMs)?.value ?? 0)
}

function protocolInUse(camera: DeviceState, protocol: Protocol): CoverslipError {
  return new CoverslipError('PROTOCOL_IN_USE', `${camera.description.name} already streams by ${protocol}`, {
    hint: `Stop that stream first, or watch it by ${protocol}. Concurrent streams can be allowed in the settings.`,
    data: { detectorName: camera.id, protocol },
  })
}
