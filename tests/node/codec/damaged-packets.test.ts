import { decompress } from 'fzstd'
import { describe, expect, test } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import type { FrameMetadata } from '../../../src-shared/frames/frame-message.ts'
import { binaryParamsSchema } from '../../../src-shared/stream-params.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { encodeImage } from './encoded-frames.ts'

const width = 61
const height = 47
const samples = Array.from(
  { length: width * height },
  (_, i) => 200 + ((i * i) % 23) + (i % 61 > 30 ? 900 : 0),
)

const cases = (['lz4', 'zstd', 'none'] as const).flatMap((compression) =>
  (['delta-shuffle', 'none'] as const).map((filter) => ({ compression, filter })),
)

describe.each(cases)('damaged packets ($compression, $filter)', ({ compression, filter }) => {
  const made = encodeImage(
    'Mono12',
    { width, height, layout: pixelLayout('Mono12'), samples },
    binaryParamsSchema.parse({ protocol: 'binary', compression, filter }),
  )
  const decoders = [
    new FrameDecoder({ zstd: decompress }),
    new FrameDecoder({ zstd: decompress, plain: true }),
  ]

  /** The decoded size, or the error's code; anything but a CoverslipError fails the test. */
  function outcome(decoder: FrameDecoder, packet: Uint8Array<ArrayBuffer>, metadata: FrameMetadata) {
    try {
      return decoder.decode(packet, metadata).pixels.length
    } catch (error) {
      if (error instanceof CoverslipError) return error.code
      throw error
    }
  }

  test('cut off anywhere: always an error', async () => {
    const { packet, message } = await made
    for (let length = 0; length < packet.length; length++) {
      // The header's size field is made to agree, so that what follows it is tested, too.
      const cut = packet.slice(0, length)
      expect(decoders.map((decoder) => outcome(decoder, cut, message.metadata))).toEqual([
        'INVALID_INPUT',
        'INVALID_INPUT',
      ])
      if (length < 36 || length % 7 !== 0) continue
      new DataView(cut.buffer).setUint32(32, length - 36, true)
      expect(decoders.map((decoder) => outcome(decoder, cut, message.metadata))).toEqual([
        'INVALID_INPUT',
        'INVALID_INPUT',
      ])
    }
  })

  test('changed bytes: an error or an image of the right size, and the next packet decodes', async () => {
    const { packet, message } = await made
    const change = fc.record({ at: fc.nat(packet.length - 1), value: fc.integer({ min: 0, max: 255 }) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const damaged = packet.slice()
        for (const { at, value } of changes) damaged[at] = value
        for (const decoder of decoders) {
          expect([width * height, 'INVALID_INPUT']).toContain(outcome(decoder, damaged, message.metadata))
        }
      }),
      { numRuns: 500 },
    )
    for (const decoder of decoders)
      expect([...decoder.decode(packet, message.metadata).pixels]).toEqual(samples)
  })

  test('random payloads', async () => {
    const { packet, message } = await made
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => {
        const damaged = new Uint8Array([...packet.subarray(0, 36 + (noise.length % 12)), ...noise])
        new DataView(damaged.buffer).setUint32(32, damaged.length - 36, true)
        for (const decoder of decoders)
          expect(outcome(decoder, damaged, message.metadata)).toBe('INVALID_INPUT')
      }),
    )
  })
})

describe('packets and metadata that do not belong together', () => {
  test('are refused with what is wrong', async () => {
    const layout = pixelLayout('Mono8')
    const image = { width: 2, height: 2, layout, samples: [1, 2, 3, 4] }
    const { packet } = await encodeImage('Mono8', image, binaryParamsSchema.parse({ protocol: 'binary' }))
    const decoder = new FrameDecoder()
    expect(() => decoder.decode(packet, { compression: 'lz4', filter: 'delta-shuffle' })).toThrow('GRAY8')
    expect(() => decoder.decode(packet, { compression: 'none', filter: 'none' })).toThrow('holds')
    expect(() => decoder.decode(packet, { compression: 'jpeg', filter: 'none' })).toThrow('"jpeg"')
    expect(() => decoder.decode(packet, { compression: 'zstd', filter: 'none' })).toThrow('Zstandard')
  })
})
