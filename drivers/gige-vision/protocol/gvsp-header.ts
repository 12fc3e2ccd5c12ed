/**
 * The header of each GVSP packet, big endian.
 * Standard, 8 bytes: status u16 | block id u16 | format u8 | packet id u24.
 * Extended, 20 bytes: status u16 | flags u16 | format u8 | reserved u24 | block id u64 | packet id u32.
 * Format: bit 7 is set for extended ids, the low bits say the content. Which one is used is each packet's own choice.
 */

const standardHeaderBytes = 8
const extendedHeaderBytes = 20

/** Bytes of the IP and UDP headers, which the device's packet size counts too. */
export const ipUdpHeaderBytes = 28

/** Content of a packet. */
export const packetContent = {
  leader: 1,
  trailer: 2,
  payload: 3,
  /** A whole block in one packet. */
  allIn: 4,
  h264: 5,
  multiZone: 6,
  multipart: 7,
  genDc: 8,
} as const

const extendedFlag = 0x80

/** Pixel bytes of each full payload packet when the device's packet size is `packetSize`. */
export function payloadBytesPerPacket(packetSize: number, extendedIds: boolean): number {
  return packetSize - ipUdpHeaderBytes - (extendedIds ? extendedHeaderBytes : standardHeaderBytes)
}

/** The header read last: one object serves all packets of a stream, so that none is allocated per packet. */
export class GvspHeader {
  /** Status code; bit 15 means that the packet brings an error instead of data. */
  status = 0
  extendedIds = false
  /** 1 to 65535, or, with extended ids, to 2^53 - 1. */
  blockId = 0
  /** 0 is the leader, payload packets follow from 1, the trailer is last. */
  packetId = 0
  /** One of `packetContent`, or a number that the standard does not define. */
  content = 0
  /** Offset of what follows the header. */
  bytes = standardHeaderBytes

  /** Reads the header of a datagram of `length` bytes at the start of `packet`; false when it cannot be GVSP. */
  read(packet: Buffer, length: number): boolean {
    if (length < standardHeaderBytes || length > packet.length) return false
    const format = packet[4] ?? 0
    this.status = packet.readUInt16BE(0)
    this.content = format & 0x7f
    this.extendedIds = (format & extendedFlag) !== 0
    if (!this.extendedIds) {
      this.blockId = packet.readUInt16BE(2)
      this.packetId = packet.readUInt32BE(4) & 0xff_ffff
      this.bytes = standardHeaderBytes
      return this.blockId !== 0
    }
    if (length < extendedHeaderBytes) return false
    this.blockId = packet.readUInt32BE(8) * 2 ** 32 + packet.readUInt32BE(12)
    this.packetId = packet.readUInt32BE(16)
    this.bytes = extendedHeaderBytes
    return this.blockId !== 0 && Number.isSafeInteger(this.blockId)
  }
}

/** What a header says. */
export type GvspHeaderFields = {
  readonly status: number
  readonly extendedIds: boolean
  readonly blockId: number
  readonly packetId: number
  /** One of `packetContent`. */
  readonly content: number
}

/** Writes a header to the start of `packet`; returns its length. */
export function writeGvspHeader(packet: Buffer, header: GvspHeaderFields): number {
  packet.writeUInt16BE(header.status, 0)
  if (!header.extendedIds) {
    packet.writeUInt16BE(header.blockId, 2)
    packet.writeUInt32BE(header.content * 2 ** 24 + header.packetId, 4)
    return standardHeaderBytes
  }
  packet.writeUInt16BE(0, 2)
  packet.writeUInt32BE((extendedFlag | header.content) * 2 ** 24, 4)
  packet.writeUInt32BE(Math.floor(header.blockId / 2 ** 32), 8)
  packet.writeUInt32BE(header.blockId % 2 ** 32, 12)
  packet.writeUInt32BE(header.packetId, 16)
  return extendedHeaderBytes
}

/** The block id after `blockId`: standard ids go from 65535 to 1, and extended ids just on. 0 is never used. */
export function nextBlockId(blockId: number, extendedIds: boolean): number {
  return !extendedIds && blockId >= 0xffff ? 1 : blockId + 1
}
