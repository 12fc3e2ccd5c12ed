import { decompress } from 'fzstd'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type DecodedFrame, FrameDecoder } from '../../src-shared/frames/decode-frame.ts'
import type { FrameMetadata } from '../../src-shared/frames/frame-message.ts'
import type { ImagePixels } from './image-textures.ts'

/** Pixels of a packet, valid until they are released. */
export type DecodedPacket = {
  readonly image: ImagePixels
  /** Gives its memory back; the pixels must not be used any more. */
  release(): void
}

/** Decodes UC2F packets; the memory of released images is used again. */
export class PacketDecoder {
  readonly #free: FrameDecoder[] = []

  /** @throws CoverslipError when the packet is damaged, or holds something that cannot be shown. */
  decode(
    packet: Uint8Array<ArrayBuffer>,
    encoding: Pick<FrameMetadata, 'compression' | 'filter'>,
  ): DecodedPacket {
    const decoder = this.#free.pop() ?? new FrameDecoder({ zstd: decompress })
    try {
      const image = imagePixels(decoder.decode(packet, encoding))
      return { image, release: () => void this.#free.push(decoder) }
    } catch (error) {
      this.#free.push(decoder)
      throw error
    }
  }
}

function imagePixels({ pixels, width, height, significantBits, format }: DecodedFrame): ImagePixels {
  if (pixels instanceof Float32Array)
    return { kind: 'real', pixels, width, height, maxValue: Number.POSITIVE_INFINITY }
  const maxValue = 2 ** significantBits - 1
  const { pattern } = format
  if (pattern !== undefined) return { kind: 'bayer', pixels, width, height, maxValue, pattern }
  if (format.channels === 1) return { kind: 'mono', pixels, width, height, maxValue }
  if (pixels instanceof Uint8Array) return { kind: 'rgb', pixels, width, height, maxValue: 255 }
  throw new CoverslipError('INVALID_INPUT', `Images in ${format.name} cannot be shown`, {
    hint: 'Choose another pixel format in the camera’s settings.',
  })
}
