/**
 * How much of the disk's speed a recording reaches, with a live view running:
 *     node bench/record.ts [--seconds 10] [--folder somewhere] [--formats raw,ome-tiff,ome-zarr] [--times 1]
 *         [--share 0.95] [--stall-disk ms] [--stall-thread ms] [--simulated-disk MB/s] [--prepared]
 * dd (conv=fdatasync) writes the same frames to the same disk twice before and once after; the camera runs at `--share` of
 * the faster of those before, which is what the recording is compared to. Times count from the first frame until the data
 * are on the disk. `--times`: so many recordings of each format, one after the other, by one server. `--prepared`: what the
 * recording takes is asked for before, as by the app's Record panel.
 *
 * With stalls, the disk, and the thread that records, stand still so long every three seconds; a simulated disk takes
 * frames at a known speed, and keeps none of them (`fixtures/odd-disk.ts`).
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { AcquisitionStatus } from '../src-shared/acquisition/acquisition-status.ts'
import { benchFrames, benchPixels } from './fixtures/bench-frames.ts'
import { ddSpeed } from './fixtures/dd-speed.ts'
import { removeAndSettle } from './fixtures/remove-and-settle.ts'
import { ServerProcess } from './fixtures/server-process.ts'
import { SocketViewer } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    folder: { type: 'string', default: tmpdir() },
    formats: { type: 'string', default: 'raw,ome-tiff,ome-zarr' },
    times: { type: 'string', default: '1' },
    share: { type: 'string', default: '0.95' },
    'stall-disk': { type: 'string', default: '0' },
    'stall-thread': { type: 'string', default: '0' },
    'simulated-disk': { type: 'string' },
    prepared: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const formats = (['raw', 'ome-tiff', 'ome-zarr'] as const).filter((format) => values.formats.includes(format))
const folder = await mkdtemp(join(values.folder, 'coverslip-bench-'))
const frameBytes = benchPixels * 2
const frames = (await benchFrames(8)).map(
  ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
)
/** dd's time for as many frames as a disk of 400 MB/s takes while it is recorded. */
const dd = () =>
  disk.bytesPerSecond ?? ddSpeed({ folder, frames, count: Math.round((seconds * 400e6) / frameBytes) })
type Format = 'raw' | 'ome-tiff' | 'ome-zarr'

const simulated = values['simulated-disk']
const disk = {
  stallMs: Number(values['stall-disk']),
  threadStallMs: Number(values['stall-thread']),
  bytesPerSecond: simulated === undefined ? undefined : Number(simulated) * 1e6,
}
const isOdd = simulated !== undefined || disk.stallMs + disk.threadStallMs > 0

/** So many recordings as asked for, by one server. */
async function record(format: Format, frameRate: number): Promise<readonly Result[]> {
  const args = ['--frame-rate', frameRate.toFixed(2), '--data', folder]
  const server = await ServerProcess.start(args, isOdd ? disk : undefined)
  await server.startLiveView('jpeg', { frameRate: 10, subsampling: 4 })
  const viewer = await SocketViewer.connect(server.url, 'bench')
  const results: Result[] = []
  // The camera's first frames fill memory that is new; what it is late by then comes all at once, as from no real one.
  await delay(3000)
  try {
    for (let i = 0; i < Number(values.times); i++) {
      const shown = viewer.sequences.length
      const result = await recordOnce(server, format)
      results.push({
        'asked MB/s': Math.round((frameRate * frameBytes) / 1e6),
        ...result,
        'live view frames': viewer.sequences.length - shown,
      })
    }
  } finally {
    viewer.close()
    await server.stop()
  }
  return results
}
type Result = Awaited<ReturnType<typeof recordOnce>> & {
  readonly 'asked MB/s': number
  readonly 'live view frames': number
}

async function recordOnce(server: ServerProcess, format: Format) {
  const storage = format === 'ome-zarr' ? { format, compression: 'none', pyramid: false } : { format }
  const request = { storage, until: { kind: 'seconds', seconds } }
  if (values.prepared) {
    await server.post('recording/estimate', request)
    await delay(5000)
  }
  const askedMs = performance.now()
  await server.post('recording/start', request)
  // It keeps the next frame.
  const startedMs = performance.now()
  let status: AcquisitionStatus
  let waitingBytes = 0
  do {
    await delay(50)
    status = (await (await fetch(`${server.url}/api/recording/status`)).json()) as AcquisitionStatus
    waitingBytes = Math.max(waitingBytes, status.buffer.bytes)
  } while (status.state !== 'finished')
  const rate = (status.bytesWritten * 1000) / (performance.now() - startedMs)
  const log = await readFile(join(folder, status.id, 'camera', 'frames.jsonl'), 'utf8')
  const sequences = [...log.matchAll(/"kind":"frame".*?"sequence":(\d+)/g)].map(([, sequence]) =>
    Number(sequence),
  )
  const gaps = sequences.filter((sequence, i) => i > 0 && sequence !== (sequences[i - 1] ?? 0) + 1).length
  const bytes = await folderBytes(join(folder, status.id, 'camera'))
  await removeAndSettle(join(folder, status.id))
  return {
    'MB/s': Math.round(rate / 1e6),
    'until it begins, ms': Math.round(startedMs - askedMs),
    frames: status.frames.written,
    lost: status.frames.lost,
    gaps,
    'most in memory, MB': Math.round(waitingBytes / 1e6),
    'files MB': Math.round(bytes / 1e6),
  }
}

async function folderBytes(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))))
  return sizes.reduce((sum, { size }) => sum + size, 0)
}

const table: Record<string, object> = {}
try {
  for (const format of formats) {
    // The first that writes has to find memory for the system's cache: the faster counts.
    const before = Math.max(await dd(), await dd())
    const results = await record(format, (Number(values.share) * before) / frameBytes)
    const after = await dd()
    for (const [i, result] of results.entries())
      table[i === 0 ? format : `${format}, ${i + 1}`] = {
        'dd before, after MB/s': `${Math.round(before / 1e6)}, ${Math.round(after / 1e6)}`,
        ...result,
        'of dd': Number(((result['MB/s'] * 1e6) / before).toFixed(2)),
      }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.table(table)
