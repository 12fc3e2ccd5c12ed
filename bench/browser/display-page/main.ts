/**
 * Page of the display benchmark: shows (or only decodes) a stream for some seconds, then leaves for the address that
 * collects the results. Query: report, mode (loaded | decoded | drawn | seen), seconds, detector, high.
 */
import { SocketConnection } from '../../../src-renderer/display/socket-connection.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { LiveDisplay } from '../../../src-renderer/display/live-display.ts'
import type { DisplayStats } from '../../../src-renderer/display/display-types.ts'
import { type DisplayResults, markBits, markPx } from './results.ts'

const query = new URLSearchParams(location.search)
const mode = query.get('mode') ?? 'drawn'
const seconds = Number(query.get('seconds') ?? 5)
const detector = query.get('detector') ?? 'camera'
const canvas = document.querySelector('canvas')
const imagePx = 2048

function report(results: DisplayResults) {
  location.assign(`${query.get('report')}?results=${encodeURIComponent(JSON.stringify(results))}`)
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What ImSwitch's page does with JPEG frames, for comparison: hands them to an `<img>` and waits for its `load`. */
function load() {
  const latencies: number[] = []
  let bytes = 0
  let startMs = 0
  const connection = new SocketConnection(location.origin, '/socket.io/', {
    onFrame: (message, packet) => {
      const image = new Image()
      image.onload = () => {
        connection.acknowledge(message.metadata.frame_id)
        const nowMs = performance.now()
        startMs ||= nowMs
        bytes += packet.byteLength
        // The first second is for warming up.
        if (nowMs - startMs > 1000) latencies.push(unixNowMs() - message.metadata.captured_at_ms)
        if (nowMs - startMs < 1000 * (seconds + 1)) return
        connection.close()
        const sorted = latencies.toSorted((x, y) => x - y)
        report({
          decoded: {
            fps: latencies.length / ((nowMs - startMs) / 1000 - 1),
            latencyMs: sorted[sorted.length >> 1] ?? Number.NaN,
            latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
            megabytesPerSecond: bytes / 1e3 / (nowMs - startMs),
          },
        })
      }
      image.src = `data:image/jpeg;base64,${packet.toBase64()}`
    },
    onSubscribe: () => undefined,
    onConnection: () => undefined,
    onError: (error) => error && report({ error: error.message }),
  })
  connection.subscribe({ detectorName: detector })
}

function decodeOnly() {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }: MessageEvent<DisplayResults>) => report(data))
  worker.addEventListener('error', ({ message }) => report({ error: message }))
  worker.postMessage({ url: location.origin, detector, seconds })
}

async function show(target: HTMLCanvasElement) {
  const display = new LiveDisplay(target, { kind: 'socket', url: location.origin, path: '/socket.io/' })
  let error: string | undefined
  display.onConnection((state) => {
    error = state.error?.message
  })
  const collected: DisplayStats[] = []
  display.onStats((stats) => collected.push(stats))
  display.resize(target.clientWidth, target.clientHeight, devicePixelRatio)
  display.setDisplay({
    low: 0,
    high: Number(query.get('high') ?? 4095),
    gamma: 1,
    lut: 'gray',
    markSaturated: false,
  })
  display.subscribe(detector)
  const first = await Promise.race([new Promise((resolve) => display.onFrame(resolve)), delay(15_000)])
  if (first === undefined) return report({ error: error ?? 'no frame came' })
  await delay(3000)
  collected.length = 0
  if (mode === 'seen') return report({ seen: await watch(target, seconds) })
  await delay(seconds * 1000)
  const median = (of: (stats: DisplayStats) => number | undefined) =>
    collected.map((stats) => of(stats) ?? Number.NaN).toSorted((a, b) => a - b)[collected.length >> 1] ??
    Number.NaN
  const last = collected.at(-1)
  report({
    drawn: {
      receivedFps: median(({ receivedFps }) => receivedFps),
      shownFps: median(({ shownFps }) => shownFps),
      latencyMs: median(({ latencyMs }) => latencyMs),
      latencyP95Ms: median(({ latencyP95Ms }) => latencyP95Ms),
      decodeMs: median(({ decodeMs }) => decodeMs),
      drawMs: median(({ drawMs }) => drawMs),
      missed: last?.missed ?? 0,
      dropped: last?.dropped ?? 0,
    },
    ...(error === undefined ? {} : { error }),
  })
}

/** Reads the frame number that is painted into the image back from the canvas on the page, as an eye would. */
async function watch(target: HTMLCanvasElement, forSeconds: number) {
  const seen: [number, number][] = []
  const copy = new OffscreenCanvas(markBits, 1)
  const context = copy.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('no 2D canvas')
  const zoom = Math.min(target.clientWidth, target.clientHeight) / imagePx
  const left = (target.clientWidth - imagePx * zoom) / 2
  const top = (target.clientHeight - imagePx * zoom) / 2
  const end = performance.now() + forSeconds * 1000
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame)
    for (let bit = 0; bit < markBits; bit++) {
      const x = left + (bit + 0.5) * markPx * zoom
      context.drawImage(target, x, top + 0.5 * markPx * zoom, 1, 1, bit, 0, 1, 1)
    }
    const { data } = context.getImageData(0, 0, markBits, 1)
    let index = 0
    for (let bit = 0; bit < markBits; bit++) if ((data[4 * bit] ?? 0) > 127) index |= 1 << bit
    if (seen.at(-1)?.[0] !== index) seen.push([index, performance.timeOrigin + performance.now()])
  }
  return seen
}

try {
  if (canvas === null) throw new Error('The page has no canvas')
  if (mode === 'loaded') load()
  else if (mode === 'decoded') decodeOnly()
  else await show(canvas)
} catch (error) {
  report({ error: String(error) })
}
