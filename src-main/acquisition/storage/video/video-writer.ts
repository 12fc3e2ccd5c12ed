/**
 * Video for people: 8 bits through a window, made by the system's ffmpeg; or lossless (FFV1), every bit of the camera.
 * One file for each position and channel. Files are cut into pieces of about a second: whatever ends the writing, they
 * play up to there. When this program is killed, ffmpeg still completes them.
 */
import { join } from 'node:path'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import type { RawPixels } from '../../../../src-shared/raw-video-stream.ts'
import type { DatasetLayout, DatasetWriter, StoredFrame } from '../dataset-writer.ts'
import { chooseEncoder } from './choose-encoder.ts'
import type { ChosenEncoder, VideoOptions } from './video-encoder.ts'
import { VideoFile } from './video-file.ts'
import { type Playing, playingOf, refuseTooManyFiles, videoFileName } from './video-plan.ts'

/**
 * Begins a dataset of video files in `folder`; a file is begun by its first frame.
 * @throws CoverslipError DEVICE_UNAVAILABLE without an ffmpeg that can make it; INVALID_INPUT for what is no video.
 */
export async function openVideo(
  folder: string,
  layout: DatasetLayout,
  options: VideoOptions,
): Promise<DatasetWriter> {
  refuseTooManyFiles([layout])
  const { width, height } = layout.image
  if (width < 2 || height < 2)
    throw new CoverslipError(
      'INVALID_INPUT',
      `Images of ${width} × ${height} pixels are too small for a video`,
      {
        hint: 'Choose a larger ROI, or record as OME-TIFF.',
      },
    )
  return new VideoWriter(folder, layout, { options, chosen: await chooseEncoder(options) })
}

class VideoWriter implements DatasetWriter {
  readonly #folder: string
  readonly #layout: DatasetLayout
  readonly #options: VideoOptions
  readonly #chosen: ChosenEncoder
  readonly #lossless: RawPixels | undefined
  readonly #playing: Playing
  readonly #files = new Map<string, VideoFile>()
  #closing: Promise<void> | undefined

  constructor(
    folder: string,
    layout: DatasetLayout,
    { options, chosen }: { readonly options: VideoOptions; readonly chosen: ChosenEncoder },
  ) {
    this.#folder = folder
    this.#layout = layout
    this.#options = options
    this.#playing = playingOf(layout)
    this.#lossless = options.quality === 'lossless' ? losslessPixels(layout) : undefined
    this.#chosen = chosen
  }

  write(frame: StoredFrame): Promise<void> {
    const name = videoFileName(this.#layout, frame.index.p ?? 0, frame.index.c ?? 0)
    const file = this.#files.get(name) ?? this.#open(name)
    return file.write(frame)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #open(name: string): VideoFile {
    const { image, metadata } = this.#layout
    const file = new VideoFile({
      path: join(this.#folder, `${name}.${this.#options.container}`),
      image,
      title: name,
      comment: commentOf(this.#layout, this.#playing, this.#lossless),
      metadata,
      options: this.#options,
      chosen: this.#chosen,
      playing: this.#playing,
      lossless: this.#lossless,
    })
    this.#files.set(name, file)
    return file
  }

  async #close(): Promise<void> {
    const closed = await Promise.allSettled(Array.from(this.#files.values(), (file) => file.close()))
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  }
}

const losslessPixels = ({ image }: DatasetLayout): RawPixels => {
  const { channels, bytesPerSample } = pixelLayout(image.pixelFormat)
  return channels === 3 ? 'rgb24' : bytesPerSample === 2 ? 'gray16' : 'gray8'
}

/** What a player or ffprobe shows: how it was made. */
function commentOf(
  { image, camera, software, startedAt }: DatasetLayout,
  playing: Playing,
  lossless: RawPixels | undefined,
): string {
  const { pixelFormat, significantBits, pixelSizeUm } = image
  const bayer = pixelLayout(pixelFormat).kind === 'bayer'
  return [
    `${software}, ${camera.name}, ${new Date(startedAt).toISOString()}`,
    playing === 'asTaken' ? 'real time' : '10 images per second, in the order in which they were taken',
    lossless === undefined
      ? '8 bits through a window'
      : `lossless: ${pixelFormat}, ${significantBits} bits${bayer ? ', the mosaic of the sensor as grey values' : ''}`,
    ...(pixelSizeUm === undefined ? [] : [`1 pixel = ${pixelSizeUm} µm`]),
  ].join('; ')
}
