/**
 * What do eight viewers cost instead of one?   node bench/viewers.ts [--seconds 10]
 * Camera and stream at 20 frames/s, 2048 × 2048 × 16 bit; CPU time of the server's process per camera frame.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, frames: { type: 'string' } },
})
const seconds = Number(values.seconds)

const server = await ServerProcess.start([
  '--frame-rate',
  '20',
  ...(values.frames === undefined ? [] : ['--frames', values.frames]),
])
await server.startLiveView('binary', { frameRate: 20 })
const viewers: SocketViewer[] = []
const table: Record<string, object> = {}
for (const count of [1, 8]) {
  while (viewers.length < count) viewers.push(await SocketViewer.connect(server.url, 'bench'))
  await delay(2000)
  for (const viewer of viewers) viewer.reset()
  const cpuMs = server.cpuMs()
  await delay(seconds * 1000)
  const used = server.cpuMs() - cpuMs
  const rates = viewers.map(({ sequences }) => sequences.length / seconds)
  const [stats] = (await server.diagnostics()) as { encoder: { fps: number; encodeMs: number } }[]
  table[`${count} viewers`] = {
    'encoded frames/s': Number(stats?.encoder.fps.toFixed(1)),
    'encode ms/frame': Number(stats?.encoder.encodeMs.toFixed(2)),
    'slowest viewer frames/s': Math.min(...rates),
    'server CPU ms/s': Math.round(used / seconds),
  }
}
for (const viewer of viewers) viewer.close()
await server.stop()
console.table(table)
