import type { FrameMetadata } from '../../../src-shared/frames/frame-message.ts'
import type { GreyWindow } from '../../../src-shared/kernels/grey-map.ts'
import type { BinaryParams, JpegParams, MjpegParams } from '../../../src-shared/stream-params.ts'
import type { PreparedImage } from './work-area.ts'

/** Parameters of the protocols that send packets made here. */
export type EncoderParams = BinaryParams | JpegParams | MjpegParams

/** When a frame's exposure ended. */
export type CaptureTime = {
  /** Unix time. */
  readonly unixMs: number
}

/** A packet: the first `bytes` of `buffer`, which came from the PacketPool and goes back there. */
export type Packet = { readonly buffer: ArrayBuffer; readonly bytes: number }

/** A packet and how it was made. */
export type EncodedImage = Packet &
  Pick<FrameMetadata, 'compression' | 'filter'> & { readonly window?: GreyWindow }

/** Turns images into packets of one protocol. */
export interface FrameEncoder<Params extends EncoderParams> {
  /**
   * Encodes one image. Runs on the calling thread until the pixels are filtered or converted, and then on the
   * thread pool. `image` and its memory must not be touched until the promise settles; several images, each in its
   * own work area, may be under way.
   */
  encode(image: PreparedImage, params: Params, captured: CaptureTime): Promise<EncodedImage>
}
