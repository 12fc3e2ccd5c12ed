/** One video file, as it grows. */
import { open } from 'node:fs/promises'
import type { GreyWindow } from '../../../../src-shared/kernels/grey-map.ts'
import {
  rawVideoHeader,
  rawVideoPictureHeader,
  type RawPixels,
} from '../../../../src-shared/raw-video-stream.ts'
import { writeFailure } from '../append-file.ts'
import type { DatasetLayout, StoredFrame } from '../dataset-writer.ts'
import { Overlays } from './overlays.ts'
import { PictureMaker, type VideoPicture } from './picture-maker.ts'
import {
  type ChosenEncoder,
  encodingArguments,
  fileArguments,
  metadataTag,
  shortestUs,
  type VideoOptions,
} from './video-encoder.ts'
import { type Playing, shownAtS } from './video-plan.ts'
import { VideoProcess } from './video-process.ts'

type VideoFileOptions = {
  readonly path: string
  readonly image: DatasetLayout['image']
  readonly title: string
  readonly comment: string
  /** Of the dataset. */
  readonly metadata: DatasetLayout['metadata']
  readonly options: VideoOptions
  readonly chosen: ChosenEncoder
  readonly playing: Playing
  /** How camera pixels lie in memory, where they are kept as they are; undefined: 8 bits through a window. */
  readonly lossless: RawPixels | undefined
}

export class VideoFile {
  readonly #options: VideoFileOptions
  readonly #process: VideoProcess
  readonly #maker: PictureMaker | undefined
  readonly #overlays: Overlays | undefined
  #window: GreyWindow | undefined
  #images = 0
  #firstS = 0
  #lastUs = Number.NEGATIVE_INFINITY
  /** Pictures follow each other: they are made in the same memory. */
  #written: Promise<void>
  #closing: Promise<void> | undefined

  constructor(options: VideoFileOptions) {
    this.#options = options
    const { path, image, title, comment, metadata, chosen, lossless } = options
    const { container, overlays, windowLow, windowHigh } = options.options
    this.#maker = lossless === undefined ? new PictureMaker(image) : undefined
    const { width, height } = this.#maker ?? image
    if (overlays) this.#overlays = new Overlays({ width, height, pixelSizeUm: image.pixelSizeUm })
    if (windowLow !== undefined && windowHigh !== undefined)
      this.#window = { low: windowLow, high: windowHigh, gamma: 1 }
    this.#process = new VideoProcess(path, {
      program: chosen.program.path,
      args: [
        ...encodingArguments(chosen, container),
        ...fileArguments({ container, path, notes: { title, comment } }),
      ],
    })
    const tags = { [metadataTag]: JSON.stringify(metadata) }
    const header = rawVideoHeader({ width, height, pixels: lossless ?? 'i420', tags })
    this.#written = this.#process.write([header])
    // The first frame's `write` tells.
    this.#written.catch(() => undefined)
  }

  /** Resolves when the encoder has the frame. @throws CoverslipError DATA_FOLDER */
  write(frame: StoredFrame): Promise<void> {
    this.#written = this.#written.then(() => this.#write(frame))
    return this.#written
  }

  /** Completes the file; resolves when it is on the disk. Safe to call twice. @throws as `write` */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #write({ pixels, record }: StoredFrame): Promise<void> {
    const number = this.#images++
    if (number === 0) this.#firstS = record.elapsedS
    const elapsedS = record.elapsedS - this.#firstS
    const parts = this.#maker === undefined ? [pixels] : this.#pictureOf(this.#maker, pixels, record.elapsedS)
    const bytes = parts.reduce((sum, { length }) => sum + length, 0)
    const { playing, options } = this.#options
    const shownUs = Math.round(shownAtS(playing, { number, elapsedS }) * 1e6)
    // Each later than the one before, whatever the camera's clock says.
    this.#lastUs = Math.max(shownUs, this.#lastUs + shortestUs(options.container), 0)
    await this.#process.write([rawVideoPictureHeader(this.#lastUs, bytes), ...parts])
  }

  #pictureOf(maker: PictureMaker, pixels: Uint8Array, elapsedS: number): readonly Uint8Array[] {
    maker.load(pixels)
    this.#window ??= maker.windowOf()
    const picture = maker.make(this.#window)
    this.#overlays?.draw(picture, elapsedS)
    return [picture.luma, ...(picture.chroma ?? greyChroma(picture))]
  }

  async #close(): Promise<void> {
    await this.#written.catch(() => undefined)
    await this.#process.finish()
    const { path } = this.#options
    try {
      const file = await open(path, 'r+')
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      throw writeFailure(path, error)
    }
  }
}

let grey: Uint8Array = new Uint8Array()

/** U and V of a picture without colour. */
function greyChroma({ width, height }: VideoPicture): readonly Uint8Array[] {
  const bytes = (width * height) / 2
  if (grey.length < bytes) grey = new Uint8Array(bytes).fill(128)
  return [grey.subarray(0, bytes)]
}
