import { describe, expect, test } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import {
  packetFormatCode,
  packetFormats,
  packetHeaderBytes,
  parseFramePacket,
  writePacketHeader,
} from '../../../src-shared/frames/frame-packet.ts'
import { type PixelFormat, pixelFormats, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'

/** A packet that begins at an odd place of a larger buffer, as a received one may. */
function packetOf(format: PixelFormat, payload: readonly number[] = [1, 2, 3]): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(new ArrayBuffer(1 + packetHeaderBytes + payload.length), 1)
  writePacketHeader(packet, {
    width: 4,
    height: 3,
    formatCode: packetFormatCode(format),
    significantBits: pixelLayout(format).significantBits,
    timestampNs: 123_456_789n,
    payloadBytes: payload.length,
  })
  packet.set(payload, packetHeaderBytes)
  return packet
}

function problemWith(packet: Uint8Array): string {
  try {
    parseFramePacket(packet)
  } catch (error) {
    if (error instanceof CoverslipError && error.code === 'INVALID_INPUT') return error.message
    throw error
  }
  return 'none'
}

describe('UC2F packet', () => {
  test('the example of the format, byte by byte', () => {
    // 4 x 3 pixels of 12 bits, timestamp 123456789 ns, three bytes of payload.
    const expected =
      '5543324601000000 04000000 03000000 08000000 0c00 01 00 15cd5b0700000000 03000000 010203'.replaceAll(
        ' ',
        '',
      )
    expect(Buffer.from(packetOf('Mono12')).toString('hex')).toBe(expected)
  })

  test.each(pixelFormats)('%s: fields come back', (format) => {
    const packet = parseFramePacket(packetOf(format))
    const layout = pixelLayout(format)
    expect(packet).toMatchObject({
      width: 4,
      height: 3,
      significantBits: layout.significantBits,
      timestampNs: 123_456_789n,
      imageBytes: 12 * layout.bytesPerPixel,
      format: { kind: layout.kind, channels: layout.channels, bytesPerSample: layout.bytesPerSample },
    })
    expect([...packet.payload]).toEqual([1, 2, 3])
  })

  test("ImSwitch's codes keep their meaning", () => {
    expect(packetFormats.slice(0, 3).map(({ name }) => name)).toEqual(['GRAY16', 'BAYER_RG16', 'RGB48'])
    expect(packetFormatCode('Mono16')).toBe(0)
    expect(packetFormatCode('BayerRG12')).toBe(1)
    expect(new Set(pixelFormats.map(packetFormatCode))).toEqual(new Set([0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11]))
    expect(packetFormats[packetFormatCode('Float32')]?.name).toBe('GRAY32F')
  })

  test.each([
    ['magic', 0, 0x56],
    ['version', 4, 2],
    ['width', 8, 0],
    ['height', 12, 0],
    ['width', 11, 1],
    ['stride', 16, 9],
    ['bit depth', 20, 17],
    ['bit depth', 20, 0],
    ['channels', 22, 3],
    ['pixel format', 23, 13],
    ['payload size', 32, 2],
    ['payload size', 35, 255],
  ])('a wrong %s is named', (field, at, value) => {
    const packet = packetOf('Mono12')
    packet[at] = value
    expect(problemWith(packet)).toContain(field)
  })

  test('an image too large to be true is refused before memory is taken for it', () => {
    const packet = packetOf('Mono12')
    const view = new DataView(packet.buffer, packet.byteOffset)
    view.setUint32(8, 65_535, true)
    view.setUint32(12, 65_535, true)
    view.setUint32(16, 131_070, true)
    expect(problemWith(packet)).toContain('larger than')
  })

  test('cut off anywhere', () => {
    const packet = packetOf('RGB8')
    for (let length = 0; length < packet.length; length++) {
      expect(problemWith(packet.subarray(0, length))).not.toBe('none')
    }
  })
})
