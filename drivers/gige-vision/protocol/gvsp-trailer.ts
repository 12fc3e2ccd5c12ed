/**
 * Trailers, big endian: reserved u16 | payload type u16 | lines u32; where chunks follow the data, then
 * bytes of the data with its chunks u32 | chunk layout id u32.
 */
import { chunkFlag } from './gvsp-leader.ts'

/** What a trailer says. */
export type GvspTrailer = {
  /** As in the leader, with `chunkFlag`. */
  readonly payloadType: number
  /** Lines sent, for images of variable height; many devices send 0 or rubbish. */
  readonly lines: number
  /** Bytes of the data with its chunks, where chunks follow. */
  readonly dataBytes?: number
}

/** Length of a trailer. */
export const trailerBytes = 8
/** Length of a trailer where chunks follow the data. */
export const chunkTrailerBytes = 16

/** Reads what follows the header of a trailer; undefined when it is truncated. */
export function decodeTrailer(data: Buffer): GvspTrailer | undefined {
  if (data.length < trailerBytes) return undefined
  const type = data.readUInt16BE(2)
  const trailer = { payloadType: type, lines: data.readUInt32BE(4) }
  if ((type & chunkFlag) === 0 || data.length < 12) return trailer
  return { ...trailer, dataBytes: data.readUInt32BE(8) }
}

/** Writes a trailer at `offset` of `packet`; returns its length. */
export function writeTrailer(packet: Buffer, offset: number, trailer: GvspTrailer): number {
  packet.writeUInt16BE(0, offset)
  packet.writeUInt16BE(trailer.payloadType, offset + 2)
  packet.writeUInt32BE(trailer.lines, offset + 4)
  if ((trailer.payloadType & chunkFlag) === 0) return trailerBytes
  packet.writeUInt32BE(trailer.dataBytes ?? 0, offset + 8)
  packet.writeUInt32BE(0, offset + 12)
  return chunkTrailerBytes
}
