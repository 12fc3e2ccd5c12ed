import jpegTurbo from '@julusian/jpeg-turbo'
import { describe, expect, test } from 'vitest'
import { EncodePipeline } from '../../../src-main/live-view/encoders/encode-pipeline.ts'
import { bayerColour } from '../../../src-shared/frames/bayer-pattern.ts'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import { frameMessageSchema } from '../../../src-shared/frames/frame-message.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { binaryParamsSchema, jpegParamsSchema } from '../../../src-shared/stream-params.ts'
import { bytesOf, type TestImage } from '../kernels/images.ts'
import { encodeImage, infoOf } from './encoded-frames.ts'

const binary = (options: object = {}) => binaryParamsSchema.parse({ protocol: 'binary', ...options })
const jpeg = (options: object = {}) => jpegParamsSchema.parse({ protocol: 'jpeg', ...options })

/** Every pixel says where it is: x + 100 y. */
function coordinates(width: number, height: number): TestImage {
  const samples = Array.from({ length: width * height }, (_, i) => (i % width) + 100 * Math.floor(i / width))
  return { width, height, layout: pixelLayout('Mono16'), samples }
}

describe('EncodePipeline', () => {
  test('cuts the centre first and subsamples then', async () => {
    const decoder = new FrameDecoder()
    const sampled = await encodeImage('Mono16', coordinates(40, 30), binary({ cropSize: 10, subsampling: 3 }))
    // x from 15, y from 10, every third of 10.
    expect([...decoder.decode(sampled.packet, sampled.message.metadata).pixels]).toEqual(
      [10, 13, 16, 19].flatMap((y) => [15, 18, 21, 24].map((x) => x + 100 * y)),
    )
    expect(sampled.message.metadata).toMatchObject({
      width: 4,
      height: 4,
      original_width: 40,
      original_height: 30,
      crop_x: 15,
      crop_y: 10,
      subsampling: 3,
    })
    const averaged = await encodeImage(
      'Mono16',
      coordinates(40, 30),
      binary({ cropSize: 4, subsampling: 2, reduction: 'average' }),
    )
    // x from 18, y from 13; means end in .5 + 50 and are rounded up.
    expect([...decoder.decode(averaged.packet, averaged.message.metadata).pixels]).toEqual(
      [13, 15].flatMap((y) => [18, 20].map((x) => x + 100 * y + 51)),
    )
  })

  test('leaves a Bayer mosaic its pattern', async () => {
    const layout = pixelLayout('BayerGB12')
    const image = { ...coordinates(40, 30), layout }
    const { packet, message } = await encodeImage(
      'BayerGB12',
      image,
      binary({ cropSize: 12, subsampling: 3 }),
    )
    // x from 14, y from 8: two of every six.
    expect([...new FrameDecoder().decode(packet, message.metadata).pixels]).toEqual(
      [8, 9, 14, 15].flatMap((y) => [14, 15, 20, 21].map((x) => x + 100 * y)),
    )
    const { packet: averaged, message: mean } = await encodeImage(
      'BayerGB12',
      image,
      binary({ cropSize: 4, subsampling: 2, reduction: 'average' }),
    )
    // x from 18, y from 12: means of pixels that are two apart.
    expect([...new FrameDecoder().decode(averaged, mean.metadata).pixels]).toEqual(
      [13, 14].flatMap((y) => [19, 20].map((x) => x + 100 * y)),
    )
    expect(mean.metadata).toMatchObject({ width: 2, height: 2, pixel_format: 'BayerGB12' })
  })

  test('describes each frame, and the description passes the schema and JSON', async () => {
    const pipeline = new EncodePipeline({ detectorName: 'Camera 1', params: binary({ subsampling: 2 }) })
    const image = coordinates(20, 10)
    const info = infoOf('Mono16', image, {
      sequence: 99,
      timestampNs: process.hrtime.bigint() - 40_000_000n,
      significantBits: 12,
      pixelSizeUm: 0.325,
      stage: { x: 1, y: -2 },
      channel: 'DAPI',
    })
    pipeline.load(bytesOf(image), info)
    const { message, bytes } = await pipeline.encode(info)
    expect(frameMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message)
    expect(message).toMatchObject({
      name: 'frame_meta',
      detectorname: 'Camera 1',
      pixelsize: 0.65,
      format: 'binary',
    })
    const { metadata } = message
    expect(metadata).toMatchObject({
      frame_id: 0,
      sequence: 99,
      timestamp_ns: info.timestampNs.toString(),
      significant_bits: 12,
      exposure_ms: 12.5,
      gain: 2,
      stage: { x: 1, y: -2 },
      channel: 'DAPI',
      raw_bytes: 100,
      packet_bytes: bytes,
    })
    expect(metadata.captured_at_ms).toBeGreaterThan(unixNowMs() - 600_000)
    expect(metadata.encoded_at_ms - metadata.captured_at_ms).toBeGreaterThanOrEqual(40)
    expect(metadata.histogram.reduce((a, b) => a + b)).toBe(50)
    expect(metadata.statistics).toMatchObject({ min: 0, max: 818 })
  })

  test('works on two frames at a time, and delivers in order', async () => {
    const pipeline = new EncodePipeline({
      detectorName: 'c',
      params: binary({ compression: 'zstd', level: 9 }),
    })
    const large = coordinates(400, 400)
    const small = coordinates(3, 3)
    const order: number[] = []
    const encode = (image: TestImage, sequence: number) => {
      const info = infoOf('Mono16', image, { sequence })
      pipeline.load(bytesOf(image), info)
      return pipeline.encode(info).then(({ message }) => order.push(message.metadata.sequence))
    }
    const first = encode(large, 1)
    pipeline.params = binary({ compression: 'none' })
    expect(pipeline.hasRoom).toBe(true)
    const second = encode(small, 2)
    expect(pipeline.hasRoom).toBe(false)
    expect(() => pipeline.load(bytesOf(small), infoOf('Mono16', small))).toThrow('busy')
    await pipeline.room()
    const third = encode(small, 3)
    await Promise.all([first, second, third])
    expect(order).toEqual([1, 2, 3])
  })

  test('goes on after a frame that cannot be encoded', async () => {
    const pipeline = new EncodePipeline({ detectorName: 'c', params: jpeg() })
    // One row of 65535 pixels is more than JPEG allows.
    const wide = {
      width: 65_535,
      height: 1,
      layout: pixelLayout('Mono8'),
      samples: new Array<number>(65_535).fill(1),
    }
    for (let attempt = 0; attempt < 3; attempt++) {
      const info = infoOf('Mono8', wide)
      pipeline.load(bytesOf(wide), info)
      await expect(pipeline.encode(info)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    }
    const image = coordinates(16, 16)
    const info = infoOf('Mono16', image)
    pipeline.load(bytesOf(image), info)
    expect((await pipeline.encode(info)).message.metadata.frame_id).toBe(0)
  })

  test('a frame loaded again replaces the first', async () => {
    const pipeline = new EncodePipeline({ detectorName: 'c', params: binary() })
    const image = coordinates(5, 4)
    pipeline.load(new Uint8Array(40).fill(255), infoOf('Mono16', image))
    const info = infoOf('Mono16', image)
    pipeline.load(bytesOf(image), info)
    const { buffer, bytes, message } = await pipeline.encode(info)
    expect([...new FrameDecoder().decode(new Uint8Array(buffer, 0, bytes), message.metadata).pixels]).toEqual(
      image.samples,
    )
  })
})

describe('JPEG', () => {
  async function decodedJpeg(image: TestImage, format: PixelFormat, options: object) {
    const { packet, message } = await encodeImage(format, image, jpeg({ quality: 100, ...options }))
    const colour = image.layout.kind !== 'mono'
    const { data, width, height } = jpegTurbo.decompressSync(Buffer.from(packet), {
      format: colour ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY,
    })
    expect([width, height]).toEqual([message.metadata.width, message.metadata.height])
    expect(message.format).toBe('jpeg')
    return { grey: [...data], metadata: frameMessageSchema.parse(message).metadata }
  }

  const ramp: TestImage = {
    width: 64,
    height: 64,
    layout: pixelLayout('Mono12'),
    samples: Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 8 ? 500 : 500 + (i % 64) * 20)),
  }

  function expectNear(
    grey: readonly number[],
    expected: (sample: number) => number,
    samples: readonly number[],
  ) {
    grey.forEach((value, i) => {
      const ideal = Math.min(255, Math.max(0, expected(samples[i] ?? 0)))
      expect(Math.abs(value - ideal)).toBeLessThan(6)
    })
  }

  test('shows the window that was asked for', async () => {
    const manual = await decodedJpeg(ramp, 'Mono12', {
      windowMode: 'manual',
      windowLow: 600,
      windowHigh: 1600,
    })
    expectNear(manual.grey, (sample) => ((sample - 600) / 1000) * 255, ramp.samples)
    expect(manual.metadata.window).toEqual({ low: 600, high: 1600, gamma: 1 })
    const full = await decodedJpeg(ramp, 'Mono12', { windowMode: 'full' })
    expectNear(full.grey, (sample) => (sample / 4095) * 255, ramp.samples)
    const auto = await decodedJpeg(ramp, 'Mono12', {})
    expectNear(auto.grey, (sample) => ((sample - 500) / 1260) * 255, ramp.samples)
    expect(auto.metadata.window).toEqual({ low: 500, high: 1760, gamma: 1 })
    const gamma = await decodedJpeg(ramp, 'Mono12', { gamma: 2 })
    expectNear(
      gamma.grey.slice(-16),
      (sample) => Math.sqrt((sample - 500) / 1260) * 255,
      ramp.samples.slice(-16),
    )
  })

  test('colour stays colour', async () => {
    const samples = Array.from({ length: 32 * 32 }, () => [200, 100, 50]).flat()
    const image = { width: 32, height: 32, layout: pixelLayout('RGB8'), samples }
    const { grey } = await decodedJpeg(image, 'RGB8', { windowMode: 'full' })
    expectNear(grey, (sample) => sample, samples)
  })

  test.each(['BayerRG8', 'BayerGB12'] as const)('%s is sent in colour', async (format) => {
    const layout = pixelLayout(format)
    const { pattern = 'RG', significantBits } = layout
    const values = { red: 200, green: 100, blue: 50 }
    const samples = Array.from(
      { length: 64 * 48 },
      (_, i) => values[bayerColour(pattern, i % 64, Math.floor(i / 64))] * 2 ** (significantBits - 8),
    )
    for (const subsampling of [1, 2]) {
      const options = { windowMode: 'full', subsampling }
      const { grey, metadata } = await decodedJpeg(
        { width: 64, height: 48, layout, samples },
        format,
        options,
      )
      expect(grey).toHaveLength((64 * 48 * 3) / subsampling ** 2)
      grey.forEach((value, i) => expect(Math.abs(value - ([200, 100, 50][i % 3] ?? 0))).toBeLessThan(6))
      expect(metadata.pixel_format).toBe(format)
    }
  })

  test('one pixel', async () => {
    const image = { width: 1, height: 1, layout: pixelLayout('Mono16'), samples: [40_000] }
    const { grey } = await decodedJpeg(image, 'Mono16', { windowMode: 'full' })
    expectNear(grey, () => 156, [40_000])
  })
})
