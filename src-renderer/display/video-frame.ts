/** Frames of a WebRTC video, as the display shows them. */
import { type PixelFormat, pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { VideoFrameNote } from '../../src-shared/webrtc.ts'
import type { ShownFrame } from './display-types.ts'
import type { ImagePixels } from './image-textures.ts'

/** One frame on its way from the page's video element to the display's worker. */
export type VideoImage = {
  readonly bitmap: ImageBitmap
  readonly frame: ShownFrame
  /** End of the exposure, Unix time of the host, ms; undefined when the host has told nothing of the frame. */
  readonly capturedAtMs: number | undefined
}

type VideoOrigin = {
  readonly detectorName: string
  /** Counts the frames of this connection. */
  readonly frameId: number
  /** Of the camera. */
  readonly pixelFormat: PixelFormat
}

/** What is known of a video frame of `width` × `height` pixels, from the host's note about it. */
export function videoFrame(
  { width, height }: { readonly width: number; readonly height: number },
  note: VideoFrameNote | undefined,
  { detectorName, frameId, pixelFormat }: VideoOrigin,
): ShownFrame {
  const significantBits = pixelLayout(pixelFormat).significantBits
  // The video may have been scaled down on its way, when the network was slow.
  const scale = note === undefined ? 1 : (note.scale * note.width) / width
  const cropX = note?.cropX ?? 0
  const cropY = note?.cropY ?? 0
  return {
    detectorName,
    frameId,
    sequence: note?.sequence ?? frameId,
    width,
    height,
    // The part that is sent lies in the middle of the camera's frame.
    originalWidth: Math.round(width * scale) + 2 * cropX,
    originalHeight: Math.round(height * scale) + 2 * cropY,
    offsetX: cropX,
    offsetY: cropY,
    subsampling: scale,
    pixelFormat,
    significantBits,
    maxValue: 2 ** significantBits - 1,
    pixelSizeUm: note?.pixelSizeUm === undefined ? undefined : (note.pixelSizeUm * note.width) / width,
    stage: note?.stage,
    channel: undefined,
    protocol: 'webrtc',
    windowed: note?.window,
  }
}

/** The pixels of `video` as the renderer draws them. */
export function videoPixels({ bitmap, frame }: VideoImage): ImagePixels {
  const kind = planeLayout(frame.pixelFormat).kind === 'mono' ? 'grey32' : 'rgb32'
  return { kind, bitmap, width: bitmap.width, height: bitmap.height, maxValue: 255 }
}
