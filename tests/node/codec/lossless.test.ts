import { decompress } from 'fzstd'
import { describe, expect, test } from 'vitest'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import { frameMessageSchema } from '../../../src-shared/frames/frame-message.ts'
import { filterLag } from '../../../src-shared/frames/pixel-filter.ts'
import { pixelFormats, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { binaryParamsSchema } from '../../../src-shared/stream-params.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { imageOf } from '../kernels/images.ts'
import { encodeImage } from './encoded-frames.ts'

const params = fc
  .record({
    compression: fc.constantFrom('lz4', 'zstd', 'none'),
    filter: fc.constantFrom('delta-shuffle', 'none'),
    level: fc.integer({ min: -5, max: 5 }),
  })
  .map((options) => binaryParamsSchema.parse({ protocol: 'binary', ...options }))

describe('a binary stream is lossless', () => {
  const decoders = {
    wasm: new FrameDecoder({ zstd: decompress }),
    plain: new FrameDecoder({ zstd: decompress, plain: true }),
  }

  test.each(pixelFormats)('%s, of any shape, by every compression, decoded either way', async (format) => {
    await fc.assert(
      fc.asyncProperty(imageOf(format, 30), params, async (image, options) => {
        const { packet, message } = await encodeImage(format, image, options)
        const { metadata } = frameMessageSchema.parse(message)
        for (const decoder of Object.values(decoders)) {
          const decoded = decoder.decode(packet, metadata)
          expect([decoded.width, decoded.height]).toEqual([image.width, image.height])
          expect([...decoded.pixels]).toEqual(image.samples)
          expect(decoded.pixels).toBeInstanceOf(image.layout.bytesPerSample === 2 ? Uint16Array : Uint8Array)
        }
      }),
      { numRuns: 40 },
    )
    expect([decoders.wasm.implementation, decoders.plain.implementation]).toEqual(['wasm', 'plain'])
  })

  test('one pixel', async () => {
    for (const compression of ['lz4', 'zstd', 'none'] as const) {
      const image = { width: 1, height: 1, layout: layout16, samples: [65_535] }
      const options = binaryParamsSchema.parse({ protocol: 'binary', compression })
      const { packet, message } = await encodeImage('Mono16', image, options)
      expect([...decoders.wasm.decode(packet, message.metadata).pixels]).toEqual([65_535])
    }
  })

  test('an image of several blocks, with and without filter', async () => {
    const [width, height] = [2300, 2049]
    let state = 1
    const samples = Array.from({ length: width * height }, (_, i) => {
      state = Math.imul(state, 1_664_525) + 1_013_904_223
      return 300 + ((i >> 6) & 0xff) + (state >>> 28)
    })
    const expected = Uint16Array.from(samples)
    for (const filter of ['delta-shuffle', 'none'] as const) {
      const options = binaryParamsSchema.parse({ protocol: 'binary', filter })
      const { packet, message } = await encodeImage(
        'Mono12',
        { width, height, layout: layout16, samples },
        options,
      )
      for (const decoder of Object.values(decoders)) {
        const { pixels } = decoder.decode(packet, message.metadata)
        expect(
          Buffer.compare(
            new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
            new Uint8Array(expected.buffer),
          ),
        ).toBe(0)
      }
    }
  })

  test('Bayer pixels are compared with the next of their colour', () => {
    expect(filterLag(pixelLayout('BayerRG12'), 10)).toBe(20)
    expect(filterLag(pixelLayout('Mono12'), 10)).toBe(10)
  })

  test('only 16-bit images of one channel are filtered, and only when compressed', async () => {
    const filterOf = async (format: 'Mono8' | 'Mono16' | 'BayerRG12' | 'RGB8', options: object) => {
      const [image] = fc.sample(imageOf(format), 1)
      if (image === undefined) throw new Error('no image')
      const { message } = await encodeImage(
        format,
        image,
        binaryParamsSchema.parse({ protocol: 'binary', ...options }),
      )
      return message.metadata.filter
    }
    expect(await filterOf('Mono16', {})).toBe('delta-shuffle')
    expect(await filterOf('BayerRG12', {})).toBe('delta-shuffle')
    expect(await filterOf('Mono16', { filter: 'none' })).toBe('none')
    expect(await filterOf('Mono16', { compression: 'none' })).toBe('none')
    expect(await filterOf('Mono8', {})).toBe('none')
    expect(await filterOf('RGB8', {})).toBe('none')
  })
})

const layout16 = {
  kind: 'mono',
  channels: 1,
  bytesPerSample: 2,
  bytesPerPixel: 2,
  significantBits: 16,
} as const
