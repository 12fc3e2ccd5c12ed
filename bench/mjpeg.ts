/**
 * MJPEG, quality 80, of 2048 × 2048 × 16 bit.   node bench/mjpeg.ts [--frames file.raw] [--seconds 10]
 *
 * How many frames/s reach a raw HTTP client; what eight viewers cost instead of one (at 20 frames/s); and how many
 * distinct frames an `<img>` of a plainly started Chromium shows, from the end of the exposure until a canvas that
 * draws the image has it (frames carry their number).
 *
 * `--only raw|viewers|image` measures one of them.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findChromium, spawnChromium } from './browser/chromium.ts'
import { markBits, markShare } from './browser/webrtc-page/results.ts'
import { benchWidth } from './fixtures/bench-frames.ts'
import { MjpegViewer } from './fixtures/mjpeg-viewer.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { percentile } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    frames: { type: 'string' },
    only: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const files = values.frames === undefined ? [] : ['--frames', values.frames]
const params = { quality: 80, frameRate: 1000 } as const

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

async function encoder(server: ServerProcess): Promise<{ fps: number; encodeMs: number }> {
  const [stats] = (await server.diagnostics()) as { encoder: { fps: number; encodeMs: number } }[]
  return stats?.encoder ?? { fps: Number.NaN, encodeMs: Number.NaN }
}

/** As fast as it goes, to one client. */
async function fastest(windowMode: 'full' | 'auto'): Promise<object> {
  const server = await ServerProcess.start(['--frame-rate', '400', ...files])
  await server.startLiveView('mjpeg', { ...params, windowMode })
  const viewer = await MjpegViewer.connect(server.url)
  await delay(2000)
  viewer.reset()
  const cpuMs = server.cpuMs()
  await delay(seconds * 1000)
  const { length: frames } = viewer.sequences
  const figures = {
    'frames/s': round(frames / seconds),
    'MB/s': round(viewer.bytes / seconds / 1e6),
    'latency p50 ms': round(percentile(viewer.latenciesMs, 50)),
    'latency p95 ms': round(percentile(viewer.latenciesMs, 95)),
    'server CPU ms/frame': round((server.cpuMs() - cpuMs) / frames, 2),
  }
  viewer.close()
  await server.stop()
  return figures
}

async function oneAndEight(): Promise<Record<string, object>> {
  const server = await ServerProcess.start(['--frame-rate', '20', ...files])
  await server.startLiveView('mjpeg', params)
  const viewers: MjpegViewer[] = []
  const table: Record<string, object> = {}
  for (const count of [1, 8]) {
    while (viewers.length < count) viewers.push(await MjpegViewer.connect(server.url))
    await delay(2000)
    for (const viewer of viewers) viewer.reset()
    const cpuMs = server.cpuMs()
    await delay(seconds * 1000)
    const used = server.cpuMs() - cpuMs
    const { fps, encodeMs } = await encoder(server)
    table[`${count} viewers`] = {
      'encoded frames/s': round(fps),
      'encode ms/frame': round(encodeMs, 2),
      'slowest viewer frames/s': Math.min(...viewers.map(({ sequences }) => sequences.length / seconds)),
      'server CPU ms/s': Math.round(used / seconds),
    }
  }
  for (const viewer of viewers) viewer.close()
  await server.stop()
  return table
}

/**
 * Of the image, for reading its number. From its own pixels, the page's main thread would have to decode it in full
 * (20 ms, half of that for fresh memory of 16 MB) beside the thread that decodes it to its size on the screen; that
 * would take a third of the frames from what is measured. To an eighth it is decoded in 4 ms.
 */
const reduction = 8

/**
 * The page: an image as high as most of the window, as in ImSwitch's; reads the number of the frame that it shows at
 * each of the browser's frames.
 */
const page = (image: string): string => `<!doctype html>
<img id="live" src="${image}" style="max-width: 100%; max-height: 80vh"><script>
const [bits, squarePx, reduction] = [${markBits}, ${(benchWidth * markShare) / reduction}, ${reduction}]
const canvas = new OffscreenCanvas(bits * squarePx, squarePx)
const context = canvas.getContext('2d', { willReadFrequently: true })
context.imageSmoothingQuality = 'high'
const seen = []
let last = -1
function look() {
  requestAnimationFrame(look)
  if (live.naturalWidth === 0) return
  // Once, and whole: each use of a new image may decode it again, and only a whole one is decoded to a smaller size.
  context.drawImage(live, 0, 0, live.naturalWidth / reduction, live.naturalHeight / reduction)
  const { data } = context.getImageData(0, squarePx / 2, bits * squarePx, 1)
  let number = 0
  for (let bit = 0; bit < bits; bit++) if (data[4 * (bit + 0.5) * squarePx] > 127) number |= 1 << bit
  if (number !== last) seen.push([number, performance.timeOrigin + performance.now()])
  last = number
}
look()
setTimeout(() => { seen.length = 0 }, 4000)
setTimeout(() => fetch('/results', { method: 'POST', body: JSON.stringify(seen) }), ${4000 + seconds * 1000})
</script>`

async function shown(): Promise<object> {
  const finished = Promise.withResolvers<[number, number][]>()
  let address = ''
  const web = createServer((request, response) => {
    if (request.method === 'POST') {
      void text(request).then((body) => finished.resolve(JSON.parse(body)))
      response.end()
    } else response.setHeader('content-type', 'text/html').end(page(`${address}/api/mjpeg`))
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const { port } = web.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const numbered = ['--numbered', '--allow-origin', origin]
  const server = await ServerProcess.start(['--frame-rate', '100', ...numbered, ...files])
  address = server.url
  await server.startLiveView('mjpeg', { ...params, windowMode: 'full', frameRate: 60 })
  const reference = await MjpegViewer.connect(server.url)
  // The image comes from another port: without this, what is drawn of it could not be read.
  const browser = await spawnChromium(`${origin}/`, { args: ['--disable-web-security'] })
  const seen = await finished.promise
  const modulus = 2 ** markBits
  const captured = new Map([...reference.capturedMs].map(([sequence, atMs]) => [sequence % modulus, atMs]))
  const latencies = seen.flatMap(([number, atMs]) => {
    const capturedMs = captured.get(number)
    return capturedMs === undefined ? [] : [atMs - capturedMs]
  })
  await browser.close()
  web.close()
  reference.close()
  await server.stop()
  return {
    'distinct frames/s': round(seen.length / seconds),
    'latency p50 ms': round(percentile(latencies, 50)),
    'latency p95 ms': round(percentile(latencies, 95)),
  }
}

const wanted = (part: 'raw' | 'viewers' | 'image') => values.only === undefined || values.only === part
if (wanted('raw')) {
  console.table({
    'raw HTTP client, full range': await fastest('full'),
    'raw HTTP client, automatic window': await fastest('auto'),
  })
}
if (wanted('viewers')) console.table(await oneAndEight())
if (wanted('image')) {
  if (findChromium() === undefined) console.log('No Chromium: what an <img> shows was not measured.')
  else console.table({ '<img> in Chromium': await shown() })
}
