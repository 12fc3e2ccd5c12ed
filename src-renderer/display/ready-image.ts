/** A frame ready to be drawn, whichever way it came. */
import type { Histogram, ShownFrame } from './display-types.ts'
import type { DecodedImage } from './image-decoder.ts'
import type { ImagePixels } from './image-renderer.ts'
import { histogramOf, shownFrame } from './shown-frame.ts'
import { type VideoImage, videoPixels } from './video-frame.ts'
import { videoHistogram } from './video-histogram.ts'

export type ReadyImage = {
  readonly frame: ShownFrame
  readonly image: ImagePixels
  /** End of the exposure, Unix time of the host, ms. */
  readonly capturedAtMs: number | undefined
  histogram(): Histogram
  /** Gives its memory back; the pixels must not be used any more. */
  release(): void
}

export function fromDecoded({ message, image, release }: DecodedImage): ReadyImage {
  return {
    frame: shownFrame(message),
    image,
    capturedAtMs: message.metadata.captured_at_ms,
    histogram: () => histogramOf(message),
    release,
  }
}

export function fromVideo(video: VideoImage): ReadyImage {
  const { bitmap, frame, capturedAtMs } = video
  return {
    frame,
    image: videoPixels(video),
    capturedAtMs,
    histogram: () => videoHistogram(video),
    release: () => bitmap.close(),
  }
}
