import type { ActiveStream } from '../../src-shared/live-view.ts'
import { type JpegParams, jpegParamsSchema } from '../../src-shared/stream-params.ts'
import type { TakenFrame } from '../acquisition/take-frame.ts'
import { EncodePipeline } from '../live-view/encoders/encode-pipeline.ts'

/** Of single images that are kept. */
const quality = 90

type DisplayWindow = Pick<JpegParams, 'windowMode' | 'windowLow' | 'windowHigh' | 'gamma'>

/** A JPEG file of one frame, seen as `streams` show its detector; by an automatic window where none does. */
export async function jpegStill(frame: TakenFrame, streams: readonly ActiveStream[]): Promise<Uint8Array> {
  const { detectorName, pixels, info } = frame
  const params = jpegParamsSchema.parse({
    quality,
    ...displayWindow(streams, detectorName),
    protocol: 'jpeg',
  })
  const pipeline = new EncodePipeline({ detectorName, params })
  pipeline.load(pixels, info)
  const { buffer, bytes } = await pipeline.encode(info)
  return new Uint8Array(buffer, 0, bytes)
}

function displayWindow(streams: readonly ActiveStream[], detectorName: string): Partial<DisplayWindow> {
  for (const stream of streams) {
    if (stream.detectorName !== detectorName || stream.params.protocol === 'binary') continue
    const { windowMode, windowLow, windowHigh, gamma } = stream.params
    return { windowMode, windowLow, windowHigh, gamma }
  }
  return {}
}
