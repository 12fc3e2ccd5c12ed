/** The planes of a picture, decoded in memory that is used again. */
import { filterLag } from '../../src-shared/frames/pixel-filter.ts'
import { parseFramePacket } from '../../src-shared/frames/frame-packet.ts'
import { type DecodedPacket, PacketDecoder } from '../display/packet-decoder.ts'
import type { PictureLayer } from './export-messages.ts'

/** A plane with its pixels. */
export type Plane = DecodedPacket & Omit<PictureLayer, 'packet'>

export class PlaneDecoder {
  readonly #decoder = new PacketDecoder()

  /** Calls `deal` with the decoded planes of a picture, whose pixels are valid until it resolves. @throws CoverslipError */
  async with(
    layers: readonly PictureLayer[],
    deal: (planes: readonly Plane[]) => Promise<void>,
  ): Promise<void> {
    const planes: Plane[] = []
    try {
      for (const { packet: bytes, ...about } of layers) {
        const packet = new Uint8Array(bytes)
        const { format, width } = parseFramePacket(packet)
        const filter = filterLag(format, width) === undefined ? 'none' : 'delta-shuffle'
        planes.push({ ...about, ...this.#decoder.decode(packet, { compression: 'lz4', filter }) })
      }
      await deal(planes)
    } finally {
      for (const plane of planes) plane.release()
    }
  }
}
