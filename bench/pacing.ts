/**
 * Does a stream keep its frame rate exactly, without doubles?   node bench/pacing.ts [--seconds 20]
 * A camera of 50 frames/s, a small stream asked for 30 and for 60, counted at a socket.io viewer.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ServerProcess } from './fixtures/server-process.ts'
import { percentile, SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } })
const seconds = Number(values.seconds)

const server = await ServerProcess.start(['--frame-rate', '50'])
const viewer = await SocketViewer.connect(server.url, 'bench')
const table: Record<string, object> = {}
for (const frameRate of [30, 60]) {
  await server.startLiveView('binary', { frameRate, subsampling: 4 })
  await delay(2000)
  viewer.reset()
  const startedMs = performance.now()
  await delay(seconds * 1000)
  const elapsedMs = performance.now() - startedMs
  const { sequences, latenciesMs } = viewer
  const cameraFrames = (sequences.at(-1) ?? 0) - (sequences[0] ?? 0) + 1
  table[`asked for ${frameRate}`] = {
    'frames/s': Number(((sequences.length * 1000) / elapsedMs).toFixed(2)),
    doubles: sequences.length - new Set(sequences).size,
    'camera frames': cameraFrames,
    'not sent': cameraFrames - sequences.length,
    'latency p50 ms': Number(percentile(latenciesMs, 50).toFixed(1)),
    'p99 ms': Number(percentile(latenciesMs, 99).toFixed(1)),
  }
  await server.post('liveview/stop', {})
}
viewer.close()
await server.stop()
console.log(`Camera 50 frames/s, ${seconds} s each`)
console.table(table)
