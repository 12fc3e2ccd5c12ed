import jpegTurbo from '@julusian/jpeg-turbo'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type GreyWindow, wholeWindow } from '../../../src-shared/kernels/grey-map.ts'
import type { JpegParams, MjpegParams } from '../../../src-shared/stream-params.ts'
import { AutoWindow } from './auto-window.ts'
import type { CaptureTime, EncodedImage, FrameEncoder } from './frame-encoder.ts'
import type { PacketPool } from './packet-pool.ts'
import type { PreparedImage } from './work-area.ts'

/** Largest side of a JPEG that libjpeg-turbo writes, pixels. */
const maxSide = 65_500

/**
 * JPEG files of the image through the stream's window: grey, or 4:2:0 colour from RGB. Bayer images are encoded as
 * they lie, as grey.
 */
export class JpegEncoder implements FrameEncoder<JpegParams | MjpegParams> {
  readonly #pool: PacketPool
  readonly #autoWindow = new AutoWindow()
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
    const { kernels, image } = prepared
    const { width, height, layout } = image
    if (width > maxSide || height > maxSide) {
      throw new CoverslipError('TOO_LARGE', `A JPEG cannot hold ${width} x ${height} pixels`, {
        hint: 'Choose a smaller crop or more subsampling, or the binary protocol.',
      })
    }
    const window = this.#windowFor(prepared, params, captured)
    const grey = kernels.toGrey(image, window)
    const colour = layout.channels === 3
    const subsampling = colour ? jpegTurbo.SAMP_420 : jpegTurbo.SAMP_GRAY
    const scratch = this.#takeScratch(jpegTurbo.bufferSize({ width, height, subsampling }))
    try {
      const file = await jpegTurbo.compress(Buffer.from(grey.buffer, grey.byteOffset, grey.length), scratch, {
        format: colour ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY,
        width,
        height,
        subsampling,
        quality: params.quality,
      })
      const buffer = this.#pool.take(file.length)
      new Uint8Array(buffer).set(file)
      return { buffer, bytes: file.length, compression: 'jpeg', filter: 'none', window }
    } finally {
      this.#scratch.push(scratch)
    }
  }

  #windowFor(prepared: PreparedImage, params: JpegParams | MjpegParams, captured: CaptureTime): GreyWindow {
    const { significantBits, measured } = prepared
    // Followed in every mode, so that a change to `auto` begins with the present image.
    const auto = this.#autoWindow.next(measured.statistics, { significantBits, timeMs: captured.unixMs })
    const { gamma } = params
    const { low, range } = wholeWindow(
      params.windowMode === 'auto'
        ? { ...auto, gamma }
        : params.windowMode === 'full'
          ? { low: 0, high: 2 ** significantBits - 1, gamma }
          : { low: params.windowLow, high: params.windowHigh, gamma },
    )
    return { low, high: low + range, gamma }
  }

  #takeScratch(bytes: number): Buffer {
    const scratch = this.#scratch.pop()
    return scratch !== undefined && scratch.length >= bytes ? scratch : Buffer.allocUnsafeSlow(bytes)
  }
}
