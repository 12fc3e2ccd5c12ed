/** Turns received packets into pixels. */
import { decompress } from 'fzstd'
import { CoverslipError } from '../../src-shared/errors.ts'
import { FrameDecoder } from '../../src-shared/frames/decode-frame.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { ImagePixels } from './image-renderer.ts'
import { JpegDecoder } from './jpeg-decoder.ts'

export type ReceivedFrame = { readonly message: FrameMessage; readonly packet: Uint8Array<ArrayBuffer> }

/** A frame ready to be drawn. */
export type DecodedImage = {
  readonly message: FrameMessage
  readonly image: ImagePixels
  /** Gives its memory back; the pixels must not be used any more. */
  release(): void
}

/** Decodes binary and JPEG frames; the memory of released images is used again. */
export class ImageDecoder {
  readonly #free: FrameDecoder[] = []
  readonly #jpeg = new JpegDecoder()

  /**
   * @throws CoverslipError when the packet is damaged, or holds something that cannot be shown. For JPEG packets the
   * promise rejects.
   */
  decode(frame: ReceivedFrame): DecodedImage | Promise<DecodedImage> {
    return frame.message.format === 'jpeg' ? this.#decodeJpeg(frame) : this.#decodeBinary(frame)
  }

  #decodeBinary({ message, packet }: ReceivedFrame): DecodedImage {
    const decoder = this.#free.pop() ?? new FrameDecoder({ zstd: decompress })
    try {
      const { pixels, width, height, significantBits, format } = decoder.decode(packet, message.metadata)
      const release = () => void this.#free.push(decoder)
      if (format.pattern !== undefined) {
        const maxValue = 2 ** significantBits - 1
        const { pattern } = format
        return { message, image: { kind: 'bayer', pixels, width, height, maxValue, pattern }, release }
      }
      if (format.channels === 1) {
        return {
          message,
          image: { kind: 'mono', pixels, width, height, maxValue: 2 ** significantBits - 1 },
          release,
        }
      }
      if (pixels instanceof Uint8Array) {
        return { message, image: { kind: 'rgb', pixels, width, height, maxValue: 255 }, release }
      }
      throw new CoverslipError('INVALID_INPUT', `Images in ${format.name} cannot be shown`, {
        hint: 'Choose another pixel format in the camera’s settings.',
      })
    } catch (error) {
      this.#free.push(decoder)
      throw error
    }
  }

  async #decodeJpeg({ message, packet }: ReceivedFrame): Promise<DecodedImage> {
    const { frame_id: frameId, pixel_format: pixelFormat } = message.metadata
    try {
      const { pixels, width, height, order } = await this.#jpeg.decode(packet)
      const kind = pixelLayout(pixelFormat).kind === 'mono' ? 'grey32' : order
      const release = () => this.#jpeg.recycle(pixels)
      return { message, image: { kind, pixels, width, height, maxValue: 255 }, release }
    } catch (cause) {
      throw new CoverslipError('INVALID_INPUT', `JPEG frame ${frameId} cannot be decoded`, {
        hint: 'It was damaged on its way.',
        cause,
      })
    }
  }
}
