/** A frame ready to be drawn, whichever way it came. */
import type { Histogram, ShownFrame } from './display-types.ts'
import type { DecodedImage } from './image-decoder.ts'
import type { ImagePixels } from './image-textures.ts'
import { histogramOf, shownFrame } from './shown-frame.ts'
import { type VideoImage, videoPixels } from './video-frame.ts'
import { videoHistogram } from './video-histogram.ts'

/** An image that can be drawn. */
export type ReadyImage = {
  readonly frame: ShownFrame
  readonly image: ImagePixels
  /** `image` alone. */
  readonly layers: readonly ImagePixels[]
  /** End of the exposure, Unix time of the host, ms. */
  readonly capturedAtMs: number | undefined
  histogram(): Histogram
  /** Gives its memory back; the pixels must not be used any more. */
  release(): void
}

/** An image of pixels. */
export function fromDecoded({ message, image, release }: DecodedImage): ReadyImage {
  return {
    frame: shownFrame(message),
    image,
    layers: [image],
    capturedAtMs: message.metadata.captured_at_ms,
    histogram: () => histogramOf(message),
    release,
  }
}

/** An image of a video. */
export function fromVideo(video: VideoImage): ReadyImage {
  const { bitmap, frame, capturedAtMs } = video
  const image = videoPixels(video)
  return {
    frame,
    image,
    layers: [image],
    capturedAtMs,
    histogram: () => videoHistogram(video),
    release: () => bitmap.close(),
  }
}
