/** One running stream: its worker, its way to the viewers (FrameHub or WebRTC) and its lease on the camera. */
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { ActiveStream, StreamStats } from '../../src-shared/live-view.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { CameraLease } from '../devices/camera-leases.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { workerUrl } from '../worker-url.ts'
import { encodingOf } from './encoded-frame.ts'
import { FaultWatch } from './fault-watch.ts'
import type { FrameHub } from './frame-hub.ts'
import { type StreamAudience, StreamOutlet } from './stream-outlet.ts'
import type { StreamMessage, StreamReport, StreamRequest, StreamWorkerData } from './stream-messages.ts'
import { PeerChannel } from './webrtc/peer-channel.ts'

/** A worker that hangs is ended by force after this, which may crash an encoder; a loaded computer must not get there. */
const workerEndMs = 10_000

type Options = {
  readonly detectorName: string
  readonly params: StreamParams
  readonly startedBy: ActiveStream['startedBy']
  readonly ring: FrameRingMemory
  /** The first frame that is of this stream, counted as the ring does. */
  readonly firstFrame: number
  readonly lease: CameraLease
  readonly hub: FrameHub
  frameReady(message: FrameMessage): void
  stats(stats: StreamStats): void
  fault(error: CoverslipError): void
  /** After a fault, frames are made again. */
  recovered(): void
  /** The worker has died. */
  failed(error: CoverslipError): void
}

/** Runs from its construction until `close`. */
export class Stream {
  /** The viewers' connections of a webrtc stream; other streams have theirs in the FrameHub. */
  readonly peers: PeerChannel | undefined
  readonly #options: Options
  readonly #worker: Worker
  readonly #outlet: StreamOutlet
  readonly #audience = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #startedAt = Date.now()
  #params: StreamParams
  #startedBy: ActiveStream['startedBy']
  readonly #faults = new FaultWatch()
  #stats: StreamStats
  #lastBytes = { at: performance.now(), bytes: 0 }
  #closing: Promise<void> | undefined
  #ended = false

  constructor(options: Options) {
    this.#options = options
    this.#params = options.params
    this.#startedBy = options.startedBy
    const { detectorName, params, ring, firstFrame } = options
    this.#outlet = new StreamOutlet({
      detectorName,
      protocol: params.protocol,
      encoding: encodingOf(params),
      audienceChanged: (audience) => this.#audienceChanged(audience),
    })
    this.#stats = {
      detectorName,
      protocol: params.protocol,
      ...emptyReport,
      network: { viewers: 0, sent: 0, skipped: 0, bytesPerSecond: 0 },
    }
    const workerData: StreamWorkerData = { detectorName, ring, firstFrame, params, audience: this.#audience }
    this.#worker = new Worker(workerUrl('live-view/stream-worker'), { workerData })
    this.#worker.on('message', (message: StreamMessage) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(CoverslipError.from(error)))
    this.#worker.on('exit', () => {
      this.#ended = true
    })
    this.#worker.on('exit', () => this.#fail(new CoverslipError('INTERNAL', 'The stream worker ended')))
    if (params.protocol === 'webrtc') this.peers = new PeerChannel((call) => this.#post(call))
    else options.hub.open(this.#outlet)
  }

  get active(): ActiveStream {
    return {
      detectorName: this.#options.detectorName,
      protocol: this.#params.protocol,
      params: this.#params,
      startedAt: this.#startedAt,
      startedBy: this.#startedBy,
    }
  }

  get statistics(): StreamStats {
    return this.#stats
  }

  /** Changes parameters without a restart; the protocol stays. */
  setParams(params: StreamParams): void {
    this.#params = params
    this.#post({ type: 'params', params })
    this.#outlet.encoding = encodingOf(params)
  }

  /** Somebody asked for the stream: it no longer depends on its viewers. */
  claim(): void {
    this.#startedBy = 'request'
  }

  /**
   * Stops the worker and gives the camera back.
   * @throws CoverslipError (by rejection) when the camera does not stop; the stream has ended all the same.
   */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.peers?.close()
      this.#options.hub.close(this.#outlet)
      try {
        await this.#endWorker()
      } finally {
        await this.#options.lease.release()
      }
    })()
    return this.#closing
  }

  /** Lets the frame under way be finished, as ending a thread within a native encoder is not safe; but not for ever. */
  async #endWorker(): Promise<void> {
    if (this.#ended) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    const stop: StreamRequest = { type: 'stop' }
    this.#worker.postMessage(stop)
    await Promise.race([ended, delay(workerEndMs, undefined, { ref: false })])
    await this.#worker.terminate()
  }

  #receive(message: StreamMessage): void {
    switch (message.type) {
      case 'frame': {
        const { buffer, bytes, ...frame } = message
        this.#outlet.publish({
          ...frame,
          packet: new Uint8Array(buffer, 0, bytes),
          recycle: () => this.#post({ type: 'recycle', buffer }, [buffer]),
        })
        return this.#options.frameReady(frame.message)
      }
      case 'report':
        return this.#report(message.report)
      case 'peer':
        return this.peers?.receive(message.event)
      case 'fault':
        this.#faults.fault()
        return this.#options.fault(CoverslipError.deserialize(message.error))
    }
  }

  #report(report: StreamReport): void {
    const { viewers, sent, skipped, dropped, bytes } = (this.peers ?? this.#outlet).counts
    const now = performance.now()
    const bytesPerSecond = ((bytes - this.#lastBytes.bytes) / (now - this.#lastBytes.at)) * 1000
    this.#lastBytes = { at: now, bytes }
    this.#stats = { ...this.#stats, ...report, network: { viewers, sent, skipped, dropped, bytesPerSecond } }
    this.#options.stats(this.#stats)
    if (this.#faults.recovered(report.encoder.frames)) this.#options.recovered()
  }

  #audienceChanged({ ready }: StreamAudience): void {
    const before = Atomics.exchange(this.#audience, 0, ready)
    if (before === 0 && ready > 0) this.#post({ type: 'wake' })
  }

  #post(request: StreamRequest, transfer: ArrayBuffer[] = []): void {
    if (this.#closing === undefined) this.#worker.postMessage(request, transfer)
  }

  #fail(error: CoverslipError): void {
    if (this.#closing === undefined) this.#options.failed(error)
  }
}

const emptyReport: StreamReport = {
  camera: { fps: 0, frames: 0, lost: 0 },
  encoder: {
    fps: 0,
    frames: 0,
    notDue: 0,
    overrun: 0,
    noViewer: 0,
    encodeMs: 0,
    encodeMsMax: 0,
    bytesPerFrame: 0,
    ratio: 0,
    failed: 0,
  },
}
