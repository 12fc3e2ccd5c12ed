/** What does an idle Coverslip cost?   node bench/idle.ts [--seconds 20] */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } })
const seconds = Number(values.seconds)

const server = await ServerProcess.start([])
const viewer = await SocketViewer.connect(server.url, 'bench')
// A stream that ran and was stopped must leave nothing running behind.
await server.startLiveView('binary', { subsampling: 4 })
await delay(2000)
await server.post('liveview/stop', {})
await delay(3000)

const before = { cpuMs: server.cpuMs(), wakeUps: server.wakeUps() }
await delay(seconds * 1000)
const cpuMs = server.cpuMs() - before.cpuMs
const wakeUps = server.wakeUps() - before.wakeUps
console.log(`Nothing streaming, one viewer connected, ${seconds} s:`)
console.log(
  `CPU ${((cpuMs / (seconds * 1000)) * 100).toFixed(2)} % of a core; main thread woken ${(wakeUps / seconds).toFixed(1)} times a second`,
)
viewer.close()
await server.stop()
