/**
 * Acknowledgements on the wire, big endian: status u16 | acknowledgement u16 (the command's number + 1) |
 * payload length u16 | id of the request u16 | payload.
 */
import {
  commandIds,
  type GvcpAck,
  gvcpHeaderBytes,
  maxGvcpPayloadBytes,
  type ReceivedAck,
} from './gvcp-packet.ts'
import { type GvcpStatus, statusCodes, statusOf } from './gvcp-status.ts'

type AckKind = GvcpAck['kind']

/** An acknowledgement, ready to be sent. @throws RangeError when it is larger than a GVCP packet may be. */
export function encodeAck(ack: GvcpAck, ackId: number, status: GvcpStatus = 'success'): Buffer {
  return frame({ status, commandId: commandIds[ack.kind], ackId, payload: payloadOf(ack) })
}

/** Refuses a command (whether known or not) with an error, without content. */
export function encodeRefusal(commandId: number, ackId: number, status: GvcpStatus): Buffer {
  return frame({ status, commandId, ackId, payload: Buffer.alloc(0) })
}

function frame(parts: { status: GvcpStatus; commandId: number; ackId: number; payload: Uint8Array }): Buffer {
  const { status, commandId, ackId, payload } = parts
  if (payload.length > maxGvcpPayloadBytes) {
    throw new RangeError(`A GVCP payload of ${payload.length} bytes is larger than ${maxGvcpPayloadBytes}`)
  }
  const packet = Buffer.alloc(gvcpHeaderBytes + payload.length)
  packet.writeUInt16BE(statusCodes[status], 0)
  packet.writeUInt16BE(commandId + 1, 2)
  packet.writeUInt16BE(payload.length, 4)
  packet.writeUInt16BE(ackId, 6)
  packet.set(payload, gvcpHeaderBytes)
  return packet
}

function payloadOf(ack: GvcpAck): Uint8Array {
  switch (ack.kind) {
    case 'discovery':
      return ack.data
    case 'forceIp':
      return Buffer.alloc(0)
    case 'readRegister': {
      const payload = Buffer.alloc(4 * ack.values.length)
      ack.values.forEach((value, i) => payload.writeUInt32BE(value, 4 * i))
      return payload
    }
    case 'writeRegister':
    case 'writeMemory':
      return numberAt2(ack.written)
    case 'pending':
      return numberAt2(ack.timeoutMs)
    case 'readMemory': {
      const payload = Buffer.alloc(4 + ack.data.length)
      payload.writeUInt32BE(ack.address, 0)
      payload.set(ack.data, 4)
      return payload
    }
  }
}

/** Reserved u16, then a number u16. */
function numberAt2(value: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt16BE(value, 2)
  return payload
}

const kinds = new Map<number, AckKind>()
for (const kind of [
  'discovery',
  'forceIp',
  'readRegister',
  'writeRegister',
  'readMemory',
  'writeMemory',
  'pending',
] as const) {
  kinds.set(commandIds[kind] + 1, kind)
}

/**
 * Reads a datagram as an acknowledgement; undefined when it is none, is truncated, or has a payload that cannot be
 * one: drop it. Whether it answers what was asked (id, sender, length) is for the caller to check.
 */
export function decodeAck(packet: Buffer): ReceivedAck | undefined {
  if (packet.length < gvcpHeaderBytes) return undefined
  const statusCode = packet.readUInt16BE(0)
  const acknowledgement = packet.readUInt16BE(2)
  const length = packet.readUInt16BE(4)
  const ackId = packet.readUInt16BE(6)
  // Some devices pad their answers: what the header does not count is ignored.
  if (length > packet.length - gvcpHeaderBytes || length > maxGvcpPayloadBytes || ackId === 0)
    return undefined
  const status = statusOf(statusCode)
  const kind = kinds.get(acknowledgement)
  const payload = packet.subarray(gvcpHeaderBytes, gvcpHeaderBytes + length)
  const content = kind === undefined ? undefined : readPayload(payload, kind)
  if (content !== undefined) return { ackId, status, statusCode, ack: content }
  if (status === 'success') return undefined
  return { ackId, status, statusCode, ack: { kind: 'refused', commandId: acknowledgement - 1 } }
}

function readPayload(payload: Buffer, kind: AckKind): GvcpAck | undefined {
  const { length } = payload
  switch (kind) {
    case 'discovery':
      return { kind, data: payload }
    case 'forceIp':
      return { kind }
    case 'readRegister':
      if (length === 0 || length % 4 !== 0) return undefined
      return { kind, values: Array.from({ length: length / 4 }, (_, i) => payload.readUInt32BE(4 * i)) }
    case 'writeRegister':
    case 'writeMemory':
      return length < 4 ? undefined : { kind, written: payload.readUInt16BE(2) }
    case 'pending':
      return length < 4 ? undefined : { kind, timeoutMs: payload.readUInt16BE(2) }
    case 'readMemory':
      return length < 4 ? undefined : { kind, address: payload.readUInt32BE(0), data: payload.subarray(4) }
  }
}
