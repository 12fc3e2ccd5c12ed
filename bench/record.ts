/**
 * How much of the disk's speed a recording reaches, with a live view running:
 *     node bench/record.ts [--seconds 10] [--folder somewhere]
 * dd (conv=fdatasync) writes the same frames to the same disk before and after; the camera runs at 0.95 of what
 * the first took. Both times count until the data are on the disk.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { AcquisitionStatus } from '../src-shared/acquisition/acquisition-status.ts'
import { benchFrames, benchPixels } from './fixtures/bench-frames.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, folder: { type: 'string', default: tmpdir() } },
})
const seconds = Number(values.seconds)
const folder = await mkdtemp(join(values.folder, 'coverslip-bench-'))
const frameBytes = benchPixels * 2
const frames = (await benchFrames(8)).map(
  ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
)

/** Bytes per second that dd writes of `count` frames. */
async function dd(count: number): Promise<number> {
  const path = join(folder, 'dd.raw')
  const child = spawn('dd', [
    `of=${path}`,
    `bs=${frameBytes}`,
    'iflag=fullblock',
    'conv=fdatasync',
    'status=none',
  ])
  const ended = new Promise((resolve) => child.on('exit', resolve))
  const startedMs = performance.now()
  for (let i = 0; i < count; i++) {
    const frame = frames[i % frames.length]
    if (frame !== undefined && !child.stdin.write(frame))
      await new Promise((resolve) => child.stdin.once('drain', resolve))
  }
  child.stdin.end()
  await ended
  const rate = (count * frameBytes * 1000) / (performance.now() - startedMs)
  await rm(path)
  return rate
}

async function record(format: 'raw' | 'ome-tiff', frameRate: number) {
  const server = await ServerProcess.start(['--frame-rate', frameRate.toFixed(2), '--data', folder])
  await server.startLiveView('jpeg', { frameRate: 10, subsampling: 4 })
  const viewer = await SocketViewer.connect(server.url, 'bench')
  const request = { storage: { format }, until: { kind: 'seconds', seconds } }
  const startedMs = performance.now()
  await server.post('recording/start', request)
  let status: AcquisitionStatus
  do {
    await delay(50)
    status = (await (await fetch(`${server.url}/api/recording/status`)).json()) as AcquisitionStatus
  } while (status.state !== 'finished')
  const rate = (status.bytesWritten * 1000) / (performance.now() - startedMs)
  const log = await readFile(join(folder, status.id, 'camera', 'frames.jsonl'), 'utf8')
  const sequences = [...log.matchAll(/"kind":"frame".*?"sequence":(\d+)/g)].map(([, sequence]) =>
    Number(sequence),
  )
  const gaps = sequences.filter((sequence, i) => i > 0 && sequence !== (sequences[i - 1] ?? 0) + 1).length
  const shown = viewer.sequences.length
  viewer.close()
  await server.stop()
  const extension = format === 'raw' ? 'raw' : 'ome.tiff'
  const { size } = await stat(join(folder, status.id, 'camera', `${status.name}.${extension}`))
  await rm(join(folder, status.id), { recursive: true })
  return {
    'asked MB/s': Math.round((frameRate * frameBytes) / 1e6),
    'MB/s': Math.round(rate / 1e6),
    frames: status.frames.written,
    lost: status.frames.lost,
    gaps,
    'file MB': Math.round(size / 1e6),
    'live view frames': shown,
  }
}

const count = Math.round((seconds * 400e6) / frameBytes)
const table: Record<string, object> = {}
try {
  for (const format of ['raw', 'ome-tiff'] as const) {
    const before = await dd(count)
    const result = await record(format, (0.95 * before) / frameBytes)
    const after = await dd(count)
    const slower = Math.min(before, after)
    table[format] = {
      'dd before, after MB/s': `${Math.round(before / 1e6)}, ${Math.round(after / 1e6)}`,
      ...result,
      'of dd': Number(((result['MB/s'] * 1e6) / slower).toFixed(2)),
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.table(table)
