/**
 * WebRTC from 2048 × 2048 × 16 bit to the screen of a plainly started Chromium on the same computer.
 *
 *     node bench/webrtc.ts [--seconds 15] [--camera 30] [--codec VP8] [--kbps 8000]
 *     node bench/webrtc.ts --cycles 200 [--steady]
 *
 * The camera paints its frame number into the image; the page reads it back from each frame that the video element
 * presents. `latency`: from the end of the exposure to the expected time on the screen. With `--cycles`, a page
 * connects and leaves so often instead (with `--steady`, beside a connection that stays), and the memory of the processes
 * that hold the connections is compared.
 */
import { readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEngine } from '../src-main/engine/create-engine.ts'
import { eventually } from '../tests/fixtures/eventually.ts'
import { buildPage } from './browser/build-page.ts'
import { spawnChromium } from './browser/chromium.ts'
import { markBits, type WebrtcResults } from './browser/webrtc-page/results.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    camera: { type: 'string', default: '30' },
    codec: { type: 'string', default: 'VP8' },
    kbps: { type: 'string', default: '8000' },
    cycles: { type: 'string', default: '0' },
    steady: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const cycles = Number(values.cycles)
const codec = (['VP8', 'VP9', 'AV1'] as const).find((name) => name === values.codec) ?? 'VP8'

const viewer = {
  callerId: 'bench',
  label: 'Bench',
  role: 'operator',
  address: '127.0.0.1',
  client: 'webrtc',
} as const
const driverUrl = new URL('./fixtures/bench-camera-driver.ts', import.meta.url).href
const options = { frameRate: Number(values.camera), numbered: true }
const engine = await createEngine({
  connections: [{ id: 'bench', title: 'Bench camera', worker: { driverUrl, address: 'memory', options } }],
})
// Its frames are being generated.
await eventually('the camera', () => engine.devices.devices().some(({ status }) => status.state === 'ready'))
await engine.liveView.startLiveView({
  protocol: 'webrtc',
  params: { windowMode: 'full', frameRate: 60, maxWidth: 1280, codec, bitrateKbps: Number(values.kbps) },
})
let alertsRaised = 0
engine.on((event) => {
  if (event.type === 'alertRaised') alertsRaised += 1
})

const folder = await buildPage(fileURLToPath(new URL('./browser/webrtc-page/', import.meta.url)))
const finished = Promise.withResolvers<WebrtcResults>()
const contentTypes: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
const server = createServer((request, response) => {
  answer(request).then(
    ({ type, body }) => response.setHeader('content-type', type).end(body),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
})

async function answer(request: IncomingMessage): Promise<{ type: string; body: string | Buffer }> {
  const path = new URL(request.url ?? '/', 'http://bench').pathname
  if (path === '/offer') {
    const { sdp } = await engine.webrtc.answer({ sdp: await text(request) }, viewer)
    return { type: 'application/sdp', body: sdp }
  }
  if (path === '/results') {
    finished.resolve(JSON.parse(await text(request)))
    return { type: 'text/plain', body: '' }
  }
  const body = await readFile(join(folder, path === '/' ? 'index.html' : path))
  return { type: contentTypes[extname(path === '/' ? 'index.html' : path)] ?? 'text/plain', body }
}

server.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const { port } = server.address() as AddressInfo
const query = new URLSearchParams(cycles > 0 ? { cycles: `${cycles}` } : { seconds: `${seconds}` })
if (values.steady) query.set('steady', '')
const memoryBefore = await peerProcessMB()
const chromium = await spawnChromium(`http://127.0.0.1:${port}/?${query}`)
const stats = () => engine.liveView.getDiagnostics({})[0]
const limit = setTimeout(
  () => finished.reject(new Error('The page did not report')),
  60_000 + 1000 * (seconds + 3 * cycles),
)
const encodeMs: number[] = []
const sampling = setInterval(() => {
  const { encodeMs: ms = 0 } = stats()?.encoder ?? {}
  if (ms > 0) encodeMs.push(ms)
}, 1000)
try {
  const results = await finished.promise
  if (results.error !== undefined) throw new Error(results.error)
  console.log(cycles > 0 ? await cyclesSummary(results) : watchSummary(results))
} finally {
  clearTimeout(limit)
  clearInterval(sampling)
  await chromium.close()
  server.closeAllConnections()
  server.close()
  await engine.close()
  await rm(folder, { recursive: true, force: true })
}

function watchSummary({ seen, notes, ...rest }: WebrtcResults): object {
  const captured = new Map(notes.map(([sequence, atMs]) => [sequence % 2 ** markBits, atMs]))
  const distinct = new Set(seen.map(([number]) => number))
  const repeated = seen.filter(([number], i) => i > 0 && seen[i - 1]?.[0] === number).length
  const latencies = seen.flatMap(([number, atMs]) => {
    const fromMs = captured.get(number)
    return fromMs === undefined ? [] : [atMs - fromMs]
  })
  const [first, last] = [seen[0]?.[1] ?? 0, seen.at(-1)?.[1] ?? 0]
  const { matched, mismatched, frameWidth = 0, framesDropped = 0, kbps = 0 } = rest
  const { jitterBufferMs = Number.NaN, decodeMs = Number.NaN } = rest
  return rounded({
    distinctFps: ((distinct.size - 1) * 1000) / (last - first),
    latencyP50Ms: quantile(latencies, 0.5),
    latencyP95Ms: quantile(latencies, 0.95),
    repeated,
    unreadable: seen.length - latencies.length,
    signallingMs: rest.signallingMs[0] ?? Number.NaN,
    preparationMs: quantile(encodeMs, 0.5),
    matched,
    mismatched,
    captureErrorP5Ms: quantile(rest.captureErrorsMs, 0.05),
    captureErrorP50Ms: quantile(rest.captureErrorsMs, 0.5),
    captureErrorP95Ms: quantile(rest.captureErrorsMs, 0.95),
    frameWidth,
    framesDropped,
    kbps,
    jitterBufferMs,
    decodeMs,
  })
}

async function cyclesSummary({ signallingMs }: WebrtcResults): Promise<object> {
  // The last ones are missed after 10 s, if they left before they had a data channel.
  await delay(15_000)
  return {
    ...rounded({
      cycles: signallingMs.length,
      signallingP50Ms: quantile(signallingMs, 0.5),
      signallingMaxMs: Math.max(...signallingMs),
      sessionsLeft: engine.viewers.list().length,
      alerts: engine.alerts.list().length,
      alertsRaised,
    }),
    peerProcessMB: `${memoryBefore} to ${await peerProcessMB()}`,
  }
}

/** Resident memory of the processes that hold the connections. */
async function peerProcessMB(): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN
  let kilobytes = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const child =
      Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === process.pid && command.includes('peer-process')
    if (child) kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])
  }
  return Math.round(kilobytes / 1024)
}

function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length * share)] ?? Number.NaN
}

function rounded(figures: Record<string, number>): object {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]),
  )
}
