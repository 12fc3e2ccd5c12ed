/**
 * GigE Vision: `node bench/gige.ts [--seconds 60]`. Aravis' fake camera runs in a network namespace of its own with this
 * process; where there is none, that part is left out. The other parts use the simulator of this project.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { BlockAssembler } from '../drivers/gige-vision/gvsp/block-assembler.ts'
import { deviceMemory } from '../src-main/devices/device-connection.ts'
import { startGigeSimulator } from '../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { blockPackets, imageLeader } from '../tests/fixtures/gvsp-packets.ts'
import type { ReceiverOrders, ReceiverReport } from './fixtures/gige-receiver-worker.ts'
import { measureReconnecting } from './fixtures/gige-reconnecting.ts'

const inside = 'COVERSLIP_BENCH_IN_NAMESPACE'
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
const seconds = Number(values.seconds)
const percent = (share: number) => `${(100 * share).toFixed(2)} %`

/**
 * Starts the receiving thread, while this one is blocked 200 ms of every 250 ms if so wished. It sleeps meanwhile: its
 * event loop stands still, but it takes nothing of the cores that camera and receiver share.
 */
async function receive(orders: ReceiverOrders, block: 'blocked' | 'free'): Promise<ReceiverReport> {
  const worker = new Worker(new URL('./fixtures/gige-receiver-worker.ts', import.meta.url), {
    workerData: orders,
    resourceLimits: deviceMemory,
  })
  const timer =
    block === 'free'
      ? undefined
      : setInterval(() => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
        }, 250)
  try {
    const [report] = await once(worker, 'message')
    return report
  } finally {
    clearInterval(timer)
    await worker.terminate()
  }
}

function tell(title: string, report: ReceiverReport): void {
  const { frames, seconds: elapsed, bytes, incomplete, sent, cpu, lostPackets, resentPackets } = report
  console.log(
    `${title}: ${(frames / elapsed).toFixed(2)} frames/s, ${(bytes / elapsed / 1e6).toFixed(1)} MB/s, ` +
      `${incomplete} incomplete, ${percent(frames / sent)} of ${sent} complete, ${percent(cpu)} of a core, ` +
      `${lostPackets} packets lost, ${resentPackets} resent; ` +
      `heap ${report.heapMiB.map((mib) => mib.toFixed(1)).join(' → ')} MiB, ` +
      `${report.garbageCollections} collections of ${report.garbageMs.toFixed(0)} ms in all`,
  )
}

async function fromAravis(): Promise<void> {
  const fake = spawn('arv-fake-gv-camera-0.8', ['-i', '127.0.0.1', '-s', 'BENCH'], { stdio: 'ignore' })
  try {
    await delay(500)
    const options = { packetSize: 1400, receiveBufferMiB: 64 }
    const settings = { roiWidth: 2048, roiHeight: 2048, frameRate: 30 }
    tell(
      'Aravis, 2048 × 2048 Mono8, 1400-byte packets, main thread blocked',
      await receive({ options, settings, seconds }, 'blocked'),
    )
  } finally {
    fake.kill('SIGKILL')
  }
}

async function withLoss(loss: number, extendedIds: boolean): Promise<void> {
  const simulator = await startGigeSimulator({
    port: 0,
    broadcast: false,
    width: 1024,
    height: 1024,
    frameRate: 25,
    extendedIds,
    link: { loss },
  })
  try {
    const options = { port: simulator.port, packetSize: 1400 }
    const settings = { TestPattern: 'GreyDiagonalRampMoving' }
    const title = `simulator, 1024 × 1024 Mono8, ${extendedIds ? 'extended' : 'standard'} ids, ${percent(loss)} of packets lost`
    tell(title, await receive({ options, settings, seconds: Math.min(seconds, 15) }, 'free'))
  } finally {
    await simulator.close()
  }
}

/** What assembling alone costs, without sockets. */
function assembling(): void {
  const [width, height, packetSize] = [2048, 2048, 1400]
  const bytes = width * height
  const slot = new Uint8Array(new SharedArrayBuffer(bytes))
  const assembler = new BlockAssembler({
    sink: { slot: () => slot, commit: () => undefined, fault: (error) => console.error(error) },
    packetSize,
    payloadSize: bytes,
    maxFrameBytes: bytes,
    expected: undefined,
    incomplete: () => 'drop',
    describe: () => ({ timestampNs: 0n, exposureMs: 0, gain: 0 }),
  })
  const packets = blockPackets({
    blockId: 1,
    packetSize,
    leader: imageLeader({ width, height }),
    data: Buffer.alloc(bytes, 7),
  })
  let blockId = 0
  const frame = () => {
    blockId = blockId === 0xffff ? 1 : blockId + 1
    // By index: an iterator would allocate per packet itself.
    for (let i = 0; i < packets.length; i++) {
      const packet = packets[i]
      if (packet === undefined) continue
      packet.writeUInt16BE(blockId, 2)
      assembler.receive(packet, packet.length)
    }
  }
  for (let i = 0; i < 50; i++) frame()
  const frames = 300
  const heap = process.memoryUsage().heapUsed
  const cpu = process.threadCpuUsage()
  for (let i = 0; i < frames; i++) frame()
  const { user, system } = process.threadCpuUsage(cpu)
  const allocated = process.memoryUsage().heapUsed - heap
  const count = frames * packets.length
  console.log(
    `assembling alone: ${((user + system) / count).toFixed(2)} µs and ${(allocated / count).toFixed(2)} bytes of heap per packet (${count} packets)`,
  )
}

if (process.env[inside] === '1') {
  await fromAravis()
} else {
  assembling()
  const namespace = ['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'] as const
  const [command, ...prepare] = namespace
  const possible =
    spawnSync('which', ['arv-fake-gv-camera-0.8']).status === 0 &&
    spawnSync(command, [...prepare, 'true']).status === 0
  if (possible) {
    const args = [
      ...prepare,
      process.execPath,
      ...process.execArgv,
      import.meta.filename,
      '--seconds',
      values.seconds,
    ]
    spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, [inside]: '1' } })
  } else {
    console.log('Aravis’ fake camera or a network namespace is missing: that part is left out.')
  }
  for (const loss of [0.01, 0.05]) for (const extended of [false, true]) await withLoss(loss, extended)
  console.log(await measureReconnecting())
}
