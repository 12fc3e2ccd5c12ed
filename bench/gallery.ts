/**
 * Opening recordings in the gallery and stepping through them: 2 GB of large images, and a hundred thousand small ones,
 * in their folder and, as one file, moved out of it:
 *     node bench/gallery.ts [--folder somewhere]
 * The files were written just before, so most of them are in the operating system's cache. The memory is that of the
 * whole process, beyond what it had before, at its most.
 */
import { appendFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Gallery } from '../src-main/acquisition/gallery/gallery.ts'
import type { DatasetLayout } from '../src-main/acquisition/storage/dataset-writer.ts'
import { openDataset } from '../src-main/acquisition/storage/open-dataset.ts'
import type { StorageOptions } from '../src-shared/acquisition/storage-options.ts'
import { benchFrames } from './fixtures/bench-frames.ts'

const { values } = parseArgs({ options: { folder: { type: 'string', default: tmpdir() } } })
const dataFolder = await mkdtemp(join(values.folder, 'coverslip-bench-'))
const frames = (await benchFrames(4)).map(
  (frame) =>
    new Uint8Array(Uint8Array.from(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength))),
)

const large = { side: 2048, count: 256 }
const small = { side: 32, count: 100_000 }

function layoutOf(name: string, side: number): DatasetLayout {
  return {
    name,
    camera: { id: 'camera', name: 'Camera', model: 'Bench' },
    image: { width: side, height: side, pixelFormat: 'Mono12', significantBits: 12, pixelSizeUm: 0.65 },
    axes: [{ axis: 't', length: undefined }],
    positions: [],
    channels: [{ name: 'Camera' }],
    startedAt: Date.now(),
    software: 'bench',
    metadata: {},
  }
}

/** Writes a recording as the recorder does. */
async function write(name: string, { side, count }: typeof large, storage: StorageOptions): Promise<void> {
  const folder = join(dataFolder, 'recordings', name)
  await mkdir(join(folder, 'camera'), { recursive: true })
  const layout = layoutOf(name, side)
  const writer = await openDataset(join(folder, 'camera'), layout, storage)
  let lines = ''
  for (let t = 0; t < count; t++) {
    const frame = frames[t % frames.length] ?? new Uint8Array()
    const record = {
      kind: 'frame',
      camera: 'camera',
      index: { t },
      place: t,
      sequence: t,
      capturedAt: layout.startedAt + t,
      timestampNs: '0',
      hostTimeNs: '0',
      elapsedS: t / 100,
      exposureMs: 10,
      gain: 1,
    } as const
    await writer.write({ pixels: frame.slice(0, side * side * 2), record, index: { t } })
    lines += `${JSON.stringify(record)}\n`
    if (t % 1000 === 999 || t === count - 1) {
      await appendFile(join(folder, 'camera', 'frames.jsonl'), lines)
      lines = ''
    }
  }
  await writer.close()
  const summary = {
    version: 1,
    name,
    software: 'bench',
    pid: process.pid,
    startedAt: layout.startedAt,
    request: { storage },
    datasets: [{ folder: 'camera', layout }],
    finish: { reason: 'completed' },
  }
  await writeFile(join(folder, 'acquisition.json'), JSON.stringify(summary))
}

async function measure(what: string, id: string, count: number) {
  const gallery = new Gallery({ dataFolder })
  await gallery.list({})
  const before = process.memoryUsage().rss
  const openedAt = performance.now()
  const { datasets, item } = await gallery.open(id)
  const openMs = performance.now() - openedAt
  const dataset = datasets[0]?.name ?? ''
  if (datasets[0]?.planes !== count) throw new Error(`${what}: ${datasets[0]?.planes} planes`)
  let most = before
  const step = async (planes: number, indexOf: (i: number) => number) => {
    const startedAt = performance.now()
    for (let i = 0; i < planes; i++) {
      await gallery.plane({ id, dataset, index: { t: indexOf(i) } })
      if (i % 16 === 0) most = Math.max(most, process.memoryUsage().rss)
    }
    return (planes * 1000) / (performance.now() - startedAt)
  }
  const inOrder = await step(Math.min(count, 200), (i) => i)
  const anywhere = await step(100, (i) => (i * 7919) % count)
  await gallery.close()
  return {
    recording: what,
    GB: Number(((item.bytes ?? (await stat(join(dataFolder, id))).size) / 1e9).toFixed(2)),
    planes: count,
    'open ms': Math.round(openMs),
    'planes/s in order': Math.round(inOrder),
    'planes/s anywhere': Math.round(anywhere),
    'MB of memory': Math.round((most - before) / 1e6),
  }
}

try {
  const rows = []
  for (const storage of [
    { format: 'ome-tiff', files: 'perPosition' },
    { format: 'raw' },
    { format: 'ome-zarr', compression: 'none', pyramid: false },
  ] as const) {
    await write('large', large, storage)
    rows.push(await measure(`2048 × 2048, ${storage.format}`, 'recordings/large', large.count))
    await rm(join(dataFolder, 'recordings', 'large'), { recursive: true })
  }
  await write('small', small, { format: 'ome-tiff', files: 'perPosition' })
  rows.push(await measure('32 × 32, ome-tiff', 'recordings/small', small.count))
  await rename(
    join(dataFolder, 'recordings/small/camera/small.ome.tiff'),
    join(dataFolder, 'recordings/moved.ome.tiff'),
  )
  rows.push(await measure('the same file alone', 'recordings/moved.ome.tiff', small.count))
  console.table(rows)
} finally {
  await rm(dataFolder, { recursive: true })
}
