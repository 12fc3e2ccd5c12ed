/** Packets of a stream that are damaged, forged, or do not fit: whole frames stay whole. */
import { describe, expect, test } from 'vitest'
import { packetContent, writeGvspHeader } from '../../../drivers/gige-vision/protocol/gvsp-header.ts'
import { writeLeader } from '../../../drivers/gige-vision/protocol/gvsp-leader.ts'
import { block, height, image, packetSize, receiver, width } from '../../fixtures/assembled-stream.ts'
import { blockPackets, imageLeader } from '../../fixtures/gvsp-packets.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

/** A trailer that says that the block ends before the packet `packetId`. */
function trailerOf(blockId: number, packetId: number): Buffer[] {
  const trailer = block(blockId).at(-1)
  if (trailer === undefined) throw new Error('A block ends with its trailer')
  trailer.writeUInt32BE((packetContent.trailer << 24) | packetId, 4)
  return [trailer]
}

/** A block of one packet. */
function allIn(blockId: number): Buffer[] {
  const packet = Buffer.alloc(8000)
  const header = writeGvspHeader(packet, {
    status: 0,
    extendedIds: false,
    blockId,
    packetId: 0,
    content: packetContent.allIn,
  })
  const end = header + writeLeader(packet, header, imageLeader({ width, height })) + 8
  return [packet.subarray(0, end + image(blockId).copy(packet, end))]
}

describe('bad packets', () => {
  test('an image of 65535 × 65535 is refused, told once, and the next one is taken', () => {
    const { frames, faults, give } = receiver()
    for (const blockId of [1, 2]) {
      const [leader] = blockPackets({
        blockId,
        packetSize,
        leader: imageLeader({ width: 65_535, height: 65_535 }),
        data: Buffer.alloc(0),
      })
      give(leader === undefined ? [] : [leader])
    }
    give(block(3))
    expect(frames.map(({ sequence }) => sequence)).toEqual([2])
    expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('65535 × 65535')])
  })

  describe('one forged packet', () => {
    const forgedLeader = (blockId: number, { extendedIds = false, side = width } = {}) =>
      blockPackets({
        blockId,
        extendedIds,
        packetSize,
        leader: imageLeader({ width: side, height: side === width ? height : side }),
        data: Buffer.alloc(0),
      }).slice(0, 1)
    const forgeries: readonly (readonly [string, Buffer[]])[] = [
      ['a leader of the future', forgedLeader(20_000)],
      ['a leader of the past', forgedLeader(60_000)],
      ['a leader with other ids', forgedLeader(2 ** 40, { extendedIds: true })],
      ['a leader of what cannot be taken', forgedLeader(15_000, { side: 65_535 })],
      ['pixels of the next block', block(5).slice(3, 4)],
      ['a trailer too soon', trailerOf(4, 2)],
    ]

    test.each(forgeries)('before all others keeps the stream from nothing: %s', (_, packets) => {
      const { frames, give } = receiver()
      give(packets)
      for (let id = 3; id <= 6; id++) give(block(id))
      expect(frames.slice(-2).map(({ pixels }) => pixels)).toEqual([image(5), image(6)])
    })

    test.each(forgeries)('within a frame neither ends nor renumbers it: %s', (_, packets) => {
      const { frames, give, sweep, assembler } = receiver()
      sweep(0, false)
      give(block(3))
      const fourth = block(4)
      give(fourth.slice(0, 2))
      give(packets)
      // The camera pauses within the frame for longer than it may when the next one has begun.
      sweep(300, false)
      give(fourth.slice(2))
      give(block(5))
      expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1, 2])
      frames.forEach(({ pixels }, i) => expect(pixels.equals(image(i + 3))).toBe(true))
      expect(assembler.counts.incompleteFrames).toBe(0)
    })

    test.each(forgeries)('while the camera waits for a trigger: %s', (_, packets) => {
      const { frames, give, sweep } = receiver()
      sweep(0, false)
      give(block(3))
      sweep(5000, false)
      give(packets)
      sweep(5004, false)
      give(block(4))
      sweep(5200, false)
      expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1])
      expect(frames[1]?.pixels.equals(image(4))).toBe(true)
    })

    test('with an image of its own is shown only where it comes next', () => {
      const { frames, give } = receiver({ packetSize: 8000 })
      give(allIn(1))
      give(allIn(30_000))
      give(allIn(2))
      expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1])
      // A camera that has really gone on so far says it twice.
      give([...allIn(30_001), ...allIn(30_002), ...allIn(30_003)])
      expect(frames.map(({ pixels }) => pixels.equals(image(30_003)))).toEqual([false, false, false, true])
    })

    test('a trailer before the leader does not cut the image short', () => {
      const { frames, give } = receiver()
      give(trailerOf(1, 4))
      give(block(1))
      expect(frames.map(({ pixels }) => pixels.equals(image(1)))).toEqual([true])
    })
  })

  test('garbage, truncated, changed and replayed packets leave whole frames whole', () => {
    const change = fc.record({
      at: fc.nat(packetSize),
      // Often one that makes it a packet of a block that is still to come.
      value: fc.oneof(fc.nat(255), fc.integer({ min: 4, max: 8 })),
      cut: fc.option(fc.nat(packetSize)),
    })
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      // Only the header is changed: changed pixels cannot be told from others.
      fc.tuple(fc.nat(16), change).map(([i, { at, value, cut }]) => {
        const packet = Buffer.from(block(2)[i] ?? Buffer.alloc(0))
        packet[at % 8] = value
        return packet.subarray(0, cut ?? packet.length)
      }),
    )
    let whole = 0
    fc.assert(
      fc.property(fc.array(junk, { minLength: 20, maxLength: 40 }), (packets) => {
        const { frames, give, sweep } = receiver()
        sweep(0, false)
        give(block(1))
        give(packets)
        give(block(1))
        sweep(400, false)
        for (let id = 3; id <= 9; id++) give(block(id))
        // What is still open is over now.
        sweep(1600, false)
        for (const { pixels, width: w, height: h } of frames)
          expect(pixels.length).toBeGreaterThanOrEqual(w * h)
        const order = frames.map(({ sequence }) => sequence)
        expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b))
        expect(frames[0]?.pixels.equals(image(1))).toBe(true)
        whole += frames.some(({ pixels }) => pixels.equals(image(3))) ? 1 : 0
      }),
      { numRuns: 300 },
    )
    // What claims to be of a block of the future does not keep the true frame from being taken.
    expect(whole).toBeGreaterThan(280)
  })

  test('a camera that counts anew after a pause is followed', () => {
    const { frames, give, sweep } = receiver()
    sweep(0, false)
    give(block(700))
    give(block(3))
    expect(frames).toHaveLength(1)
    sweep(1000, false)
    give(block(3))
    expect(frames.map(({ sequence }) => sequence)).toEqual([0, 1])
  })
})
