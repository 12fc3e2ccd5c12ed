/**
 * How fast a client decodes 2048 x 2048 x 16 bit packets, in Node and in a worker of a plainly started Chromium.
 *
 *     node bench/decode.ts [--frames file.raw] [--node-only]
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { decompress } from 'fzstd'
import { build } from 'vite'
import { EncodePipeline } from '../src-main/live-view/encoders/encode-pipeline.ts'
import { FrameDecoder } from '../src-shared/frames/decode-frame.ts'
import type { FrameInfo } from '../src-shared/frames/frame-info.ts'
import { binaryParamsSchema } from '../src-shared/stream-params.ts'
import { findChromium, spawnChromium } from './browser/chromium.ts'
import { measureDecoding, type PacketSet } from './decode-timing.ts'
import { benchFrames, benchHeight, benchWidth } from './fixtures/bench-frames.ts'

const { values } = parseArgs({
  options: { frames: { type: 'string' }, 'node-only': { type: 'boolean', default: false } },
})

const frames = await benchFrames(4, values.frames)
const sets = [
  await encoded('lz4 delta-shuffle', {}),
  await encoded('lz4', { filter: 'none' }),
  await encoded('zstd 1 delta-shuffle', { compression: 'zstd' }),
  await encoded('none', { compression: 'none' }),
]

const table: Record<string, object> = {}
for (const set of sets) {
  for (const plain of [false, true]) {
    const decoder = new FrameDecoder({ zstd: decompress, plain })
    table[`${set.name}, ${plain ? 'plain JavaScript' : 'WebAssembly'}`] = measureDecoding(decoder, set)
  }
}
console.log('Node')
console.table(table)

if (!values['node-only']) {
  if (findChromium() === undefined) console.log('No Chromium is installed: not measured there.')
  else {
    console.log('Chromium, in a worker')
    console.table(await inChromium())
  }
}

async function encoded(name: string, options: object): Promise<PacketSet> {
  const params = binaryParamsSchema.parse({ protocol: 'binary', ...options })
  const pipeline = new EncodePipeline({ detectorName: 'bench', params })
  const made: { encoding: PacketSet['encodings'][number]; packet: Uint8Array<ArrayBuffer> }[] = []
  for (const [sequence, frame] of frames.entries()) {
    const now = process.hrtime.bigint()
    const info: FrameInfo = {
      sequence,
      timestampNs: now,
      hostTimeNs: now,
      width: benchWidth,
      height: benchHeight,
      pixelFormat: 'Mono12',
      significantBits: 12,
      exposureMs: 10,
      gain: 1,
    }
    pipeline.load(new Uint8Array(frame.buffer), info)
    const { buffer, bytes, message } = await pipeline.encode(info)
    made.push({ encoding: message.metadata, packet: new Uint8Array(buffer.slice(0, bytes)) })
  }
  return { name, encodings: made.map(({ encoding }) => encoding), packets: made.map(({ packet }) => packet) }
}

async function inChromium(): Promise<Record<string, object>> {
  const script = await bundled()
  const list = JSON.stringify(
    sets.map(({ name, encodings, packets }) => ({
      name,
      encodings,
      sizes: packets.map(({ length }) => length),
    })),
  )
  const results = Promise.withResolvers<Record<string, object>>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '/')
    if (path === '/results') {
      results.resolve(JSON.parse(await text(request)))
      return response.end()
    }
    if (path === '/packets.json') return response.setHeader('content-type', 'application/json').end(list)
    if (path === '/worker.js') return response.setHeader('content-type', 'text/javascript').end(script)
    const [, name, index] = /^\/packet\/(.*)\/(\d+)$/.exec(path) ?? []
    const packet = sets.find((set) => set.name === name)?.packets[Number(index)]
    if (packet !== undefined) return response.end(packet)
    return response
      .setHeader('content-type', 'text/html')
      .end("<!doctype html><script type=module>new Worker('/worker.js', { type: 'module' })</script>")
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(results.reject)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const chromium = await spawnChromium(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  try {
    return await results.promise
  } finally {
    await chromium.close()
    server.closeAllConnections()
    server.close()
  }
}

async function bundled(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'esnext',
      lib: {
        entry: fileURLToPath(new URL('./browser/decode-worker.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'worker',
      },
    },
  })
  const [result] = Array.isArray(output) ? output : [output]
  if (result === undefined || !('output' in result)) throw new Error('vite did not bundle the worker')
  return result.output[0].code
}
