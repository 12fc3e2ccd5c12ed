/**
 * How exactly the images of a plan begin at their times:   node bench/plan-timing.ts [--seconds 20]
 * A time series of 20 ms interval on the demo microscope. The error is that of the beginning that the runner tells of;
 * and, seen from outside, of the time between the camera's own time stamps of neighbouring images.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { demoConnection } from '../src-main/engine/connections.ts'
import { createEngine } from '../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../src-shared/acquisition/frame-record.ts'
import { percentile } from './fixtures/socket-viewer.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } })
const intervalMs = 20
const loops = Math.round((Number(values.seconds) * 1000) / intervalMs)

const dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-bench-'))
const engine = await createEngine({
  connections: [demoConnection({ width: 512, height: 512, frameRate: 200 })],
  dataFolder,
})
const startErrorsMs: number[] = []
engine.acquisition.onEvent((event) => {
  if (event.type === 'eventStarted' && event.lateMs !== undefined) startErrorsMs.push(event.lateMs)
})
const table: Record<string, object> = {}
try {
  // The simulator draws its first image of a channel more slowly.
  await engine.devices.applyPreset('Channel', 'GFP')
  await engine.capture.snap()
  const { id } = await engine.acquisition.start({
    plan: {
      channels: [{ config: 'GFP', exposure: 5 }],
      time_plan: { interval: intervalMs / 1000, loops },
    },
    storage: { format: 'raw' },
  })
  while (engine.acquisition.status?.state !== 'finished') await delay(100)
  const lines = (await readFile(join(dataFolder, id, 'camera', 'frames.jsonl'), 'utf8')).split('\n')
  const endsNs = lines.slice(0, -1).flatMap((line) => {
    const record = frameRecordSchema.parse(JSON.parse(line))
    return record.kind === 'frame' ? [BigInt(record.timestampNs)] : []
  })
  const intervalErrorsMs = endsNs
    .slice(1)
    .map((ns, i) => Math.abs(Number(ns - (endsNs[i] ?? ns)) / 1e6 - intervalMs))
  const row = (errors: readonly number[]) => ({
    images: errors.length,
    'median ms': Number(percentile(errors, 50).toFixed(3)),
    'p99 ms': Number(percentile(errors, 99).toFixed(3)),
    'most ms': Number(Math.max(...errors).toFixed(2)),
  })
  table['error of the start'] = row(startErrorsMs)
  table['error of the interval, by the camera'] = row(intervalErrorsMs)
} finally {
  await engine.close()
  await rm(dataFolder, { recursive: true, force: true })
}
console.log(`A time series of ${loops} images, one each ${intervalMs} ms`)
console.table(table)
