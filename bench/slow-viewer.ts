/**
 * Does one slow viewer disturb the others?   node bench/slow-viewer.ts [--seconds 15] [--fps 20]
 * MJPEG, quality 80, 2048 × 2048: three viewers alone, then beside one that takes 100 kB/s.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { MjpegViewer } from './fixtures/mjpeg-viewer.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { percentile } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, fps: { type: 'string', default: '20' } },
})
const seconds = Number(values.seconds)

const server = await ServerProcess.start(['--frame-rate', values.fps])
await server.startLiveView('mjpeg', { quality: 80, frameRate: 1000 })
const viewers = await Promise.all([1, 2, 3].map(() => MjpegViewer.connect(server.url)))
const table: Record<string, object> = {}

async function measure(name: string): Promise<void> {
  await delay(2000)
  for (const viewer of viewers) viewer.reset()
  await delay(seconds * 1000)
  const latencies = viewers.flatMap(({ latenciesMs }) => latenciesMs)
  table[name] = {
    'slowest viewer frames/s': Math.min(...viewers.map(({ sequences }) => sequences.length / seconds)),
    'latency p50 ms': Number(percentile(latencies, 50).toFixed(1)),
    'latency p95 ms': Number(percentile(latencies, 95).toFixed(1)),
  }
}

await measure('alone')
const slow = await MjpegViewer.connect(server.url)
const end = new AbortController()
const throttled = slow.throttle(100_000, end.signal)
await measure('beside a slow one')
const skipped = ((await (await fetch(`${server.url}/api/viewers`)).json()) as { skipped: number }[])
  .map((viewer) => viewer.skipped)
  .sort((a, b) => b - a)
console.table(table)
console.log(
  `The slow one: ${slow.sequences.length} frames, ${skipped[0]} skipped; skipped by the others: ${skipped.slice(1).join(', ')}`,
)
end.abort()
await throttled
for (const viewer of [slow, ...viewers]) viewer.close()
await server.stop()
