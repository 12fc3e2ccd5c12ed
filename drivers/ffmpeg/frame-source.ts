import type { CoverslipError } from '../../src-shared/errors.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'

/** The formats in which cameras of this driver deliver. */
export type VideoFormat = Extract<PixelFormat, 'Mono8' | 'Mono16' | 'RGB8'>

/** Size and format of an image. */
export type FrameShape = {
  readonly width: number
  readonly height: number
  readonly pixelFormat: VideoFormat
}

/** What takes the frames of a source. */
export interface FrameReceiver {
  /**
   * A frame begins to arrive.
   * @returns memory for exactly its pixels, valid until `complete` or `damaged`; undefined: the frame is passed over
   */
  begin(shape: FrameShape): Uint8Array | undefined
  /** The frame that began last is complete. */
  complete(): void
  /** A frame came, or began to, that cannot be shown. */
  damaged(error: CoverslipError): void
  /** The source has ended, or is not to be trusted; nothing follows. */
  ended(error: CoverslipError): void
}

/** Where a camera's frames come from: a program or a connection that runs while frames are wanted. */
export interface FrameSource {
  /** Begins to deliver. Failures come through `receiver.ended`. Never called while running. */
  start(receiver: FrameReceiver, pixelFormat: VideoFormat | 'native'): void
  /** Ends; `receiver` is not called any more. Safe to call when stopped. */
  stop(): Promise<void>
}
