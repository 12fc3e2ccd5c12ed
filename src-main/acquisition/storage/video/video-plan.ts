/** Which files a dataset becomes as video, and how they play. */
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { safeFileName } from '../../new-file.ts'
import type { DatasetLayout } from '../dataset-writer.ts'
import type { VideoOptions } from './video-encoder.ts'

/** Each is made by a process of its own, which is there until the end. */
const mostVideoFiles = 32
/**
 * What an encoder keeps: pictures that it looks ahead to, has in work on each core and refers to; bytes per pixel, as
 * I420. Of that all encoders together take no more than so many bytes.
 */
const encoderBytesPerPixel = 40 * 1.5
const mostEncoderBytes = 2 * 2 ** 30
/** Where images do not follow each other closely, each is shown for this long, s. */
const imageS = 0.1
/** Images of a time series closer than this play in real time, s. */
const closeS = 1

/** `asTaken`: in real time; `evenly`: every image for a tenth of a second. */
export type Playing = 'asTaken' | 'evenly'

type Axes = Pick<DatasetLayout, 'axes' | 'positions' | 'channels'>

/** One file for each position and channel. */
function videoFileCount({ positions, channels }: Pick<VideoDataset, 'positions' | 'channels'>): number {
  return Math.max(1, positions.length) * Math.max(1, channels.length)
}

/** The images of one camera. */
export type VideoDataset = {
  readonly positions: readonly unknown[]
  readonly channels: readonly unknown[]
  /** Undefined: not known yet. */
  readonly image: Pick<DatasetLayout['image'], 'width' | 'height'> | undefined
}

/**
 * All files of a plan grow together, as it comes back to each position: one of each camera is always possible, more as
 * far as memory allows for their encoders.
 * @throws CoverslipError INVALID_INPUT when there would be too many files at once
 */
export function refuseTooManyFiles(datasets: readonly VideoDataset[]): void {
  const count = datasets.reduce((sum, dataset) => sum + videoFileCount(dataset), 0)
  const encoderBytes = datasets.reduce((sum, dataset) => {
    const { width, height } = dataset.image ?? { width: 0, height: 0 }
    return sum + videoFileCount(dataset) * width * height * encoderBytesPerPixel
  }, 0)
  const inMemory = Math.floor((count * mostEncoderBytes) / encoderBytes)
  const most = Math.max(datasets.length, Math.min(mostVideoFiles, inMemory))
  if (count <= most) return
  const sizes = new Set(datasets.flatMap(({ image }) => (image ? `${image.width} × ${image.height}` : [])))
  const ofSize = sizes.size === 0 ? '' : ` of ${[...sizes].join(' and ')} pixels`
  const ofEach = datasets.length === 1 ? 'position and channel' : 'camera, position and channel'
  throw new CoverslipError(
    'INVALID_INPUT',
    `As video it would be ${count} files, one for each ${ofEach}; ${most}${ofSize} can be made at once`,
    { hint: 'Record as OME-Zarr or OME-TIFF, and export videos of it afterwards.' },
  )
}

/**
 * Recordings and fast time series play in real time. Stacks, several positions and slow time series would be mostly
 * waiting: their images follow each other evenly, in the order in which they were taken.
 */
export function playingOf({ axes, timeStepS, ...others }: Axes & Pick<DatasetLayout, 'timeStepS'>): Playing {
  const timeOnly = axes.every(({ axis }) => axis === 't') && videoFileCount(others) === 1
  return timeOnly && (timeStepS ?? 0) < closeS ? 'asTaken' : 'evenly'
}

/** When an image is shown, s. */
export function shownAtS(
  playing: Playing,
  image: { readonly number: number; readonly elapsedS: number },
): number {
  return playing === 'asTaken' ? image.elapsedS : image.number * imageS
}

/** Noise, which most of a camera's bits are, can hardly be compressed; what is seen, well. */
export function videoShare({ quality }: VideoOptions): number {
  return quality === 'lossless' ? 0.75 : 0.25
}

/** The name of a file, without folder and ending. */
export function videoFileName(
  layout: Axes & Pick<DatasetLayout, 'name'>,
  position: number,
  channel: number,
): string {
  const { name, positions, channels } = layout
  const place = positions.length > 1 ? `_${positions[position]?.name ?? `p${position}`}` : ''
  // The number makes it unique: names of channels may differ by letters that no file name has.
  const light = channels.length > 1 ? `_${channel + 1}_${safeFileName(channels[channel]?.name ?? '')}` : ''
  return `${name}${place}${light}`
}
