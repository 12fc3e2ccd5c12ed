/**
 * Viewers that come and go: does memory come back, does every stream go on?
 *     node bench/churn.ts [--seconds 180] [--viewers 50]
 * Three streams of one camera at 10 frames/s, 512 × 512 of 2048 × 2048; up to 50 viewers by socket.io (binary, JPEG)
 * and MJPEG; those of MJPEG vanish without a farewell. Compared is the server's resident memory with one steady viewer
 * of each stream, after the first round of comings and goings and at the end.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { MjpegViewer } from './fixtures/mjpeg-viewer.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '180' }, viewers: { type: 'string', default: '50' } },
})
const seconds = Number(values.seconds)
const most = Number(values.viewers)

/** Always the same order (mulberry32). */
let state = 7
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const server = await ServerProcess.start(['--frame-rate', '30', '--concurrent'])
const params = { frameRate: 10, subsampling: 4 } as const
for (const protocol of ['binary', 'jpeg', 'mjpeg'] as const) await server.startLiveView(protocol, params)

type Viewer = { readonly sequences: number[]; close(): void }
async function join(): Promise<Viewer> {
  const kind = Math.floor(random() * 3)
  if (kind === 2) return MjpegViewer.connect(server.url)
  return SocketViewer.connect(server.url, 'bench', kind === 0 ? 'binary' : 'jpeg')
}

const steady = {
  binary: await SocketViewer.connect(server.url, 'bench', 'binary'),
  jpeg: await SocketViewer.connect(server.url, 'bench', 'jpeg'),
  mjpeg: await MjpegViewer.connect(server.url),
}
const present: Viewer[] = []
let [joined, gone, mute] = [0, 0, 0]

async function churn(forMs: number): Promise<void> {
  const endMs = performance.now() + forMs
  while (performance.now() < endMs) {
    if (random() < 0.5 && present.length < most) {
      present.push(await join())
      joined += 1
    } else if (present.length > 0) {
      leave(Math.floor(random() * present.length))
    }
    await delay(20)
  }
  while (present.length > 0) leave(0)
}

function leave(index: number): void {
  const [viewer] = present.splice(index, 1)
  gone += 1
  if (viewer !== undefined && viewer.sequences.length === 0) mute += 1
  viewer?.close()
}

/** What remains when all but the steady viewers have gone, MB: the least of some seconds, as garbage comes and goes. */
async function rest(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 8; i++) {
    await delay(1000)
    least = Math.min(least, server.residentMb())
  }
  return least
}

/** The longest time without a frame for a steady viewer, ms. */
let longestGapMs = 0
const counts = new Map<Viewer, { frames: number; sinceMs: number }>()
const watch = setInterval(() => {
  for (const viewer of Object.values(steady)) {
    const known = counts.get(viewer)
    const { length: frames } = viewer.sequences
    if (known === undefined || known.frames !== frames)
      counts.set(viewer, { frames, sinceMs: performance.now() })
    else longestGapMs = Math.max(longestGapMs, performance.now() - known.sinceMs)
  }
}, 50)

await churn(Math.min(20, seconds / 4) * 1000)
const before = await rest()
for (const viewer of Object.values(steady)) viewer.sequences.length = 0
longestGapMs = 0
await churn(seconds * 1000)
const after = await rest()
clearInterval(watch)
const watching = (await (await fetch(`${server.url}/api/viewers`)).json()) as unknown[]
console.table({
  'viewers that came': joined,
  'viewers that went': gone,
  'of which got no frame': mute,
  'viewers at the end': watching.length,
  'server MB before': Math.round(before),
  'server MB after': Math.round(after),
  'change %': Number((((after - before) / before) * 100).toFixed(1)),
  'longest gap of a steady viewer ms': Math.round(longestGapMs),
})
for (const viewer of Object.values(steady)) viewer.close()
await server.stop()
