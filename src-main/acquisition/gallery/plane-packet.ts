import {
  packetFormatCode,
  packetHeaderBytes,
  writePacketHeader,
} from '../../../src-shared/frames/frame-packet.ts'
import { lz4FrameBytes, writeLz4Frame } from '../../../src-shared/frames/lz4-frame.ts'
import { filterLag } from '../../../src-shared/frames/pixel-filter.ts'
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import { Kernels } from '../../../src-shared/kernels/kernels.ts'
import { compressLz4 } from '../../frames/lz4-compress.ts'
import type { ImagePlane } from '../reading/dataset-reader.ts'

/** Memory of more than this is not kept between planes. */
const keptBytes = 64 * 2 ** 20

/** Makes UC2F packets of planes: compressed by LZ4, 16-bit images of one channel delta-shuffled before. */
export class PlanePackets {
  #kernels: Kernels | undefined
  #capacity = 0
  #last: Promise<unknown> = Promise.resolve()

  /** One after the other: they share their memory. */
  make(plane: ImagePlane): Promise<Uint8Array<ArrayBuffer>> {
    const made = this.#last.then(() => this.#make(plane))
    // Who asked learns of a failure.
    this.#last = made.catch(() => undefined)
    return made
  }

  async #make({ width, height, pixelFormat, significantBits, pixels }: ImagePlane) {
    const layout = planeLayout(pixelFormat)
    const lag = filterLag(layout, width)
    const blocks =
      lag === undefined
        ? await compressLz4(pixels, pixels.length)
        : await compressLz4(this.#filtered(pixels, lag), width * height)
    const payloadBytes = lz4FrameBytes(blocks)
    const packet = new Uint8Array(packetHeaderBytes + payloadBytes)
    writePacketHeader(packet, {
      width,
      height,
      formatCode: packetFormatCode(pixelFormat),
      significantBits,
      // When it was taken, the frame's record says.
      timestampNs: 0n,
      payloadBytes,
    })
    writeLz4Frame(packet.subarray(packetHeaderBytes), blocks)
    if (this.#capacity > keptBytes) this.#kernels = undefined
    return packet
  }

  #filtered(pixels: Uint8Array, lag: number): Uint8Array<ArrayBuffer> {
    if (this.#kernels === undefined || this.#capacity < pixels.length) {
      this.#kernels = new Kernels(pixels.length)
      this.#capacity = pixels.length
    }
    this.#kernels.input.set(pixels)
    return this.#kernels.filter(pixels.length / 2, lag)
  }
}
