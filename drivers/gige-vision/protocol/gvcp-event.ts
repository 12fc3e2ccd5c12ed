/**
 * Events on the message channel: a command (EVENT_CMD) that the device sends to the application, big endian. Standard, 16 bytes:
 * reserved u16 | event id u16 | stream channel u16 | block id u16 | timestamp u64. Extended (flag 0x10), 24 bytes:
 * size u16 | event id u16 | stream channel u16 | reserved u16 | block id u64 | timestamp u64.
 */
import { commandIds, gvcpHeaderBytes, gvcpKey } from './gvcp-packet.ts'

/** Something that has happened in a device. */
export type GvcpEvent = {
  /** One of `eventIds`; 0x8001 to 0x8fff: the status code of an error; from 0x9000: the maker's own. */
  readonly eventId: number
  /** `noStreamChannel` where it concerns none. */
  readonly streamChannel: number
  /** 0 where it concerns none. */
  readonly blockId: number
  /** Clock of the device, ticks. */
  readonly timestamp: bigint
}

/** Ids of the events that the standard defines, as far as they are used. */
export const eventIds = { exposureStart: 0x0003, exposureEnd: 0x0004, transferEnd: 0x0006 } as const
/** The stream channel of events that belong to none. */
export const noStreamChannel = 0xffff

const flagAckRequired = 0x01
const flagExtendedIds = 0x10
const standardBytes = 16
const extendedBytes = 24

/** How events are written. */
export type EventOptions = {
  /** 1 to 65535. */
  readonly requestId: number
  readonly ackRequired: boolean
  readonly extendedIds: boolean
}

/** An event, ready to be sent. */
export function encodeEvent(event: GvcpEvent, options: EventOptions): Buffer {
  const { requestId, ackRequired, extendedIds } = options
  const length = extendedIds ? extendedBytes : standardBytes
  const packet = Buffer.alloc(gvcpHeaderBytes + length)
  packet[0] = gvcpKey
  packet[1] = (ackRequired ? flagAckRequired : 0) | (extendedIds ? flagExtendedIds : 0)
  packet.writeUInt16BE(commandIds.event, 2)
  packet.writeUInt16BE(length, 4)
  packet.writeUInt16BE(requestId, 6)
  const payload = packet.subarray(gvcpHeaderBytes)
  payload.writeUInt16BE(extendedIds ? extendedBytes : 0, 0)
  payload.writeUInt16BE(event.eventId, 2)
  payload.writeUInt16BE(event.streamChannel, 4)
  if (extendedIds) payload.writeBigUInt64BE(BigInt(event.blockId), 8)
  else payload.writeUInt16BE(event.blockId, 6)
  payload.writeBigUInt64BE(event.timestamp, length - 8)
  return packet
}

/** Reads a datagram as one event; undefined when it is none or is truncated: drop it. */
export function decodeEvent(
  packet: Buffer,
): { readonly requestId: number; readonly ackRequired: boolean; readonly event: GvcpEvent } | undefined {
  if (packet.length < gvcpHeaderBytes + standardBytes || packet[0] !== gvcpKey) return undefined
  const flags = packet.readUInt8(1)
  const extendedIds = (flags & flagExtendedIds) !== 0
  const length = extendedIds ? extendedBytes : standardBytes
  if (packet.readUInt16BE(2) !== commandIds.event || packet.readUInt16BE(4) < length) return undefined
  if (packet.length < gvcpHeaderBytes + length) return undefined
  const payload = packet.subarray(gvcpHeaderBytes, gvcpHeaderBytes + length)
  const blockId = extendedIds
    ? payload.readUInt32BE(8) * 2 ** 32 + payload.readUInt32BE(12)
    : payload.readUInt16BE(6)
  if (!Number.isSafeInteger(blockId)) return undefined
  return {
    requestId: packet.readUInt16BE(6),
    ackRequired: (flags & flagAckRequired) !== 0,
    event: {
      eventId: payload.readUInt16BE(2),
      streamChannel: payload.readUInt16BE(4),
      blockId,
      timestamp: payload.readBigUInt64BE(length - 8),
    },
  }
}
