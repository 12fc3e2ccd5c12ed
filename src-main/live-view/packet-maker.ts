import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import { EncodePipeline } from './encoders/encode-pipeline.ts'
import type { EncoderParams } from './encoders/frame-encoder.ts'
import type { MadeFrame, MakerRequest, StreamMaker } from './stream-maker.ts'
import type { Post, StreamWorkerData } from './stream-messages.ts'

/** Encodes frames to packets and posts them to the engine, which hands them to the viewers. */
export class PacketMaker implements StreamMaker {
  readonly #pipeline: EncodePipeline
  readonly #audience: Int32Array<SharedArrayBuffer>
  readonly #post: Post

  constructor({ detectorName, params, audience }: StreamWorkerData, post: Post) {
    this.#pipeline = new EncodePipeline({ detectorName, params: encoderParams(params) })
    this.#audience = audience
    this.#post = post
  }

  get wanted(): boolean {
    return Atomics.load(this.#audience, 0) > 0
  }

  get hasRoom(): boolean {
    return this.#pipeline.hasRoom
  }

  load(pixels: Uint8Array, info: FrameInfo): void {
    this.#pipeline.load(pixels, info)
  }

  async make(info: FrameInfo): Promise<MadeFrame> {
    const { message, buffer, bytes } = await this.#pipeline.encode(info)
    const { frame_id: frameId, compression: encoding, ...metadata } = message.metadata
    this.#post({ type: 'frame', frameId, message, encoding, buffer, bytes }, [buffer])
    return { encodeMs: metadata.encode_ms, rawBytes: metadata.raw_bytes, bytes }
  }

  setParams(params: StreamParams): void {
    this.#pipeline.params = encoderParams(params)
  }

  handle(request: MakerRequest): void {
    if (request.type === 'recycle') this.#pipeline.pool.recycle(request.buffer)
  }

  async close(): Promise<void> {}
}

function encoderParams(params: StreamParams): EncoderParams {
  if (params.protocol !== 'webrtc') return params
  throw new CoverslipError('UNKNOWN_PROTOCOL', 'A webrtc stream sends video, not packets')
}
