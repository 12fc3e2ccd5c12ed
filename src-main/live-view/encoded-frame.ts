import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'

/** What a viewer must be able to decode, besides `none`. */
export type FrameEncoding = 'lz4' | 'zstd' | 'none' | 'jpeg'

/** One encoded frame of a stream. */
export type EncodedFrame = {
  /** Running number of the stream's encoded frames. */
  readonly frameId: number
  readonly message: FrameMessage
  readonly packet: Uint8Array<ArrayBuffer>
  readonly encoding: FrameEncoding
  /** Called once when nobody uses the packet's memory any more. */
  recycle(): void
}

/** How the frames of a stream with these parameters are encoded; `none` for WebRTC, which sends no packets. */
export function encodingOf(params: StreamParams): FrameEncoding {
  if (params.protocol === 'webrtc') return 'none'
  return params.protocol === 'binary' ? params.compression : 'jpeg'
}

/** A packet with a count of its users. */
export class SharedPacket {
  readonly frame: EncodedFrame
  #users = 1
  #lost = false

  constructor(frame: EncodedFrame) {
    this.frame = frame
  }

  retain(): this {
    this.#users += 1
    return this
  }

  release(): void {
    this.#users -= 1
    if (this.#users === 0 && !this.#lost) this.frame.recycle()
  }

  /** A viewer left without saying that it is done: its transport may still hold the memory, so it is never reused. */
  forfeit(): void {
    this.#lost = true
    this.release()
  }
}
