/**
 * Records 2048 × 2048 × 16 bit for a minute at the rate that dd writes at, with a live view running, and has the frames'
 * numbers read from the images by tifffile or numpy:
 *     node bench/record-long.ts [--seconds 60] [--format ome-tiff] [--folder somewhere]
 * Every number must be there, one after the other; otherwise it ends with an error.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { AcquisitionStatus } from '../src-shared/acquisition/acquisition-status.ts'
import { python } from '../tests/fixtures/peer-programs.ts'
import { markBits, markShare } from './browser/webrtc-page/results.ts'
import { benchFrames, benchHeight, benchPixels, benchWidth } from './fixtures/bench-frames.ts'
import { ddSpeed } from './fixtures/dd-speed.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    format: { type: 'string', default: 'ome-tiff' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const frameBytes = benchPixels * 2
const folder = await mkdtemp(join(values.folder, 'coverslip-bench-'))
const frames = (await benchFrames(8)).map(
  ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
)
try {
  // The first that writes has to find memory for the system's cache: the faster counts.
  const speed = () => ddSpeed({ folder, frames, count: Math.round(2e9 / frameBytes) })
  const dd = Math.max(await speed(), await speed())
  const rate = (dd / frameBytes).toFixed(2)
  const server = await ServerProcess.start(['--frame-rate', rate, '--data', folder, '--numbered'])
  await server.startLiveView('jpeg', { frameRate: 10, subsampling: 4 })
  const viewer = await SocketViewer.connect(server.url, 'bench')
  const until = { kind: 'seconds', seconds: Number(values.seconds) }
  await server.post('recording/start', { storage: { format: values.format }, until })
  const startedMs = performance.now()
  let status: AcquisitionStatus
  let mostWaiting = 0
  /** Whether memory was full tells who was late: the disk, or the thread that records. */
  const losses: { readonly atS: number; readonly lost: number; readonly 'memory, %': number }[] = []
  do {
    await delay(100)
    status = (await (await fetch(`${server.url}/api/recording/status`)).json()) as AcquisitionStatus
    const { frames: counted, buffer } = status
    mostWaiting = Math.max(mostWaiting, buffer.bytes)
    const atS = Math.round((performance.now() - startedMs) / 100) / 10
    if (counted.lost > (losses.at(-1)?.lost ?? 0))
      losses.push({
        atS,
        lost: counted.lost,
        'memory, %': Math.round((100 * buffer.bytes) / buffer.limitBytes),
      })
  } while (status.state !== 'finished')
  const written = (status.bytesWritten * 1000) / (performance.now() - startedMs)
  viewer.close()
  await server.stop()
  const extension = values.format === 'raw' ? 'raw' : 'ome.tiff'
  const file = join(folder, status.id, 'camera', `${status.name}.${extension}`)
  const script = fileURLToPath(new URL('./fixtures/recorded-numbers.py', import.meta.url))
  const shape = [benchWidth, benchHeight, benchWidth * markShare, markBits].map(String)
  const found = JSON.parse(execFileSync(python, [script, file, ...shape], { encoding: 'utf8' })) as {
    images: number
    wrong: number
  }
  console.log({
    format: values.format,
    'dd MB/s': Math.round(dd / 1e6),
    'recorded MB/s': Math.round(written / 1e6),
    frames: status.frames,
    'most in memory, MB': Math.round(mostWaiting / 1e6),
    losses,
    'by an independent reader': found,
    'live view frames': viewer.sequences.length,
  })
  if (found.wrong > 0 || found.images !== status.frames.written || status.frames.lost > 0)
    throw new Error('Not every frame is there')
} finally {
  await rm(folder, { recursive: true, force: true })
}
