import { EncodePipeline, type EncodedFrame } from '../../../src-main/live-view/encoders/encode-pipeline.ts'
import type { EncoderParams } from '../../../src-main/live-view/encoders/frame-encoder.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import type { TestImage } from '../kernels/images.ts'
import { bytesOf } from '../kernels/images.ts'

/** What a camera would say of a frame. */
export function infoOf(
  format: PixelFormat,
  size: { readonly width: number; readonly height: number },
  more: Partial<FrameInfo> = {},
): FrameInfo {
  const now = process.hrtime.bigint()
  return {
    sequence: 7,
    timestampNs: now,
    hostTimeNs: now,
    width: size.width,
    height: size.height,
    pixelFormat: format,
    significantBits: pixelLayout(format).significantBits,
    exposureMs: 12.5,
    gain: 2,
    ...more,
  }
}

/** One frame through a new pipeline; the pixels come from shared memory with other frames around them. */
export async function encodeImage(
  format: PixelFormat,
  image: TestImage,
  params: EncoderParams,
): Promise<EncodedFrame & { readonly packet: Uint8Array<ArrayBuffer> }> {
  const bytes = bytesOf(image)
  const shared = new Uint8Array(new SharedArrayBuffer(64 + bytes.length + 64)).fill(0xaa)
  const slot = shared.subarray(64)
  slot.set(bytes)
  const pipeline = new EncodePipeline({ detectorName: 'Camera 1', params })
  const info = infoOf(format, image)
  pipeline.load(slot, info)
  const encoded = await pipeline.encode(info)
  return { ...encoded, packet: new Uint8Array(encoded.buffer, 0, encoded.bytes) }
}
