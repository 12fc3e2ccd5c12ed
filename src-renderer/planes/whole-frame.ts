/** A dataset's images in the words of the display. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import type { ShownFrame } from '../display/display-types.ts'
import { scaleOf } from './plane-level.ts'

/** An image of the dataset at full size. */
export function wholeFrame(dataset: ImageDataset): ShownFrame {
  const { width, height, pixelFormat, significantBits, pixelSizeUm } = dataset
  return {
    detectorName: dataset.camera ?? dataset.name,
    frameId: 0,
    sequence: 0,
    width,
    height,
    originalWidth: width,
    originalHeight: height,
    offsetX: 0,
    offsetY: 0,
    subsampling: 1,
    pixelFormat,
    significantBits: significantBits ?? 32,
    maxValue: significantBits === undefined ? Number.POSITIVE_INFINITY : 2 ** significantBits - 1,
    pixelSizeUm,
    stage: undefined,
    channel: undefined,
    protocol: 'binary',
    windowed: undefined,
  }
}

/** A smaller copy of it. */
export function levelFrame(dataset: ImageDataset, level: number): ShownFrame {
  const whole = wholeFrame(dataset)
  const size = dataset.levels[level]
  if (level === 0 || size === undefined) return whole
  const subsampling = scaleOf(dataset, size)
  const { pixelSizeUm } = dataset
  return {
    ...whole,
    width: size.width,
    height: size.height,
    subsampling,
    pixelSizeUm: pixelSizeUm === undefined ? undefined : pixelSizeUm * subsampling,
  }
}

/** `frame` where it was taken; without a stage its upper left corner is the origin. */
export function frameOnStage(frame: ShownFrame, stage: ShownFrame['stage']): ShownFrame {
  const { pixelSizeUm = 0, width, height } = frame
  return { ...frame, stage: stage ?? { x: (width / 2) * pixelSizeUm, y: (height / 2) * pixelSizeUm } }
}
