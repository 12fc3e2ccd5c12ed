import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { StreamRequest } from './stream-messages.ts'

/** What was made of a frame, for the stream's counters. */
export type MadeFrame = {
  readonly encodeMs: number
  /** Bytes of the pixels before, and of what was made of them. */
  readonly rawBytes: number
  readonly bytes: number
}

/** Requests that only one kind of stream has. */
export type MakerRequest = Exclude<StreamRequest, { type: 'params' | 'wake' | 'stop' }>

/**
 * Makes of camera frames what a stream sends, and sends it: packets, or video. Driven by the StreamLoop, which decides
 * on the frames.
 */
export interface StreamMaker {
  /** Some viewer could take a frame now. */
  readonly wanted: boolean
  /** Another frame can be loaded. */
  readonly hasRoom: boolean
  /**
   * Copies out of the ring what will be needed: the callback of `LiveFrameReader.take`, which may call it again with a
   * newer frame.
   */
  load(pixels: Uint8Array, info: FrameInfo): void
  /**
   * Makes and sends the frame that was loaded; another can be loaded meanwhile.
   * @throws CoverslipError (by rejection) when this frame cannot be sent; the next may all the same.
   */
  make(info: FrameInfo): Promise<MadeFrame>
  /** @throws CoverslipError for parameters of another kind of stream; the old ones stay. */
  setParams(params: StreamParams): void
  handle(request: MakerRequest): void
  /** Frees what a thread's end does not. */
  close(): Promise<void>
}
