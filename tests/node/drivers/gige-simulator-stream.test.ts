/** The stream of the simulated GigE Vision camera: its pixels, its packets, and what goes wrong on request. */
import { afterEach, describe, expect, test } from 'vitest'
import { pixelUnpackings } from '../../../drivers/gige-vision/pixels/pixel-unpackings.ts'
import { decodeChunks } from '../../../drivers/gige-vision/protocol/chunk-data.ts'
import { streamChannel } from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import { decodeEvent, eventIds } from '../../../drivers/gige-vision/protocol/gvcp-event.ts'
import { encodeCommand } from '../../../drivers/gige-vision/protocol/gvcp-command.ts'
import { statusCodes } from '../../../drivers/gige-vision/protocol/gvcp-status.ts'
import {
  extendedIdsEnable,
  optionalRegister,
} from '../../../drivers/gige-vision/protocol/optional-registers.ts'
import { colourFormats, monoFormats } from '../../../drivers/gige-vision/simulator/image-format.ts'
import { packBits, packedBytes, packGroups } from '../../../drivers/gige-vision/simulator/pixel-packing.ts'
import { ipToNumber } from '../../../drivers/gige-vision/protocol/addresses.ts'
import { imageBytes, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { GigeCameraSession } from '../../fixtures/gige-camera-session.ts'
import { GvcpProbe } from '../../fixtures/gvcp-probe.ts'
import { blockData, type CollectedBlock, isComplete, missingPackets } from '../../fixtures/gvsp-collector.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function openCamera(...options: Parameters<typeof GigeCameraSession.open>): Promise<GigeCameraSession> {
  const session = await GigeCameraSession.open(...options)
  opened.push(session)
  return session
}

/** Streams a moving test pattern until `count` blocks are complete. */
async function streamPattern(session: GigeCameraSession, count: number): Promise<readonly CollectedBlock[]> {
  await session.openStream()
  await session.choose('TestPattern', 'GreyDiagonalRampMoving')
  await session.write('AcquisitionStart', 1)
  await eventually(`${count} frames`, () => session.stream.complete.length >= count)
  await session.write('AcquisitionStop', 1)
  return session.stream.complete
}

/** One triggered frame, alone. */
async function snap(session: GigeCameraSession): Promise<CollectedBlock> {
  const before = session.stream.blocks.length
  expect(await session.write('TriggerSoftware', 1)).toBe('success')
  await eventually('the frame', () => {
    const block = session.stream.blocks[before]
    return block !== undefined && isComplete(block)
  })
  return session.stream.blocks[before] ?? expect.fail()
}

async function readyToSnap(session: GigeCameraSession): Promise<void> {
  await session.openStream()
  await session.choose('TriggerMode', 'On')
  await session.write('AcquisitionStart', 1)
}

function ask(
  session: GigeCameraSession,
  block: { id: number; extendedIds: boolean },
  first: number,
  last: number,
) {
  const { id: blockId, extendedIds } = block
  const request = { kind: 'packetResend', streamChannel: 0, blockId, extendedIds } as const
  return session.probe.send(
    encodeCommand({ ...request, firstPacket: first, lastPacket: last }, session.probe.nextId()),
  )
}

describe('packing', () => {
  const unpackers = {
    groups: { 10: 'Mono10Packed', 12: 'Mono12Packed' },
    bits: { 10: 'Mono10p', 12: 'Mono12p' },
  } as const

  test.each([
    ['groups', 10],
    ['groups', 12],
    ['bits', 10],
    ['bits', 12],
  ] as const)('%s of %i bits are what the driver unpacks', (packing, bits) => {
    const unpacking = pixelUnpackings.find(({ name }) => name === unpackers[packing][bits])
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 67 }), (values) => {
        const packed = new Uint8Array(packedBytes(values.length, packing === 'groups' ? 12 : bits))
        const pack = packing === 'groups' ? packGroups : packBits
        pack(Uint16Array.from(values), packed, values.length, bits)
        const target = new Uint8Array(2 * values.length)
        unpacking?.unpack(packed, 0, packed.length, 0, target, values.length)
        expect([...new Uint16Array(target.buffer)]).toEqual(values)
      }),
    )
  })

  test('packs as the standards show', () => {
    const packed = (pack: typeof packGroups, bits: 10 | 12, bytes: number) => {
      const target = new Uint8Array(bytes)
      pack(Uint16Array.of(0x2ab, 0x154), target, 2, bits)
      return [...target]
    }
    expect(packed(packGroups, 12, 3)).toEqual([0x2a, 0x4b, 0x15])
    expect(packed(packGroups, 10, 3)).toEqual([0xaa, 0x03, 0x55])
    expect(packed(packBits, 12, 3)).toEqual([0xab, 0x42, 0x15])
    expect(packed(packBits, 10, 3)).toEqual([0xab, 0x52, 0x05])
  })
})

describe.each([
  ['main', monoFormats],
  ['overview', colourFormats],
] as const)('pixel formats of the %s camera', (camera, formats) => {
  test('show the moving ramp exactly', async () => {
    const session = await openCamera({ camera })
    await readyToSnap(session)
    await session.write('Width', 96)
    await session.write('Height', 64)
    await session.choose('TestPattern', 'GreyDiagonalRampMoving')
    for (const { name, bits, code, colour } of formats) {
      expect(await session.choose('PixelFormat', name)).toBe('success')
      const block = await snap(session)
      expect(block.leader).toMatchObject({ kind: 'image', image: { pixelCode: code, width: 96, height: 64 } })
      const data = blockData(block)
      expect(data.length).toBe(await session.read('PayloadSize'))
      // A ramp has no meaning as luma and chroma.
      if (colour === 'uyvy' || colour === 'yuyv') continue
      const unpacking = pixelUnpackings.find((candidate) => candidate.code === code) ?? expect.fail(name)
      const { channels, bytesPerSample } = pixelLayout(unpacking.ringFormat)
      const target = new Uint8Array(imageBytes(unpacking.ringFormat, 96, 64))
      unpacking.unpack(data, 0, data.length, 0, target, 96 * 64)
      const samples = bytesPerSample === 1 ? target : new Uint16Array(target.buffer)
      const expected = Array.from({ length: 96 * 64 * channels }, (_, sample) => {
        const pixel = Math.floor(sample / channels)
        return ((pixel % 96) + Math.floor(pixel / 96) + block.id) & (2 ** bits - 1)
      })
      expect([...samples], name).toEqual(expected)
    }
  })

  test('show the specimen, alike in all formats', async () => {
    const session = await openCamera({ camera, width: 256, height: 256 })
    await readyToSnap(session)
    await session.write('Width', 256)
    await session.write('Height', 256)
    const brightness = new Map<string, number>()
    for (const { name, bits, code, packing, colour } of formats) {
      await session.choose('PixelFormat', name)
      const data = blockData(await snap(session))
      if (colour === 'uyvy' || colour === 'yuyv') {
        const lumaAt = colour === 'uyvy' ? 1 : 0
        brightness.set(name, mean(data.filter((_, i) => i % 2 === lumaAt)) / 255)
        continue
      }
      const unpacking = pixelUnpackings.find((candidate) => candidate.code === code) ?? expect.fail(name)
      const target = new Uint8Array(imageBytes(unpacking.ringFormat, 256, 256))
      unpacking.unpack(data, 0, data.length, 0, target, 256 * 256)
      const samples = packing === 'bytes' ? target : new Uint16Array(target.buffer)
      expect(new Set(samples).size, name).toBeGreaterThan(20)
      brightness.set(name, mean(samples) / (2 ** bits - 1))
    }
    const values = [...brightness.values()]
    // Green counts twice in a mosaic, and luma is mostly green.
    expect(Math.max(...values) - Math.min(...values)).toBeLessThan(camera === 'main' ? 0.02 : 0.1)
  })
})

function mean(samples: Uint8Array | Uint16Array): number {
  let sum = 0
  for (const sample of samples) sum += sample
  return sum / samples.length
}

describe('geometry', () => {
  test('leaders tell region and binning; payloads have their size', async () => {
    const session = await openCamera({ width: 256, height: 192 })
    await readyToSnap(session)
    await session.write('Width', 64)
    await session.write('Height', 80)
    expect(await session.write('OffsetX', 32)).toBe('success')
    expect(await session.write('OffsetY', 24)).toBe('success')
    const region = { width: 64, height: 80, offsetX: 32, offsetY: 24, paddingX: 0, paddingY: 0 }
    const block = await snap(session)
    expect(block.leader).toMatchObject({ image: region })
    expect(block.trailer).toEqual({ payloadType: 1, lines: 80 })
    expect(blockData(block).length).toBe(64 * 80)

    expect(await session.write('BinningVertical', 2)).toBe('success')
    expect(await session.read('Width')).toBe(128)
    expect((await snap(session)).leader).toMatchObject({ image: { width: 128, height: 96, offsetX: 0 } })
    expect(await session.write('BinningHorizontal', 3)).toBe('invalidParameter')
  })
})

describe('acquisition', () => {
  test('takes as many frames as the mode says', async () => {
    const session = await openCamera()
    await session.openStream()
    await session.write('AcquisitionFrameCount', 3)
    await session.choose('AcquisitionMode', 'MultiFrame')
    await session.write('AcquisitionStart', 1)
    const status = Number(/<StructReg[^>]*><Address>(0x[0-9a-f]+)/.exec(session.xml)?.[1])
    await eventually('the end', async () => (await session.probe.read(status)) >>> 31 === 0)
    await eventually('3 frames', () => session.stream.complete.length === 3)
    expect((await session.simulator.counters()).frames).toBe(3)
  })

  test('refuses triggers that nothing waits for', async () => {
    const session = await openCamera()
    await session.openStream()
    expect(await session.write('TriggerSoftware', 1)).toBe('localProblem')
    await session.choose('TriggerMode', 'On')
    await session.write('AcquisitionStart', 1)
    await session.probe.write(session.address('ExposureTimeRegister'), 5_000_000)
    expect(await session.write('TriggerSoftware', 1)).toBe('success')
    expect(await session.write('TriggerSoftware', 1)).toBe('busy')
  })

  test('an exposure whose end is told', async () => {
    const session = await openCamera()
    const listener = await GvcpProbe.open(session.simulator)
    opened.push(listener)
    await readyToSnap(session)
    await session.probe.write(optionalRegister.messageDestinationIp, ipToNumber('127.0.0.1'))
    await session.probe.write(optionalRegister.messagePort, listener.socket.address().port)
    // Not acknowledged, so it comes again.
    await session.probe.write(optionalRegister.messageTimeoutMs, 50)
    await session.probe.write(optionalRegister.messageRetries, 2)
    await session.probe.write(session.address('EventNotificationRegister'), 1)
    const { id } = await snap(session)
    await eventually('three times the event', () => listener.received.length === 3)
    const [event] = listener.received.map((packet) => decodeEvent(packet))
    expect(event).toMatchObject({
      ackRequired: true,
      event: { eventId: eventIds.exposureEnd, streamChannel: 0, blockId: id },
    })
  })
})

describe('packets', () => {
  test.each([false, true])('extended ids: %s', async (extendedIds) => {
    const session = await openCamera({ firstBlockId: 65_534 })
    const enable = extendedIds ? extendedIdsEnable : 0
    await session.probe.takeControl()
    expect(await session.probe.write(optionalRegister.gvspConfiguration, enable)).toBe('success')
    const blocks = await streamPattern(session, 4)
    const ids = blocks.slice(0, 4).map(({ id }) => id)
    expect(ids).toEqual(extendedIds ? [65_534, 65_535, 65_536, 65_537] : [65_534, 65_535, 1, 2])
    for (const block of blocks) {
      expect(block.extendedIds).toBe(extendedIds)
      const perPacket = 1400 - (extendedIds ? 48 : 36)
      expect(block.payloads.get(1)?.length).toBe(perPacket)
      expect(block.trailerPacket).toBe(Math.ceil((128 * 96) / perPacket) + 1)
    }
    const stamps = blocks.map(({ leader }) => leader?.timestamp ?? 0n)
    expect(stamps).toEqual(stamps.toSorted((a, b) => Number(a - b)))
    expect(await session.probe.write(optionalRegister.gvspConfiguration, 0)).toBe('writeProtect')
  })

  test('chunks follow the image', async () => {
    const session = await openCamera()
    await session.probe.takeControl()
    await session.write('ChunkModeActive', 1)
    await session.probe.write(
      session.address('ChunkEnableRegister') + 4 * session.entry('ChunkSelector', 'Gain'),
      0,
    )
    const [block] = await streamPattern(session, 1)
    if (block === undefined) return expect.fail()
    const data = blockData(block)
    expect(block.leader).toMatchObject({ kind: 'image', chunks: true })
    expect(block.trailer).toEqual({ payloadType: 0x4001, lines: 96, dataBytes: data.length })
    expect(data.length).toBe(await session.read('PayloadSize'))
    const chunks = decodeChunks(data) ?? []
    expect(chunks.map(({ id, data: { length } }) => [id, length])).toEqual([
      [1, 128 * 96],
      [0x1001, 8],
      [0x1002, 8],
      [0x1003, 8],
    ])
    expect(chunks[1]?.data.readBigInt64BE()).toBe(BigInt(block.id))
    expect(chunks[2]?.data.readBigInt64BE()).toBe(block.leader?.timestamp)
    expect(chunks[3]?.data.readDoubleBE()).toBe(10_000)
  })

  test.each([false, true])(
    'are sent again on request while they are kept (extended ids: %s)',
    async (extendedIds) => {
      const session = await openCamera({ extendedIds, keptBlocks: 2 })
      await readyToSnap(session)
      const first = await snap(session)
      first.payloads.delete(3)
      first.payloads.delete(4)
      await ask(session, first, 3, 4)
      await eventually('the packets', () => isComplete(first))
      expect(first.statuses.get(3)).toBe(statusCodes.packetResend)
      await snap(session)
      await snap(session)
      await snap(session)
      await ask(session, first, 5, 6)
      await eventually('refusals', () => first.statuses.get(6) === statusCodes.packetUnavailable)
      await session.probe.write(optionalRegister.gvcpConfiguration, 4)
      await ask(session, first, 7, 7)
      await eventually('a refusal that tells why', () => first.statuses.get(7) === statusCodes.packetRemoved)
      expect(await session.simulator.counters()).toMatchObject({
        resendRequests: 3,
        resentPackets: 2,
        unavailablePackets: 3,
      })
    },
  )

  test('are not sent again by a camera that cannot', async () => {
    const session = await openCamera({ resend: false })
    await readyToSnap(session)
    const block = await snap(session)
    const packets = session.stream.packets
    await ask(session, block, 1, 9)
    await snap(session)
    expect(session.stream.packets).toBe(2 * packets)
  })

  test('loss, overtaking and doubles happen as often as asked for, and the same way each time', async () => {
    const link = { loss: 0.05, reorder: 0.03, duplicate: 0.02 }
    const run = async () => {
      const session = await openCamera({ seed: 7, link })
      await readyToSnap(session)
      await session.choose('TestPattern', 'White')
      for (let frame = 0; frame < 60; frame += 1) {
        const before = await session.simulator.counters()
        expect(await session.write('TriggerSoftware', 1)).toBe('success')
        await eventually('the frame is sent', async () => {
          const { packets, frames } = await session.simulator.counters()
          return frames === before.frames + 1 && packets === before.packets + 12
        })
      }
      const counters = await session.simulator.counters()
      await session.close()
      opened.splice(opened.indexOf(session), 1)
      return { counters, orders: session.stream.blocks.map(({ order }) => order.join()) }
    }
    const { counters, orders } = await run()
    const { packets, lostPackets, reorderedPackets, duplicatedPackets } = counters
    expect(packets).toBe(60 * 12)
    expect(lostPackets).toBeGreaterThan(15)
    expect(lostPackets).toBeLessThan(70)
    expect(reorderedPackets).toBeGreaterThan(5)
    expect(duplicatedPackets).toBeGreaterThan(3)
    expect(
      orders.some(
        (order) =>
          order !==
          order
            .split(',')
            .toSorted((a, b) => Number(a) - Number(b))
            .join(),
      ),
    ).toBe(true)
    expect((await run()).counters).toMatchObject({ lostPackets, reorderedPackets, duplicatedPackets })
  })
})

describe('faults', () => {
  test('half a frame, a size that cannot be, garbage, and then all is well again', async () => {
    const session = await openCamera()
    const { simulator, stream } = session
    await readyToSnap(session)
    await simulator.fault({ kind: 'half-frame' })
    await session.write('TriggerSoftware', 1)
    await eventually('half a frame', async () => (await simulator.counters()).packets === 6)
    await simulator.fault({ kind: 'announce-size', width: 65_535, height: 65_535 })
    const huge = await snap(session)
    expect(huge.leader).toMatchObject({ image: { width: 65_535, height: 65_535 } })
    expect(blockData(huge).length).toBe(128 * 96)
    const half = stream.blocks[0] ?? expect.fail()
    expect(half.trailerPacket).toBeUndefined()
    expect(half.payloads.size).toBe(5)
    // Nothing of it comes later.
    await ask(session, half, 8, 8)
    await eventually('a refusal', () => half.statuses.has(8))

    await simulator.fault({ kind: 'garbage', packets: 20 })
    await eventually('garbage', () => stream.others.length > 0)
    const good = await snap(session)
    expect(missingPackets(good)).toEqual([])
    expect(good.leader).toMatchObject({ image: { width: 128, height: 96 } })
  })

  test('a camera that starts anew has forgotten its settings and its client', async () => {
    const session = await openCamera()
    await readyToSnap(session)
    await session.write('Width', 64)
    await session.simulator.fault({ kind: 'reboot', downMs: 0 })
    expect(await session.read('Width')).toBe(128)
    expect(await session.probe.read(streamChannel.port)).toBe(0)
    expect(await session.write('Width', 64)).toBe('accessDenied')
    await readyToSnap(session)
    await snap(session)
  })

  test('DeviceReset is answered, and then it starts anew', async () => {
    const session = await openCamera()
    await session.probe.takeControl()
    await session.write('Width', 64)
    expect(await session.write('DeviceReset', 1)).toBe('success')
    await eventually('the start', async () => (await session.read('Width')) === 128)
  })

  test('frames stop while it is stalled', async () => {
    const session = await openCamera()
    await readyToSnap(session)
    await session.choose('TestPattern', 'White')
    await session.simulator.fault({ kind: 'stall', ms: 600_000 })
    const trigger = () =>
      eventually('a trigger', async () => (await session.write('TriggerSoftware', 1)) === 'success')
    // Each is taken only when the exposure before has ended: that of the first two gave no frame.
    for (let exposure = 0; exposure < 3; exposure += 1) await trigger()
    expect((await session.simulator.counters()).frames).toBe(0)
    await session.simulator.fault({ kind: 'stall', ms: 0 })
    await trigger()
    await eventually('a frame', () => session.stream.complete.length > 0)
  })
})
