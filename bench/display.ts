/**
 * How fast frames of 2048 × 2048 × 16 bit get from the host onto the screen of a plainly started Chromium.
 *
 *     node bench/display.ts [--frames file.raw] [--seconds 6] [--only text]
 *
 * `packets`: frames encoded beforehand, from a server that does nothing else: the display alone. `engine`: the real
 * engine with a camera of 100 (JPEG: 300) frames/s, everything included. Drawing is by software (SwiftShader) on a
 * canvas of 1000 × 800. `loaded`: handed to an `<img>` until its `load` event. `seen`: a number painted into the image,
 * read back from the canvas on the page. `memory`: of all processes of the browser, every 20 s.
 */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EncodePipeline } from '../src-main/live-view/encoders/encode-pipeline.ts'
import { unixNowMs } from '../src-shared/frames/unix-clock.ts'
import { binaryParamsSchema, jpegParamsSchema } from '../src-shared/stream-params.ts'
import { type FedFrame, FrameFeed } from '../tests/fixtures/frame-feed.ts'
import { buildPage } from './browser/build-page.ts'
import { spawnChromium } from './browser/chromium.ts'
import { groupMemoryBytes } from './browser/process-memory.ts'
import { type DisplayResults, markBits, markPx } from './browser/display-page/results.ts'
import { benchFrames, benchHeight, benchWidth } from './fixtures/bench-frames.ts'
import { ServerProcess } from './fixtures/server-process.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
  },
})
/** Two minutes, after the browser has settled. */
const memorySeconds = 145
type Mode = 'loaded' | 'decoded' | 'drawn' | 'seen' | 'memory'
type Protocol = 'binary' | 'jpeg'

const page = await buildPage(fileURLToPath(new URL('./browser/display-page/', import.meta.url)))
const packets = { binary: await encoded('binary'), jpeg: await encoded('jpeg') }
const table: Record<string, object> = {}
const cases: readonly (readonly [name: string, measure: () => Promise<object>])[] = [
  ['packets binary decoded', () => fromPackets('binary', 'decoded', 200)],
  ['packets binary drawn, 100 fps', () => fromPackets('binary', 'drawn', 100)],
  ['packets binary drawn, 30 fps', () => fromPackets('binary', 'drawn', 30)],
  ['packets binary decoded, 30 fps', () => fromPackets('binary', 'decoded', 30)],
  ['packets binary seen, 30 fps', () => fromPackets('binary', 'seen', 30)],
  ['packets binary memory, 30 fps', () => fromPackets('binary', 'memory', 30)],
  ['packets jpeg loaded', () => fromPackets('jpeg', 'loaded', 300)],
  ['packets jpeg decoded', () => fromPackets('jpeg', 'decoded', 300)],
  ['packets jpeg drawn, 100 fps', () => fromPackets('jpeg', 'drawn', 100)],
  ['engine binary decoded', () => fromEngine('binary', 'decoded')],
  ['engine binary drawn', () => fromEngine('binary', 'drawn')],
  ['engine binary drawn, 32 fps', () => fromEngine('binary', 'drawn', 32)],
  ['engine jpeg loaded', () => fromEngine('jpeg', 'loaded')],
  ['engine jpeg loaded, 100 fps', () => fromEngine('jpeg', 'loaded', 100)],
  ['engine jpeg decoded', () => fromEngine('jpeg', 'decoded')],
  ['engine jpeg drawn', () => fromEngine('jpeg', 'drawn')],
]
for (const [name, measure] of cases) {
  if (!name.includes(values.only)) continue
  table[name] = await measure()
  console.log(name, JSON.stringify(table[name]))
}
console.table(table)
await rm(page, { recursive: true, force: true })

/** Sixteen frames with their numbers painted in. */
async function encoded(protocol: Protocol): Promise<FedFrame[]> {
  const pipeline = new EncodePipeline({
    detectorName: 'camera',
    params:
      protocol === 'binary'
        ? binaryParamsSchema.parse({ protocol })
        : jpegParamsSchema.parse({ protocol, windowMode: 'full' }),
  })
  const frames: FedFrame[] = []
  for (const [index, pixels] of (await benchFrames(2 ** markBits, values.frames)).entries()) {
    paintNumber(pixels, index)
    const now = process.hrtime.bigint()
    const info = {
      sequence: index,
      timestampNs: now,
      hostTimeNs: now,
      width: benchWidth,
      height: benchHeight,
      pixelFormat: 'Mono12' as const,
      significantBits: 12,
      exposureMs: 10,
      gain: 1,
    }
    pipeline.load(new Uint8Array(pixels.buffer), info)
    const { buffer, bytes, message } = await pipeline.encode(info)
    frames.push({ message, packet: new Uint8Array(buffer.slice(0, bytes)) })
  }
  return frames
}

function paintNumber(pixels: Uint16Array, index: number): void {
  for (let y = 0; y < markPx; y++) {
    for (let bit = 0; bit < markBits; bit++) {
      const at = y * benchWidth + bit * markPx
      pixels.fill((index >> bit) & 1 ? 4095 : 0, at, at + markPx)
    }
  }
}

async function fromPackets(protocol: Protocol, mode: Mode, fps: number): Promise<object> {
  const feed = await FrameFeed.start({ folder: page })
  const published: (readonly [index: number, atMs: number])[] = []
  const camera = { running: true }
  const feeding = (async () => {
    let dueMs = performance.now()
    for (let frameId = 0; camera.running; frameId++) {
      const frame = packets[protocol][frameId % packets[protocol].length]
      if (frame === undefined) throw new Error('no packets')
      const capturedMs = unixNowMs()
      const { message, packet } = frame
      // As the engine does: nothing is sent (or encoded) for viewers that are not ready.
      if (feed.ready) {
        published.push([frameId % packets[protocol].length, capturedMs])
        const metadata = {
          ...message.metadata,
          frame_id: frameId,
          sequence: frameId,
          captured_at_ms: capturedMs,
        }
        feed.publish({ message: { ...message, metadata }, packet })
      }
      dueMs += 1000 / fps
      await delay(Math.max(0, dueMs - performance.now()))
    }
  })()
  try {
    return summary(await inChromium(feed.url, mode, 'camera'), published)
  } finally {
    camera.running = false
    await feeding
    await feed.close()
  }
}

async function fromEngine(protocol: Protocol, mode: Mode, frameRate = 1000): Promise<object> {
  const frames = values.frames === undefined ? [] : ['--frames', values.frames]
  const server = await ServerProcess.start([
    '--frame-rate',
    protocol === 'jpeg' ? '300' : '100',
    '--app',
    page,
    ...frames,
  ])
  try {
    await server.startLiveView(protocol, {
      frameRate,
      ...(protocol === 'jpeg' ? { windowMode: 'full' as const } : {}),
    })
    return summary(await inChromium(server.url, mode, 'bench'), [])
  } finally {
    await server.stop()
  }
}

/** What the page found out, and the browser's memory every 20 s. */
type Measured = DisplayResults & { readonly memoryMB: readonly number[] }

async function inChromium(url: string, mode: Mode, detector: string): Promise<Measured> {
  const results = Promise.withResolvers<DisplayResults>()
  const collector = createServer((request, response) => {
    const text = new URL(request.url ?? '/', 'http://collector').searchParams.get('results')
    if (text !== null) results.resolve(JSON.parse(text))
    response.end()
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  const seconds = mode === 'memory' ? memorySeconds : Number(values.seconds)
  const query = new URLSearchParams({
    report: `http://127.0.0.1:${port}/`,
    mode,
    seconds: String(seconds),
    detector,
  })
  const chromium = await spawnChromium(`${url}/?${query}`)
  const tooLateMs = (seconds + 40) * 1000
  const timeout = setTimeout(() => results.reject(new Error(`${mode}: the page did not report`)), tooLateMs)
  const memoryMB: number[] = []
  const sample = async () => {
    const bytes = await groupMemoryBytes(chromium.pid)
    if (bytes !== undefined) memoryMB.push(Math.round(bytes / 1e6))
  }
  const sampling = setInterval(() => {
    if (mode === 'memory') sample().catch(results.reject)
  }, 20_000)
  try {
    return { ...(await results.promise), memoryMB }
  } finally {
    clearTimeout(timeout)
    clearInterval(sampling)
    await chromium.close()
    collector.closeAllConnections()
    collector.close()
  }
}

function summary(results: Measured, published: readonly (readonly [number, number])[]): object {
  const { seen, decoded, drawn, error, memoryMB } = results
  const rounded = (figures: Record<string, number>) =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]))
  if (seen === undefined) {
    const memory = memoryMB.length === 0 ? {} : { memoryMB: memoryMB.join(' ') }
    return { ...rounded({ ...decoded, ...drawn }), ...memory, ...(error === undefined ? {} : { error }) }
  }
  // The frame that was seen is the newest published before with this number.
  const latencies = seen.slice(1).flatMap(([index, atMs]) => {
    const frame = published.findLast(([number, publishedMs]) => number === index && publishedMs <= atMs)
    return frame === undefined ? [] : [atMs - frame[1]]
  })
  const sorted = latencies.toSorted((a, b) => a - b)
  const first = seen[0]?.[1] ?? 0
  const last = seen.at(-1)?.[1] ?? 0
  return rounded({
    shownFps: ((seen.length - 1) * 1000) / (last - first),
    latencyMs: sorted[sorted.length >> 1] ?? Number.NaN,
    latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
  })
}
