/** What the screen says about a frame, from the frame's message. */
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { Histogram, ShownFrame } from './display-types.ts'

/** What is told of a frame that is shown. */
export function shownFrame({ detectorname, pixelsize, format, metadata }: FrameMessage): ShownFrame {
  return {
    detectorName: detectorname,
    frameId: metadata.frame_id,
    sequence: metadata.sequence,
    width: metadata.width,
    height: metadata.height,
    originalWidth: metadata.original_width,
    originalHeight: metadata.original_height,
    offsetX: metadata.crop_x,
    offsetY: metadata.crop_y,
    subsampling: metadata.subsampling,
    pixelFormat: metadata.pixel_format,
    significantBits: metadata.significant_bits,
    maxValue: 2 ** metadata.significant_bits - 1,
    pixelSizeUm: pixelsize,
    stage: metadata.stage,
    channel: metadata.channel,
    protocol: format,
    windowed: metadata.window,
  }
}

/** The histogram that came with a frame. */
export function histogramOf({ metadata }: FrameMessage): Histogram {
  const { min, max, mean, p001, p999, saturated } = metadata.statistics
  return {
    bins: Uint32Array.from(metadata.histogram),
    binsUpTo: 2 ** metadata.histogram_bits - 1,
    maxValue: 2 ** metadata.significant_bits - 1,
    min,
    max,
    mean,
    p001,
    p999,
    saturatedFraction: saturated,
  }
}

/** Whether two frames show the same part of the camera's frame at the same scale. */
export function sameGeometry(a: ShownFrame, b: ShownFrame): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.offsetX === b.offsetX &&
    a.offsetY === b.offsetY &&
    a.subsampling === b.subsampling
  )
}
