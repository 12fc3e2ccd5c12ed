import {
  type GvspHeaderFields,
  packetContent,
  payloadBytesPerPacket,
  writeGvspHeader,
} from '../protocol/gvsp-header.ts'
import { type GvspLeader, writeLeader } from '../protocol/gvsp-leader.ts'
import { type GvspTrailer, writeTrailer } from '../protocol/gvsp-trailer.ts'

const headRoom = 128

/** One block of the stream, an image with what belongs to it: everything its packets are cut from. Used again and again. */
export class StreamBlock {
  /** Bytes that follow each other in the payload packets; the first `dataBytes` count. */
  data: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  dataBytes = 0
  id = 0
  extendedIds = false
  leader: GvspLeader | undefined
  trailer: GvspTrailer | undefined
  /** Where sending it has ended for good: packets from here on are never sent. */
  packetLimit = Number.POSITIVE_INFINITY
  #bytesPerPacket = 1

  /** Begins a new block of up to `bytes`, in packets of `packetSize` bytes with all their headers. */
  begin(options: { id: number; bytes: number; packetSize: number; extendedIds: boolean }): void {
    const { id, bytes, packetSize, extendedIds } = options
    if (this.data.length < bytes) this.data = new Uint8Array(bytes)
    this.id = id
    this.dataBytes = bytes
    this.extendedIds = extendedIds
    this.packetLimit = Number.POSITIVE_INFINITY
    this.#bytesPerPacket = payloadBytesPerPacket(packetSize, extendedIds)
  }

  /** Packets with leader and trailer; their ids are 0 to one less. */
  get packetCount(): number {
    return Math.ceil(this.dataBytes / this.#bytesPerPacket) + 2
  }

  /** Bytes of packet `packetId` after its header, without a copy where they are image data. */
  content(packetId: number): Uint8Array {
    const last = this.packetCount - 1
    if (packetId === 0)
      return this.#written((packet) => (this.leader ? writeLeader(packet, 0, this.leader) : 0))
    if (packetId === last) {
      return this.#written((packet) => (this.trailer ? writeTrailer(packet, 0, this.trailer) : 0))
    }
    const start = (packetId - 1) * this.#bytesPerPacket
    return this.data.subarray(start, Math.min(this.dataBytes, start + this.#bytesPerPacket))
  }

  #written(write: (packet: Buffer) => number): Uint8Array {
    const packet = Buffer.alloc(headRoom)
    return packet.subarray(0, write(packet))
  }

  /** Writes the header of packet `packetId` to the start of `header`; returns its length. */
  writeHeader(header: Buffer, packetId: number, status: number): number {
    return writeGvspHeader(header, { ...this.#ids(packetId), status })
  }

  #ids(packetId: number): Omit<GvspHeaderFields, 'status'> {
    const content =
      packetId === 0
        ? packetContent.leader
        : packetId === this.packetCount - 1
          ? packetContent.trailer
          : packetContent.payload
    return { extendedIds: this.extendedIds, blockId: this.id, packetId, content }
  }
}
