/**
 * Commands on the wire, big endian: 0x42 | flags u8 | command u16 | payload length u16 | request id u16 | payload.
 * Flags: 0x01 the sender wants an acknowledgement; 0x10 with DISCOVERY: it may be a broadcast, with PACKETRESEND:
 * extended ids (64-bit block id, 32-bit packet id).
 */
import { ipFromNumber, ipToNumber, macFromBytes, macToBytes } from './addresses.ts'
import {
  type CommandKind,
  commandIds,
  type GvcpCommand,
  gvcpHeaderBytes,
  gvcpKey,
  maxGvcpPayloadBytes,
  maxMemoryBytes,
  type ReceivedCommand,
} from './gvcp-packet.ts'

const flagAckRequired = 0x01
const flagAllowBroadcastAck = 0x10
const flagExtendedIds = 0x10

/** Offsets within the 56-byte payload of FORCEIP; what lies between is reserved. */
const forceIp = { bytes: 56, mac: 2, ip: 20, subnetMask: 36, gateway: 52 } as const

/**
 * A command, ready to be sent. All but PACKETRESEND ask for an acknowledgement.
 * @param requestId 1 to 65535; the acknowledgement carries it back.
 * @throws RangeError when an address, count or id cannot be written.
 */
export function encodeCommand(command: GvcpCommand, requestId: number): Buffer {
  if (requestId === 0) throw new RangeError('A GVCP request id is never 0')
  const length = payloadBytes(command)
  if (length > maxGvcpPayloadBytes) {
    throw new RangeError(`A GVCP payload of ${length} bytes is larger than ${maxGvcpPayloadBytes}`)
  }
  const packet = Buffer.alloc(gvcpHeaderBytes + length)
  packet[0] = gvcpKey
  packet[1] = flagsOf(command)
  packet.writeUInt16BE(commandIds[command.kind], 2)
  packet.writeUInt16BE(length, 4)
  packet.writeUInt16BE(requestId, 6)
  writePayload(packet.subarray(gvcpHeaderBytes), command)
  return packet
}

function flagsOf(command: GvcpCommand): number {
  switch (command.kind) {
    case 'packetResend':
      return command.extendedIds ? flagExtendedIds : 0
    case 'discovery':
      return flagAckRequired | (command.allowBroadcastAck ? flagAllowBroadcastAck : 0)
    default:
      return flagAckRequired
  }
}

function payloadBytes(command: GvcpCommand): number {
  switch (command.kind) {
    case 'discovery':
      return 0
    case 'forceIp':
      return forceIp.bytes
    case 'packetResend':
      return command.extendedIds ? 20 : 12
    case 'readRegister':
      return 4 * command.addresses.length
    case 'writeRegister':
      return 8 * command.writes.length
    case 'readMemory':
      return 8
    case 'writeMemory':
      return 4 + command.data.length
  }
}

function writePayload(payload: Buffer, command: GvcpCommand): void {
  switch (command.kind) {
    case 'discovery':
      return
    case 'forceIp':
      payload.set(macToBytes(command.mac), forceIp.mac)
      payload.writeUInt32BE(ipToNumber(command.ip), forceIp.ip)
      payload.writeUInt32BE(ipToNumber(command.subnetMask), forceIp.subnetMask)
      payload.writeUInt32BE(ipToNumber(command.gateway), forceIp.gateway)
      return
    case 'packetResend':
      return writePacketResend(payload, command)
    case 'readRegister':
      command.addresses.forEach((address, i) => payload.writeUInt32BE(address, 4 * i))
      return
    case 'writeRegister':
      command.writes.forEach(({ address, value }, i) => {
        payload.writeUInt32BE(address, 8 * i)
        payload.writeUInt32BE(value, 8 * i + 4)
      })
      return
    case 'readMemory':
      checkMemoryCount(command.count)
      payload.writeUInt32BE(command.address, 0)
      payload.writeUInt16BE(command.count, 6)
      return
    case 'writeMemory':
      checkMemoryCount(command.data.length)
      payload.writeUInt32BE(command.address, 0)
      payload.set(command.data, 4)
  }
}

function checkMemoryCount(count: number): void {
  if (count > 0 && count % 4 === 0 && count <= maxMemoryBytes) return
  throw new RangeError(`GVCP moves 4 to ${maxMemoryBytes} bytes of memory in multiples of 4, not ${count}`)
}

/**
 * Standard: channel u16 | block id u16 | first u32 (24 bits used) | last u32.
 * Extended: channel u16 | reserved u16 | first u32 | last u32 | block id u64.
 */
function writePacketResend(payload: Buffer, command: Extract<GvcpCommand, { kind: 'packetResend' }>): void {
  payload.writeUInt16BE(command.streamChannel, 0)
  payload.writeUInt32BE(command.firstPacket, 4)
  payload.writeUInt32BE(command.lastPacket, 8)
  if (!command.extendedIds) {
    payload.writeUInt16BE(command.blockId, 2)
    return
  }
  payload.writeUInt32BE(Math.floor(command.blockId / 2 ** 32), 12)
  payload.writeUInt32BE(command.blockId % 2 ** 32, 16)
}

const kinds = new Map<number, CommandKind>()
for (const kind of [
  'discovery',
  'forceIp',
  'packetResend',
  'readRegister',
  'writeRegister',
  'readMemory',
  'writeMemory',
] as const) {
  kinds.set(commandIds[kind], kind)
}

/** Reads a datagram as a command; undefined when it is none (key, length or request id say so): drop it. */
export function decodeCommand(packet: Buffer): ReceivedCommand | undefined {
  if (packet.length < gvcpHeaderBytes || packet[0] !== gvcpKey) return undefined
  const flags = packet.readUInt8(1)
  const commandId = packet.readUInt16BE(2)
  const length = packet.readUInt16BE(4)
  const requestId = packet.readUInt16BE(6)
  if (length !== packet.length - gvcpHeaderBytes || requestId === 0) return undefined
  const kind = kinds.get(commandId)
  const command =
    kind === undefined
      ? ({ kind: 'unknown', commandId } as const)
      : (readPayload(packet.subarray(gvcpHeaderBytes), kind, flags) ??
        ({ kind: 'malformed', commandId } as const))
  return { requestId, ackRequired: (flags & flagAckRequired) !== 0, command }
}

function readPayload(payload: Buffer, kind: CommandKind, flags: number): GvcpCommand | undefined {
  const { length } = payload
  switch (kind) {
    case 'discovery':
      if (length !== 0) return undefined
      return { kind, allowBroadcastAck: (flags & flagAllowBroadcastAck) !== 0 }
    case 'forceIp':
      if (length !== forceIp.bytes) return undefined
      return {
        kind,
        mac: macFromBytes(payload.subarray(forceIp.mac, forceIp.mac + 6)),
        ip: ipFromNumber(payload.readUInt32BE(forceIp.ip)),
        subnetMask: ipFromNumber(payload.readUInt32BE(forceIp.subnetMask)),
        gateway: ipFromNumber(payload.readUInt32BE(forceIp.gateway)),
      }
    case 'packetResend':
      return readPacketResend(payload, (flags & flagExtendedIds) !== 0)
    case 'readRegister':
      if (length === 0 || length % 4 !== 0 || length > maxGvcpPayloadBytes) return undefined
      return { kind, addresses: Array.from({ length: length / 4 }, (_, i) => payload.readUInt32BE(4 * i)) }
    case 'writeRegister':
      if (length === 0 || length % 8 !== 0 || length > maxGvcpPayloadBytes) return undefined
      return {
        kind,
        writes: Array.from({ length: length / 8 }, (_, i) => ({
          address: payload.readUInt32BE(8 * i),
          value: payload.readUInt32BE(8 * i + 4),
        })),
      }
    case 'readMemory': {
      if (length !== 8) return undefined
      const count = payload.readUInt16BE(6)
      if (count === 0 || count % 4 !== 0 || count > maxMemoryBytes) return undefined
      return { kind, address: payload.readUInt32BE(0), count }
    }
    case 'writeMemory':
      if (length < 8 || length % 4 !== 0 || length > maxGvcpPayloadBytes) return undefined
      return { kind, address: payload.readUInt32BE(0), data: payload.subarray(4) }
  }
}

function readPacketResend(payload: Buffer, extendedIds: boolean): GvcpCommand | undefined {
  if (payload.length !== (extendedIds ? 20 : 12)) return undefined
  const blockId = extendedIds
    ? payload.readUInt32BE(12) * 2 ** 32 + payload.readUInt32BE(16)
    : payload.readUInt16BE(2)
  if (!Number.isSafeInteger(blockId)) return undefined
  const firstPacket = payload.readUInt32BE(4)
  const lastPacket = payload.readUInt32BE(8)
  if (lastPacket < firstPacket) return undefined
  return {
    kind: 'packetResend',
    streamChannel: payload.readUInt16BE(0),
    blockId,
    firstPacket,
    lastPacket,
    extendedIds,
  }
}
