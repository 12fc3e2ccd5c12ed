import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import type { EncodedImage, EncoderParams } from './frame-encoder.ts'
import type { PreparedImage } from './work-area.ts'

/** All that is known of an encoded frame. */
export type FrameParts = {
  readonly detectorName: string
  readonly frameId: number
  readonly info: FrameInfo
  readonly params: EncoderParams
  readonly image: PreparedImage
  readonly packet: EncodedImage
  /** End of the exposure, Unix time. */
  readonly capturedMs: number
  readonly encodeMs: number
}

/** The message that goes to clients with the frame's packet, which is complete now. */
export function describeFrame(frame: FrameParts): FrameMessage {
  const { packet, info, params } = frame
  const { image, pixelFormat, region, measured, significantBits } = frame.image
  return {
    name: 'frame_meta',
    detectorname: frame.detectorName,
    ...(info.pixelSizeUm === undefined ? {} : { pixelsize: info.pixelSizeUm * params.subsampling }),
    format: packet.compression === 'jpeg' ? 'jpeg' : 'binary',
    metadata: {
      frame_id: frame.frameId,
      sequence: info.sequence,
      timestamp_ns: info.timestampNs.toString(),
      captured_at_ms: frame.capturedMs,
      encoded_at_ms: unixNowMs(),
      width: image.width,
      height: image.height,
      original_width: info.width,
      original_height: info.height,
      crop_x: region.x,
      crop_y: region.y,
      subsampling: params.subsampling,
      significant_bits: significantBits,
      pixel_format: pixelFormat,
      exposure_ms: info.exposureMs,
      gain: info.gain,
      ...(info.stage === undefined ? {} : { stage: info.stage }),
      ...(info.channel === undefined ? {} : { channel: info.channel }),
      compression: packet.compression,
      filter: packet.filter,
      raw_bytes: imageBytes(pixelFormat, image.width, image.height),
      packet_bytes: packet.bytes,
      encode_ms: frame.encodeMs,
      ...(packet.window === undefined ? {} : { window: packet.window }),
      histogram: measured.histogram,
      histogram_bits: measured.histogramBits,
      statistics: measured.statistics,
    },
  }
}
