import { describe, expect, test } from 'vitest'
import {
  ipFromNumber,
  ipToNumber,
  macFromBytes,
  macToBytes,
} from '../../../drivers/gige-vision/protocol/addresses.ts'
import { decodeChunks, encodeChunks } from '../../../drivers/gige-vision/protocol/chunk-data.ts'
import {
  type DiscoveryData,
  decodeDiscoveryData,
  encodeDiscoveryData,
} from '../../../drivers/gige-vision/protocol/discovery-data.ts'
import { decodeAck, encodeAck, encodeRefusal } from '../../../drivers/gige-vision/protocol/gvcp-ack.ts'
import { decodeCommand, encodeCommand } from '../../../drivers/gige-vision/protocol/gvcp-command.ts'
import {
  commandIds,
  type GvcpAck,
  type GvcpCommand,
  maxMemoryBytes,
} from '../../../drivers/gige-vision/protocol/gvcp-packet.ts'
import { type GvcpStatus, statusCodes, statusOf } from '../../../drivers/gige-vision/protocol/gvcp-status.ts'
import {
  GvspHeader,
  nextBlockId,
  writeGvspHeader,
} from '../../../drivers/gige-vision/protocol/gvsp-header.ts'
import {
  decodeLeader,
  type GvspLeader,
  writeLeader,
} from '../../../drivers/gige-vision/protocol/gvsp-leader.ts'
import { decodeTrailer, writeTrailer } from '../../../drivers/gige-vision/protocol/gvsp-trailer.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const id = fc.integer({ min: 1, max: 0xffff })
const ip = u32.map(ipFromNumber)
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(macFromBytes)
const memory = (most: number) =>
  fc
    .integer({ min: 1, max: most / 4 })
    .chain((words) => fc.uint8Array({ minLength: 4 * words, maxLength: 4 * words }))
    .map((bytes) => Buffer.from(bytes))

const command: fc.Arbitrary<GvcpCommand> = fc.oneof(
  fc.record({ kind: fc.constant('discovery' as const), allowBroadcastAck: fc.boolean() }),
  fc.record({ kind: fc.constant('forceIp' as const), mac, ip, subnetMask: ip, gateway: ip }),
  fc
    .record({
      streamChannel: u16,
      firstPacket: u32,
      more: fc.nat(1000),
      extendedIds: fc.boolean(),
      wide: fc.nat(2 ** 50),
      blockId: u16,
    })
    .map(({ streamChannel, firstPacket, more, extendedIds, wide, blockId }) => ({
      kind: 'packetResend' as const,
      streamChannel,
      firstPacket,
      lastPacket: Math.min(firstPacket + more, 0xffff_ffff),
      extendedIds,
      blockId: extendedIds ? wide : blockId,
    })),
  fc.record({
    kind: fc.constant('readRegister' as const),
    addresses: fc.array(u32, { minLength: 1, maxLength: 135 }),
  }),
  fc.record({
    kind: fc.constant('writeRegister' as const),
    writes: fc.array(fc.record({ address: u32, value: u32 }), { minLength: 1, maxLength: 67 }),
  }),
  fc.record({
    kind: fc.constant('readMemory' as const),
    address: u32,
    count: fc.integer({ min: 1, max: maxMemoryBytes / 4 }).map((words) => 4 * words),
  }),
  fc.record({ kind: fc.constant('writeMemory' as const), address: u32, data: memory(maxMemoryBytes) }),
)

const ack: fc.Arbitrary<GvcpAck> = fc.oneof(
  fc.record({ kind: fc.constant('discovery' as const), data: memory(248) }),
  fc.record({ kind: fc.constant('forceIp' as const) }),
  fc.record({
    kind: fc.constant('readRegister' as const),
    values: fc.array(u32, { minLength: 1, maxLength: 135 }),
  }),
  fc.record({ kind: fc.constantFrom('writeRegister' as const, 'writeMemory' as const), written: u16 }),
  fc.record({ kind: fc.constant('readMemory' as const), address: u32, data: memory(maxMemoryBytes) }),
  fc.record({ kind: fc.constant('pending' as const), timeoutMs: u16 }),
)
const statuses = Object.keys(statusCodes).filter((name): name is GvcpStatus => name in statusCodes)

describe('GVCP', () => {
  test('the bytes that Aravis sends for a resend, standard and extended', () => {
    const standard = Buffer.from('42000040000cff150000fffb0000001100000011', 'hex')
    const extended = Buffer.from('421000400014ff15000000000000006700000067000001000000fffb', 'hex')
    const common = { kind: 'packetResend', streamChannel: 0 } as const
    const one = { ...common, blockId: 0xfffb, firstPacket: 0x11, lastPacket: 0x11, extendedIds: false }
    const two = { ...common, blockId: 0x1000000fffb, firstPacket: 0x67, lastPacket: 0x67, extendedIds: true }
    expect(encodeCommand(one, 0xff15)).toEqual(standard)
    expect(encodeCommand(two, 0xff15)).toEqual(extended)
    expect(decodeCommand(standard)).toEqual({ requestId: 0xff15, ackRequired: false, command: one })
    expect(decodeCommand(extended)).toEqual({ requestId: 0xff15, ackRequired: false, command: two })
  })

  test('commands are read as they were written', () => {
    fc.assert(
      fc.property(command, id, (sent, requestId) => {
        const ackRequired = sent.kind !== 'packetResend'
        expect(decodeCommand(encodeCommand(sent, requestId))).toEqual({
          requestId,
          ackRequired,
          command: sent,
        })
      }),
    )
  })

  test('acknowledgements are read as they were written', () => {
    fc.assert(
      fc.property(ack, id, fc.constantFrom(...statuses), (sent, ackId, status) => {
        expect(decodeAck(encodeAck(sent, ackId, status))).toEqual({
          ackId,
          status,
          statusCode: statusCodes[status],
          ack: sent,
        })
      }),
    )
  })

  test('a refusal names the command and the status, also a maker’s own', () => {
    expect(decodeAck(encodeRefusal(commandIds.readRegister, 7, 'accessDenied'))).toEqual({
      ackId: 7,
      status: 'accessDenied',
      statusCode: 0x8006,
      ack: { kind: 'refused', commandId: commandIds.readRegister },
    })
    expect(statusOf(0x8123)).toBe('error')
    expect(statusOf(0x0042)).toBe('success')
  })

  test('truncated or damaged packets are no commands and no acknowledgements', () => {
    fc.assert(
      fc.property(command, id, fc.nat(600), (sent, requestId, cut) => {
        const packet = encodeCommand(sent, requestId)
        if (cut < packet.length) expect(decodeCommand(packet.subarray(0, cut))).toBeUndefined()
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const packet = Buffer.from(bytes)
        decodeAck(packet)
        decodeCommand(packet)
      }),
      { numRuns: 5000 },
    )
  })

  test('a known command with a payload that cannot be one is malformed, an unknown one unknown', () => {
    const packet = encodeCommand({ kind: 'readMemory', address: 0, count: 4 }, 3)
    packet.writeUInt16BE(3, 14)
    expect(decodeCommand(packet)?.command).toEqual({ kind: 'malformed', commandId: commandIds.readMemory })
    packet.writeUInt16BE(0x4242, 2)
    expect(decodeCommand(packet)?.command).toEqual({ kind: 'unknown', commandId: 0x4242 })
  })

  test('what cannot be written is refused', () => {
    expect(() => encodeCommand({ kind: 'readMemory', address: 0, count: 540 }, 1)).toThrow(RangeError)
    expect(() => encodeCommand({ kind: 'readMemory', address: 0, count: 6 }, 1)).toThrow(RangeError)
    expect(() => encodeCommand({ kind: 'discovery', allowBroadcastAck: false }, 0)).toThrow(RangeError)
    expect(() => ipToNumber('1.2.3')).toThrow(RangeError)
    expect(() => ipToNumber('1.2.3.256')).toThrow(RangeError)
    expect(() => macToBytes('00:11:22:33:44')).toThrow(RangeError)
  })

  test('what a device tells of itself is read as it was written', () => {
    const text = (most: number) =>
      fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '_'), maxLength: most - 1 })
    const data: fc.Arbitrary<DiscoveryData> = fc.record({
      version: fc.record({ major: u16, minor: u16 }),
      deviceMode: u32,
      mac,
      ipOptions: u32,
      ipCurrent: u32,
      ip,
      subnetMask: ip,
      gateway: ip,
      manufacturer: text(32),
      model: text(32),
      deviceVersion: text(32),
      manufacturerInfo: text(48),
      serialNumber: text(16),
      userName: text(16),
    })
    fc.assert(
      fc.property(data, (sent) => {
        expect(decodeDiscoveryData(encodeDiscoveryData(sent))).toEqual(sent)
      }),
    )
    expect(decodeDiscoveryData(Buffer.alloc(247))).toBeUndefined()
  })
})

describe('GVSP', () => {
  const fields = fc.boolean().chain((extendedIds) =>
    fc.record({
      extendedIds: fc.constant(extendedIds),
      status: u16,
      blockId: fc.integer({ min: 1, max: extendedIds ? 2 ** 53 - 1 : 0xffff }),
      packetId: fc.integer({ min: 0, max: extendedIds ? 0xffff_ffff : 0xff_ffff }),
      content: fc.integer({ min: 1, max: 8 }),
    }),
  )

  test('headers of both kinds are read as they were written, and not from fewer bytes', () => {
    const header = new GvspHeader()
    fc.assert(
      fc.property(fields, (sent) => {
        const packet = Buffer.alloc(64)
        const bytes = writeGvspHeader(packet, sent)
        expect(header.read(packet, bytes)).toBe(true)
        expect(header).toMatchObject({ ...sent, bytes })
        expect(header.read(packet, bytes - 1)).toBe(false)
      }),
    )
  })

  const geometry = {
    pixelCode: u32,
    width: u32,
    height: u32,
    offsetX: u32,
    offsetY: u32,
    paddingX: u16,
    paddingY: u16,
  }
  const leader: fc.Arbitrary<GvspLeader> = fc
    .record({ timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), chunks: fc.boolean() })
    .chain((base) =>
      fc.oneof(
        fc.record(geometry).map((image) => ({ ...base, kind: 'image' as const, image })),
        fc
          .array(
            fc.record({
              ...geometry,
              dataType: u16,
              length: fc.nat(2 ** 40),
              sourceId: fc.nat(255),
              purposeId: u16,
              regionId: u16,
            }),
            { minLength: 1, maxLength: 5 },
          )
          .map((parts) => ({ ...base, kind: 'multipart' as const, parts })),
        fc.constantFrom(2, 3, 4).map((payloadType) => ({ ...base, kind: 'data' as const, payloadType })),
      ),
    )

  test('leaders and trailers are read as they were written', () => {
    fc.assert(
      fc.property(leader, (sent) => {
        const packet = Buffer.alloc(400)
        const bytes = writeLeader(packet, 8, sent)
        expect(decodeLeader(packet.subarray(8, 8 + bytes))).toEqual(sent)
      }),
    )
    for (const trailer of [
      { payloadType: 1, lines: 480 },
      { payloadType: 0x4001, lines: 0, dataBytes: 12_345 },
    ]) {
      const packet = Buffer.alloc(32)
      const bytes = writeTrailer(packet, 8, trailer)
      expect(decodeTrailer(packet.subarray(8, 8 + bytes))).toEqual(trailer)
    }
  })

  test('block ids go from 65535 to 1', () => {
    expect(nextBlockId(65_535, false)).toBe(1)
    expect(nextBlockId(65_535, true)).toBe(65_536)
  })

  test('chunks are found from the end, and nonsense is refused', () => {
    const chunks = fc.array(
      fc.record({ id: u32, data: fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)) }),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(chunks, (sent) => {
        expect(decodeChunks(encodeChunks(sent))).toEqual(sent)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void decodeChunks(Buffer.from(bytes))),
    )
    expect(decodeChunks(Buffer.from('00000001000000ff', 'hex'))).toBeUndefined()
  })
})
