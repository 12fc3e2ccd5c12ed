/**
 * How fast streams are encoded: ring read, crop or subsampling, statistics, filter or window, compression, packet.
 *
 *     node bench/encode.ts [--frames file.raw] [--count 120] [--only jpeg] [--format BayerRG12]
 *
 * fps: two frames under way, as in a stream worker. latency: one at a time. CPU: of the whole process with its
 * thread pool; 1000 / CPU is what one core could do.
 */
import { parseArgs } from 'node:util'
import { createFrameRing } from '../src-main/frames/frame-ring.ts'
import { FrameRingWriter } from '../src-main/frames/frame-ring-writer.ts'
import { LiveFrameReader } from '../src-main/frames/live-frame-reader.ts'
import { EncodePipeline, type EncodedFrame } from '../src-main/live-view/encoders/encode-pipeline.ts'
import type { EncoderParams } from '../src-main/live-view/encoders/frame-encoder.ts'
import type { FrameInfo } from '../src-shared/frames/frame-info.ts'
import { pixelFormatSchema } from '../src-shared/frames/pixel-format.ts'
import { binaryParamsSchema, jpegParamsSchema } from '../src-shared/stream-params.ts'
import { benchFrames, benchHeight, benchPixels, benchWidth } from './fixtures/bench-frames.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string' },
    count: { type: 'string', default: '120' },
    only: { type: 'string', default: '' },
    format: { type: 'string', default: 'Mono12' },
  },
})
const count = Number(values.count)
const pixelFormat = pixelFormatSchema.parse(values.format)
const frames = await benchFrames(8, values.frames)

const binary = (options: object) => binaryParamsSchema.parse({ protocol: 'binary', ...options })
const jpeg = (options: object) => jpegParamsSchema.parse({ protocol: 'jpeg', ...options })
const cases: Record<string, EncoderParams> = {
  'lz4 delta-shuffle': binary({}),
  lz4: binary({ filter: 'none' }),
  'zstd 1 delta-shuffle': binary({ compression: 'zstd' }),
  'zstd -5 delta-shuffle': binary({ compression: 'zstd', level: -5 }),
  'zstd 1': binary({ compression: 'zstd', filter: 'none' }),
  none: binary({ compression: 'none' }),
  'lz4 delta-shuffle, 1 of 4 x 4': binary({ subsampling: 4 }),
  'lz4 delta-shuffle, mean of 2 x 2': binary({ subsampling: 2, reduction: 'average' }),
  'lz4 delta-shuffle, centre 512': binary({ cropSize: 512 }),
  'jpeg 80, auto window': jpeg({}),
  'jpeg 80, full range': jpeg({ windowMode: 'full' }),
  'jpeg 80, auto window, gamma 2': jpeg({ gamma: 2 }),
  'jpeg 80, 1 of 4 x 4': jpeg({ subsampling: 4 }),
}

const source = ringOf(frames)
const table: Record<string, Record<string, number>> = {}
for (const [name, params] of Object.entries(cases)) {
  if (name.includes(values.only)) table[name] = await measure(params)
}
console.log(
  `${benchWidth} x ${benchHeight} ${pixelFormat}, ${values.frames ?? 'generated frames'}, ${count} frames per case`,
)
console.table(table)

/** A ring whose slots are filled once: publishing a frame then costs nothing that would count as encoding. */
function ringOf(images: readonly Uint16Array[]) {
  const memory = createFrameRing({ slots: images.length, maxFrameBytes: 2 * benchPixels })
  const writer = new FrameRingWriter(memory)
  const reader = new LiveFrameReader(memory)
  let sequence = 0
  const publish = () => {
    const now = process.hrtime.bigint()
    const info: FrameInfo = {
      sequence: sequence++,
      timestampNs: now,
      hostTimeNs: now,
      width: benchWidth,
      height: benchHeight,
      pixelFormat,
      significantBits: 12,
      exposureMs: 10,
      gain: 1,
    }
    writer.commit(info)
  }
  for (const image of images) {
    writer.slot().set(new Uint8Array(image.buffer, image.byteOffset, image.byteLength))
    publish()
  }
  return {
    reader,
    next() {
      writer.slot()
      publish()
    },
  }
}

async function measure(params: EncoderParams) {
  const pipeline = new EncodePipeline({ detectorName: 'bench', params })
  await encodeMany(pipeline, { frames: 10, underWay: 2 })

  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const { bytes, rawBytes } = await encodeMany(pipeline, { frames: count, underWay: 2 })
  const elapsed = performance.now() - start
  const cpu = process.cpuUsage(cpuBefore)

  const { latencies } = await encodeMany(pipeline, { frames: count / 2, underWay: 1 })
  return {
    fps: round(count / (elapsed / 1000), 1),
    'CPU ms/frame': round((cpu.user + cpu.system) / 1000 / count, 2),
    'latency p50 ms': round(latencies.toSorted((a, b) => a - b)[latencies.length >> 1] ?? 0, 2),
    'kB/frame': round(bytes / count / 1000, 0),
    ratio: round(rawBytes / bytes, 2),
  }
}

async function encodeMany(pipeline: EncodePipeline, options: { frames: number; underWay: 1 | 2 }) {
  let bytes = 0
  let rawBytes = 0
  const latencies: number[] = []
  const collect = ({ buffer, message: { metadata } }: EncodedFrame) => {
    bytes += metadata.packet_bytes
    rawBytes += metadata.raw_bytes
    latencies.push(metadata.encode_ms)
    pipeline.pool.recycle(buffer)
  }
  const pending: Promise<void>[] = []
  for (let i = 0; i < options.frames; i++) {
    await pipeline.room()
    source.next()
    const info = source.reader.take((pixels, frame) => pipeline.load(pixels, frame))
    if (info === undefined) throw new Error('The ring lost a frame that nobody overwrote')
    pending.push(pipeline.encode(info).then(collect))
    if (pending.length === options.underWay) await pending.shift()
  }
  await Promise.all(pending)
  return { bytes, rawBytes, latencies }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
