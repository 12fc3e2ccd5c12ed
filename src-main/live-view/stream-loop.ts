/**
 * The work of a stream worker: wakes when the camera delivers, encodes the newest frame when one is due and a viewer
 * is ready for it, and posts the packet. It never encodes a frame twice, and never runs while no frame comes.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { LiveFrameReader } from '../frames/frame-ring.ts'
import { EncodePipeline, type EncodedFrame } from './encoders/encode-pipeline.ts'
import type { EncoderParams } from './encoders/frame-encoder.ts'
import { Pacer } from './pacer.ts'
import type { StreamMessage, StreamRequest, StreamWorkerData } from './stream-messages.ts'
import { StreamTally } from './stream-tally.ts'

const reportEveryMs = 1000

type Post = (message: StreamMessage, transfer: ArrayBuffer[]) => void

/** @throws CoverslipError PROTOCOL_UNAVAILABLE for a protocol whose packets are not made here. */
function encoderParams(params: StreamParams): EncoderParams {
  if (params.protocol !== 'webrtc') return params
  throw new CoverslipError(
    'PROTOCOL_UNAVAILABLE',
    'Packets of a webrtc stream are not made by a stream worker',
  )
}

export class StreamLoop {
  readonly #reader: LiveFrameReader
  readonly #pipeline: EncodePipeline
  readonly #pacer: Pacer
  readonly #audience: Int32Array<SharedArrayBuffer>
  readonly #post: Post
  readonly #tally = new StreamTally()
  /** A frame is due and was not encoded yet: the encoder is busy, or no viewer is ready. */
  #owed = false
  #encoding = 0
  #stopped = false

  constructor(data: StreamWorkerData, post: Post) {
    this.#reader = new LiveFrameReader(data.ring)
    this.#pipeline = new EncodePipeline({
      detectorName: data.detectorName,
      params: encoderParams(data.params),
    })
    this.#pacer = new Pacer(data.params.frameRate)
    this.#audience = data.audience
    this.#post = post
  }

  /** Runs until `stop` was requested and the frames under way are done. */
  async run(): Promise<void> {
    const timer = setInterval(() => this.#report(), reportEveryMs)
    while (!this.#stopped) {
      await this.#reader.wait()
      this.#look()
      this.#encodeIfOwed()
    }
    clearInterval(timer)
    while (this.#encoding > 0) await delay(1)
  }

  /** @throws CoverslipError for parameters that no encoder here takes; the old ones stay. */
  handle(request: StreamRequest): void {
    switch (request.type) {
      case 'params':
        this.#pipeline.params = encoderParams(request.params)
        this.#pacer.frameRate = request.params.frameRate
        return
      case 'wake':
        return this.#encodeIfOwed()
      case 'recycle':
        return this.#pipeline.pool.recycle(request.buffer)
      case 'stop':
        this.#stopped = true
        return this.#reader.interrupt()
    }
  }

  get #hasViewer(): boolean {
    return Atomics.load(this.#audience, 0) > 0
  }

  #look(): void {
    const seen = this.#reader.look()
    if (seen === undefined) return
    const { info, arrived, taken } = seen
    this.#tally.arrived(info.sequence, arrived)
    // Taken already, when it came between a look and a copy.
    if (taken) return
    if (!this.#pacer.due(Number(info.hostTimeNs) / 1e6, arrived)) return this.#tally.count('notDue', arrived)
    this.#tally.count('notDue', arrived - 1)
    // The frame owed until now is replaced by this one.
    if (this.#owed) this.#tally.count(this.#hasViewer ? 'overrun' : 'noViewer', 1)
    this.#owed = true
  }

  #encodeIfOwed(): void {
    if (!this.#owed || this.#stopped || !this.#hasViewer || !this.#pipeline.hasRoom) return
    const info = this.#reader.take((pixels, frame) => this.#pipeline.load(pixels, frame))
    if (info === undefined) return
    this.#owed = false
    void this.#encode(info)
  }

  async #encode(info: FrameInfo): Promise<void> {
    this.#encoding += 1
    try {
      this.#send(await this.#pipeline.encode(info))
    } catch (error) {
      this.#tally.count('failed', 1)
      this.#post({ type: 'fault', error: CoverslipError.from(error).serialize() }, [])
    } finally {
      this.#encoding -= 1
    }
    this.#encodeIfOwed()
  }

  #send({ message, buffer, bytes }: EncodedFrame): void {
    const {
      frame_id: frameId,
      compression: encoding,
      encode_ms: encodeMs,
      raw_bytes: rawBytes,
    } = message.metadata
    this.#tally.encoded({ encodeMs, rawBytes, bytes })
    this.#post({ type: 'frame', frameId, message, encoding, buffer, bytes }, [buffer])
  }

  #report(): void {
    this.#post({ type: 'report', report: this.#tally.report(performance.now()) }, [])
  }
}
