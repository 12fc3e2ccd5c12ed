/** Turns received packets into pixels. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { ImagePixels } from './image-textures.ts'
import { JpegDecoder } from './jpeg-decoder.ts'
import { PacketDecoder } from './packet-decoder.ts'

/** A frame as it came. */
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
  readonly #packets = new PacketDecoder()
  readonly #jpeg = new JpegDecoder()

  /**
   * @throws CoverslipError when the packet is damaged, or holds something that cannot be shown. For JPEG packets the
   * promise rejects.
   */
  decode(frame: ReceivedFrame): DecodedImage | Promise<DecodedImage> {
    return frame.message.format === 'jpeg' ? this.#decodeJpeg(frame) : this.#decodeBinary(frame)
  }

  #decodeBinary({ message, packet }: ReceivedFrame): DecodedImage {
    return { message, ...this.#packets.decode(packet, message.metadata) }
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
