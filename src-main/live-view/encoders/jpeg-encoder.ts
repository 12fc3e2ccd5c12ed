import { availableParallelism } from 'node:os'
import jpegTurbo from '@julusian/jpeg-turbo'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { JpegParams, MjpegParams } from '../../../src-shared/stream-params.ts'
import { DisplayWindow } from './display-window.ts'
import type { CaptureTime, EncodedImage, FrameEncoder } from './frame-encoder.ts'
import { joinedBytes, joinStrips, stripLayout } from './jpeg-strips.ts'
import type { PacketPool } from './packet-pool.ts'
import type { PreparedImage } from './work-area.ts'

/** Largest side of a JPEG that libjpeg-turbo writes, pixels. */
const maxSide = 65_500
/** Parts of an image that are compressed at the same time; the thread pool has four threads. */
const strips = Math.min(4, availableParallelism())

/** JPEG files of the image through the stream's window: grey, or 4:2:0 colour from RGB and Bayer. */
export class JpegEncoder implements FrameEncoder<JpegParams | MjpegParams> {
  readonly #pool: PacketPool
  readonly #window = new DisplayWindow()
  /** Memory for files whose size is not known yet, one for each frame under way. */
  readonly #scratch: Buffer[] = []

  constructor(pool: PacketPool) {
    this.#pool = pool
  }

  async encode(
    prepared: PreparedImage,
    params: JpegParams | MjpegParams,
    captured: CaptureTime,
  ): Promise<EncodedImage> {
    const { kernels, image, significantBits, measured } = prepared
    const { width, height, layout } = image
    if (width > maxSide || height > maxSide) {
      throw new CoverslipError('TOO_LARGE', `A JPEG cannot hold ${width} x ${height} pixels`, {
        hint: 'Choose a smaller crop or more subsampling, or the binary protocol.',
      })
    }
    const timeMs = captured.unixMs
    const window = this.#window.next(measured.statistics, { params, significantBits, timeMs })
    const bayer = layout.kind === 'bayer'
    const samples = bayer ? kernels.toRgb(image, window) : kernels.toGrey(image, window)
    const colour = bayer || layout.channels === 3
    const subsampling = colour ? jpegTurbo.SAMP_420 : jpegTurbo.SAMP_GRAY
    const { rows, mcus } = stripLayout({ width, height }, { strips, mcuPx: colour ? 16 : 8 })
    const scratches: Buffer[] = []
    const compress = async (top: number): Promise<Buffer> => {
      const stripHeight = Math.min(rows, height - top)
      const shape = { width, height: stripHeight, subsampling }
      const scratch = this.#takeScratch(jpegTurbo.bufferSize(shape))
      scratches.push(scratch)
      const rowBytes = width * (colour ? 3 : 1)
      const pixels = Buffer.from(samples.buffer, samples.byteOffset + top * rowBytes, stripHeight * rowBytes)
      const format = colour ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY
      return jpegTurbo.compress(pixels, scratch, { ...shape, format, quality: params.quality })
    }
    try {
      const tops = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows)
      const files = await Promise.all(tops.map(compress))
      const buffer = this.#pool.take(joinedBytes(files))
      const bytes = joinStrips(new Uint8Array(buffer), files, { height, mcus })
      return { buffer, bytes, compression: 'jpeg', filter: 'none', window }
    } finally {
      this.#scratch.push(...scratches)
    }
  }

  #takeScratch(bytes: number): Buffer {
    const scratch = this.#scratch.pop()
    return scratch !== undefined && scratch.length >= bytes ? scratch : Buffer.allocUnsafeSlow(bytes)
  }
}
