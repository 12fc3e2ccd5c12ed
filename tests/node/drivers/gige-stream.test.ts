/** What becomes of the packets of a stream on good and bad links. */
import { describe, expect, test } from 'vitest'
import type { AssemblerOptions, ResendRequest } from '../../../drivers/gige-vision/gvsp/block-assembler.ts'
import { blockDistance } from '../../../drivers/gige-vision/gvsp/block-order.ts'
import { decodeChunks, encodeChunks } from '../../../drivers/gige-vision/protocol/chunk-data.ts'
import { packetContent, writeGvspHeader } from '../../../drivers/gige-vision/protocol/gvsp-header.ts'
import { writeLeader } from '../../../drivers/gige-vision/protocol/gvsp-leader.ts'
import { writeMultipartPrefix } from '../../../drivers/gige-vision/protocol/multipart-prefix.ts'
import { statusCodes } from '../../../drivers/gige-vision/protocol/gvcp-status.ts'
import {
  block,
  height,
  image,
  imageBytes,
  packetSize,
  receiver,
  width,
} from '../../fixtures/assembled-stream.ts'
import { blockPackets, imageLeader } from '../../fixtures/gvsp-packets.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe.each([false, true])('with extended ids: %s', (extendedIds) => {
  test('frames are assembled in the slot', () => {
    const { frames, give, assembler } = receiver()
    for (let id = 1; id <= 5; id++) give(block(id, extendedIds))
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4])
    frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 1))).toBe(true))
    expect(assembler.counts).toMatchObject({ incompleteFrames: 0, malformedPackets: 0 })
  })

  test('packets in any order, some twice, of three blocks at once', () => {
    const all = [1, 2, 3].flatMap((id) => block(id, extendedIds))
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
        fc.array(fc.nat(all.length - 1), { maxLength: 10 }),
        (order, repeated) => {
          const { frames, give } = receiver()
          // The first packet decides which block is frame 0.
          give(all.slice(0, 1))
          give([...order, ...repeated].flatMap((i) => all[i] ?? []))
          expect(frames).toHaveLength(3)
          frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 1))).toBe(true))
        },
      ),
    )
  })
})

describe('a block that begins after the one that follows it', () => {
  test('comes first, and both are whole', () => {
    const { frames, give, assembler } = receiver()
    const third = block(3)
    give(block(1))
    give([...third.slice(0, 5), ...block(2), ...third.slice(5)])
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2])
    frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 1))).toBe(true))
    expect(assembler.counts).toMatchObject({ incompleteFrames: 0, malformedPackets: 0 })
  })

  test('comes first though it was begun while both others waited', () => {
    const { frames, give } = receiver()
    const [second, third, fourth] = [block(2), block(3), block(4)]
    give(block(1))
    give([...fourth.slice(0, 5), ...third.slice(0, 5), ...second, ...fourth.slice(5), ...third.slice(5)])
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3])
    frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 1))).toBe(true))
  })

  test.each([0, 1, 4])('is whole though packet %i of a later block came too soon', (packetId) => {
    const { frames, give } = receiver()
    give(block(1))
    give(block(6).slice(packetId, packetId + 1))
    for (let id = 2; id <= 7; id++) give(block(id))
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6])
    frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 1))).toBe(true))
  })
})

test('block ids go round from 65535 to 1 without a gap in the numbers', () => {
  const { frames, give } = receiver()
  for (const id of [65_534, 65_535, 1, 2, 5]) give(block(id))
  expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 6])
  expect(blockDistance(65_535, 1, false)).toBe(1)
  expect(blockDistance(1, 65_535, false)).toBe(-1)
  expect(blockDistance(1, 65_535, true)).toBe(65_534)
})

test('a block with packets missing is dropped and counted once it is over', () => {
  const { frames, give, assembler, sweep } = receiver()
  sweep(0, false)
  give(block(1).filter((_, i) => i !== 3))
  give(block(2))
  expect(frames).toHaveLength(0)
  sweep(50, true)
  expect(frames).toHaveLength(0)
  sweep(50, false)
  expect(frames.map(({ sequence }) => sequence)).toEqual([1])
  expect(frames[0]?.pixels.equals(image(2))).toBe(true)
  expect(assembler.counts).toMatchObject({ incompleteFrames: 1, lostPackets: 1 })
})

test('delivered all the same, it is flagged, and 0 where pixels are missing', () => {
  const { frames, give, sweep } = receiver({ incomplete: () => 'deliver' })
  give(block(1))
  give(block(2).filter((_, i) => i !== 3))
  sweep(50, false)
  // As long as no other block begins, the camera may just be slow.
  expect(frames).toHaveLength(1)
  sweep(1100, false)
  const expected = image(2).fill(0, 2 * 200, 3 * 200)
  expect(frames.map(({ incomplete }) => incomplete)).toEqual([undefined, true])
  expect(frames[1]?.pixels.equals(expected)).toBe(true)
})

describe('resend', () => {
  function withResend(options: Partial<AssemblerOptions> = {}) {
    const requests: ResendRequest[] = []
    return { requests, ...receiver({ requestPackets: (request) => requests.push(request), ...options }) }
  }

  test('asks for runs of missing packets once they are not merely late, again after a while, and completes', () => {
    const { requests, frames, give, assembler, sweep } = withResend()
    const packets = block(1)
    sweep(0, false)
    give(packets.slice(0, 3))
    give(packets.slice(5, 8))
    sweep(4, false)
    expect(requests).toEqual([])
    give(packets.slice(8, 10))
    sweep(8, false)
    const run = { blockId: 1, firstPacket: 3, lastPacket: 4, extendedIds: false }
    expect(requests).toEqual([run])
    sweep(11, false)
    expect(requests).toHaveLength(1)
    give(packets.slice(10))
    sweep(24, false)
    expect(requests).toEqual([run, run])
    give(packets.slice(3, 5))
    expect(frames[0]?.pixels.equals(image(1))).toBe(true)
    expect(assembler.counts).toMatchObject({
      lostPackets: 2,
      resendRequests: 2,
      resentPackets: 2,
      incompleteFrames: 0,
    })
  })

  test('asks for a lost leader and a lost end', () => {
    const { requests, frames, give, sweep } = withResend()
    const packets = block(1)
    sweep(0, false)
    give(packets.slice(1, -3))
    sweep(4, false)
    sweep(12, false)
    const end = packets.length - 1
    expect(requests.map(({ firstPacket, lastPacket }) => [firstPacket, lastPacket])).toEqual([
      [0, 0],
      [end - 2, end],
    ])
    give([...packets.slice(0, 1), ...packets.slice(-3)])
    expect(frames[0]?.pixels.equals(image(1))).toBe(true)
  })

  test('asks for a quarter of a block at most, and gives up after a while', () => {
    const { requests, frames, give, assembler, sweep } = withResend({ packetSize: 36 + 8 + 12 })
    const small = blockPackets({
      blockId: 1,
      packetSize: 56,
      leader: imageLeader({ width, height }),
      data: image(1),
    })
    sweep(0, false)
    give(small.filter((_, i) => i % 2 === 0))
    for (let ms = 4; ms < 1200; ms += 4) sweep(ms, false)
    const asked = requests.reduce((sum, { firstPacket, lastPacket }) => sum + lastPacket - firstPacket + 1, 0)
    expect(asked).toBe(Math.ceil((small.length - 2) / 4))
    expect(frames).toHaveLength(0)
    expect(assembler.counts.incompleteFrames).toBe(1)
  })

  test('does not wait for what the camera no longer has, but for what it does not have yet', () => {
    const { frames, give, assembler, sweep } = withResend()
    const refusal = (status: number) => {
      const packet = Buffer.alloc(8)
      writeGvspHeader(packet, {
        status,
        extendedIds: false,
        blockId: 1,
        packetId: 3,
        content: packetContent.payload,
      })
      return packet
    }
    sweep(0, false)
    give(block(1).filter((_, i) => i !== 3))
    // Nobody asked yet: an answer that was never wanted ends nothing.
    give([refusal(statusCodes.packetUnavailable)])
    expect(assembler.counts.incompleteFrames).toBe(0)
    sweep(20, false)
    give([refusal(statusCodes.packetNotYetAvailable)])
    expect(assembler.counts.incompleteFrames).toBe(0)
    give([refusal(statusCodes.packetUnavailable)])
    expect(assembler.counts).toMatchObject({ incompleteFrames: 1, unavailablePackets: 3 })
    give(block(2))
    expect(frames.map(({ sequence }) => sequence)).toEqual([1])
  })
})

test('10-bit packed pixels are unpacked into the slot', () => {
  const slotBytes = 2 * imageBytes
  const { frames, give } = receiver({ maxFrameBytes: slotBytes, expected: undefined })
  const data = image(3, (imageBytes * 10) / 8)
  const leader = imageLeader({ width, height, pixelCode: 0x010a_0046 })
  give(blockPackets({ blockId: 9, packetSize, leader, data }))
  const [frame] = frames
  expect(frame).toMatchObject({ pixelFormat: 'Mono10', significantBits: 10, width, height })
  const first = (data[0] ?? 0) | (((data[1] ?? 0) & 3) << 8)
  expect(frame?.pixels.readUInt16LE(0)).toBe(first)
})

test('padding after each line is left out', () => {
  const { frames, give } = receiver({ expected: undefined })
  const paddingX = 5
  const leader = imageLeader({ width, height })
  if (leader.kind !== 'image') throw new Error('not an image')
  const data = Buffer.concat(
    Array.from({ length: height }, (_, y) =>
      Buffer.concat([image(1).subarray(y * width, (y + 1) * width), Buffer.alloc(paddingX, 0xee)]),
    ),
  )
  give(
    blockPackets({
      blockId: 1,
      packetSize,
      leader: { ...leader, image: { ...leader.image, paddingX } },
      data,
    }),
  )
  expect(frames[0]?.pixels.equals(image(1))).toBe(true)
})

test('chunks after an image are kept apart from it', () => {
  const seen: unknown[] = []
  const chunk = { id: 0x42, data: Buffer.from('hello') }
  const tail = encodeChunks([chunk])
  const id = Buffer.from('00000001', 'hex')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(imageBytes)
  const { frames, give } = receiver({
    payloadSize: imageBytes + 200,
    onChunks: (bytes, before) => seen.push(decodeChunks(Buffer.from(bytes), before)),
  })
  const leader = imageLeader({ width, height, chunks: true })
  give(blockPackets({ blockId: 1, packetSize, leader, data: Buffer.concat([image(1), id, length, tail]) }))
  expect(frames[0]?.pixels.equals(image(1))).toBe(true)
  expect(seen).toEqual([[{ id: 1, data: Buffer.alloc(0) }, chunk]])
})

test('of a multipart block the image is delivered', () => {
  const { frames, give } = receiver()
  const data = image(4)
  const size = 192
  const part = { dataType: 1, sourceId: 0, purposeId: 0, regionId: 0, length: data.length }
  const leader = imageLeader({ width, height })
  if (leader.kind !== 'image') throw new Error('not an image')
  const common = { status: 0, extendedIds: true, blockId: 1 }
  const first = Buffer.alloc(packetSize)
  const leaderBytes = writeGvspHeader(first, { ...common, packetId: 0, content: packetContent.leader })
  const described = writeLeader(first, leaderBytes, {
    kind: 'multipart',
    timestamp: 0n,
    chunks: false,
    parts: [
      { ...part, ...leader.image, dataType: 9, width: 0, height: 0 },
      { ...part, ...leader.image },
    ],
  })
  const packets = [first.subarray(0, leaderBytes + described)]
  const send = (partNumber: number, offset: number, bytes: Buffer) => {
    const packet = Buffer.alloc(packetSize)
    const header = writeGvspHeader(packet, {
      ...common,
      packetId: packets.length,
      content: packetContent.multipart,
    })
    const prefix = writeMultipartPrefix(packet, header, { part: partNumber, offset })
    packets.push(packet.subarray(0, header + prefix + bytes.copy(packet, header + prefix)))
  }
  send(0, 0, Buffer.alloc(50, 0xaa))
  for (let offset = 0; offset < data.length; offset += size)
    send(1, offset, data.subarray(offset, offset + size))
  const trailer = Buffer.alloc(28)
  writeGvspHeader(trailer, { ...common, packetId: packets.length, content: packetContent.trailer })
  give([...packets, trailer])
  expect(frames[0]?.pixels.equals(data)).toBe(true)
})
