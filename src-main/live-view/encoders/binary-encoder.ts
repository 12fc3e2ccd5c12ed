import {
  packetFormatCode,
  packetHeaderBytes,
  writePacketHeader,
} from '../../../src-shared/frames/frame-packet.ts'
import { lz4FrameBytes, writeLz4Frame } from '../../../src-shared/frames/lz4-frame.ts'
import { filterLag, type PixelFilter } from '../../../src-shared/frames/pixel-filter.ts'
import type { BinaryParams } from '../../../src-shared/stream-params.ts'
import type { CaptureTime, EncodedImage, FrameEncoder } from './frame-encoder.ts'
import { compressLz4 } from '../../frames/lz4-compress.ts'
import type { PacketPool } from './packet-pool.ts'
import type { PreparedImage } from './work-area.ts'
import { compressZstd } from './zstd-compress.ts'

/** Lossless: UC2F packets of the pixels at full bit depth. */
export class BinaryEncoder implements FrameEncoder<BinaryParams> {
  readonly #pool: PacketPool

  constructor(pool: PacketPool) {
    this.#pool = pool
  }

  async encode(image: PreparedImage, params: BinaryParams, captured: CaptureTime): Promise<EncodedImage> {
    const { bytes, planeBytes, filter } = filtered(image, params)
    const { compression, level } = params
    if (compression === 'zstd') {
      const compressed = await compressZstd(bytes, level)
      const packet = this.#packet(image, captured, compressed.length, (payload) => payload.set(compressed))
      return { ...packet, compression, filter }
    }
    if (compression === 'lz4') {
      const blocks = await compressLz4(bytes, planeBytes)
      const packet = this.#packet(image, captured, lz4FrameBytes(blocks), (payload) =>
        writeLz4Frame(payload, blocks),
      )
      return { ...packet, compression, filter }
    }
    const packet = this.#packet(image, captured, bytes.length, (payload) => payload.set(bytes))
    return { ...packet, compression, filter }
  }

  #packet(
    { image, pixelFormat, significantBits }: PreparedImage,
    captured: CaptureTime,
    payloadBytes: number,
    write: (payload: Uint8Array) => void,
  ) {
    const bytes = packetHeaderBytes + payloadBytes
    const buffer = this.#pool.take(bytes)
    const packet = new Uint8Array(buffer, 0, bytes)
    writePacketHeader(packet, {
      width: image.width,
      height: image.height,
      formatCode: packetFormatCode(pixelFormat),
      significantBits,
      timestampNs: BigInt(Math.round(captured.unixMs * 1000)) * 1000n,
      payloadBytes,
    })
    write(packet.subarray(packetHeaderBytes))
    return { buffer, bytes }
  }
}

/** The bytes to compress. Without compression a filter would gain nothing. */
function filtered({ kernels, image }: PreparedImage, params: BinaryParams) {
  const { width, height } = image
  const imageBytes = width * height * image.layout.bytesPerPixel
  const lag = filterLag(image.layout, width)
  const filter: PixelFilter = params.compression === 'none' || lag === undefined ? 'none' : params.filter
  if (filter === 'none' || lag === undefined) {
    return { bytes: kernels.pixels(imageBytes), planeBytes: imageBytes, filter }
  }
  return { bytes: kernels.filter(width * height, lag), planeBytes: width * height, filter }
}
