import { spawnSync } from 'node:child_process'
import { mkdtemp, open, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as threads from 'node:worker_threads'
import { fromFile } from 'geotiff'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readAcquisitionSummary } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

/** Workers that record, of this test. */
const recorders = vi.hoisted(() => new Set<threads.Worker>())
/** Whether they are killed as soon as they are started. */
const kill = vi.hoisted(() => ({ atOnce: false }))
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof threads>()
  class Watched extends original.Worker {
    constructor(...args: ConstructorParameters<typeof original.Worker>) {
      super(...args)
      if (!/recording-worker|frame-store-worker/.test(String(args[0]))) return
      recorders.add(this)
      if (kill.atOnce) void this.terminate()
    }
  }
  return { ...original, Worker: Watched }
})

let dataFolder: string
let engine: Engine
beforeEach(async () => {
  recorders.clear()
  kill.atOnce = false
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-accident-'))
  engine = await createEngine({
    connections: [testConnection({ width: 40, height: 30, frameRate: 100 })],
    dataFolder,
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await engine.close()
  await rm(dataFolder, { recursive: true, force: true })
})

/** Of the only one there is. Its listeners do not last: it is kept for the next recording. */
function watchEnd(): { readonly ended: boolean } {
  const [worker] = recorders
  return {
    get ended() {
      return worker?.threadId === -1
    },
  }
}
const written = () => engine.recorder.status?.frames.written ?? 0
const finished = () =>
  eventually('the end of the recording', () => {
    const { status } = engine.recorder
    return status?.state === 'finished' ? status : undefined
  })
async function framesOf(id: string) {
  const text = await readFile(join(dataFolder, id, 'camera', 'frames.jsonl'), 'utf8')
  const records = text
    .split('\n')
    .slice(0, -1)
    .map((line) => frameRecordSchema.parse(JSON.parse(line)))
  return records.filter((record) => record.kind === 'frame')
}

describe('accidents while something is recorded', () => {
  it('the worker that writes is killed: what it wrote is completed, and the next recording goes', async () => {
    const { id, name } = await engine.recorder.start()
    await eventually('some frames', () => written() > 20)
    const reported = written()
    const [worker] = recorders
    await worker?.terminate()
    const status = await finished()
    expect(status.finish).toMatchObject({
      reason: 'failed',
      message: expect.stringContaining('unexpectedly'),
    })
    const frames = await framesOf(id)
    expect(frames.length).toBeGreaterThanOrEqual(reported)
    const tiff = await fromFile(join(dataFolder, id, 'camera', `${name}.ome.tiff`))
    expect(await tiff.getImageCount()).toBeGreaterThanOrEqual(frames.length)
    const description = String(await (await tiff.getImage()).fileDirectory.loadValue('ImageDescription'))
    await tiff.close()
    // Its planes have been named, as they are when a recording ends well.
    expect(description.match(/<Plane /g)).toHaveLength(frames.length)
    expect(engine.devices.camera().acquiring).toBe(false)
    await engine.recorder.start({ until: { kind: 'frames', frames: 3 } })
    expect(await finished()).toMatchObject({ finish: { reason: 'completed' }, frames: { written: 3 } })
  })

  it('the worker that writes is killed before it takes frames: that is told, and the next recording goes', async () => {
    kill.atOnce = true
    await expect(engine.recorder.start()).rejects.toMatchObject({
      message: expect.stringContaining('unexpectedly'),
    })
    expect(await finished()).toMatchObject({ finish: { reason: 'failed' } })
    kill.atOnce = false
    await engine.recorder.start({ until: { kind: 'frames', frames: 3 } })
    expect(await finished()).toMatchObject({ finish: { reason: 'completed' }, frames: { written: 3 } })
  })

  it('whose files cannot be completed now are completed at the next start', async () => {
    const { id, name } = await engine.recorder.start()
    await eventually('some frames', () => written() > 5)
    const path = join(dataFolder, id, 'camera', `${name}.ome.tiff`)
    const file = await open(path, 'r+')
    const start = Buffer.alloc(64)
    await file.read(start, 0, 64, 0)
    // As on a disk that fails: it does not begin as a TIFF file any more.
    await file.write(Buffer.alloc(64), 0, 64, 0)
    const [worker] = recorders
    await worker?.terminate()
    expect(await finished()).toMatchObject({ finish: { reason: 'failed' } })
    await file.write(start, 0, 64, 0)
    await file.close()
    await engine.close()
    engine = await createEngine({ connections: [], dataFolder })
    expect(engine.alerts.list()).toMatchObject([{ message: expect.stringContaining('was interrupted; its') }])
    const tiff = await fromFile(path)
    const description = String(await (await tiff.getImage()).fileDirectory.loadValue('ImageDescription'))
    await tiff.close()
    expect(description.match(/<Plane /g)).toHaveLength((await framesOf(id)).length)
  })

  it.each(['a recording', 'a plan'])(
    '%s that cannot be completed is left to the next start',
    async (kind) => {
      const acquisition = kind === 'a plan' ? engine.acquisition : engine.recorder
      const storage = { format: 'ome-tiff', files: 'single' } as const
      const plan = { stage_positions: [{ x: 1 }, { x: 2 }], time_plan: { interval: 0, loops: 10_000 } }
      const { id, name } = await (kind === 'a plan'
        ? engine.acquisition.start({ plan, storage })
        : engine.recorder.start({ storage }))
      await eventually('some frames', () => (acquisition.status?.frames.written ?? 0) > 5)
      // Its beginning is not written again.
      await truncate(join(dataFolder, id, 'camera', `${name}.ome.tiff`), 0)
      const [worker] = recorders
      await worker?.terminate()
      const status = await eventually('the end', () =>
        acquisition.status?.state === 'finished' ? acquisition.status : undefined,
      )
      expect(status.finish).toMatchObject({ reason: 'failed' })
      const summary = await readAcquisitionSummary(join(dataFolder, id))
      expect(summary.name).toBe(name)
      expect(summary.finish).toBeUndefined()
    },
  )

  it('the clock is set back: names stay apart, and times of frames go on', async () => {
    const request = { name: 'cells', until: { kind: 'frames', frames: 5 } } as const
    const first = await engine.recorder.start(request)
    await finished()
    const wrong = Date.now() - 3_600_000
    vi.useFakeTimers({ toFake: ['Date'], now: wrong })
    const second = await engine.recorder.start(request)
    const status = await finished()
    expect(status.finish).toEqual({ reason: 'completed' })
    expect(second.id).not.toBe(first.id)
    expect(second.startedAt).toBeLessThan(first.startedAt)
    const elapsed = (await framesOf(second.id)).map(({ elapsedS }) => elapsedS)
    expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b))
    expect(elapsed[0]).toBe(0)
    expect(elapsed.at(-1)).toBeLessThan(600)
  })

  it('its folder is made read-only: it ends with the reason, and every frame is there', async (context) => {
    const { id, name } = await engine.recorder.start({ storage: { format: 'raw' } })
    await eventually('some frames', () => written() > 10)
    const folder = join(dataFolder, id)
    // Root is not held by permissions, but by this.
    const locked = spawnSync('chattr', ['+i', folder], { encoding: 'utf8' })
    if (locked.status !== 0) {
      await engine.recorder.stop()
      context.skip(`no folder can be locked: ${locked.error?.message ?? locked.stderr.trim()}`)
    }
    try {
      const status = await engine.recorder.stop()
      expect(status.finish).toMatchObject({
        reason: 'failed',
        message: expect.stringMatching(/acquisition\.json could not be written: that is not allowed/),
      })
    } finally {
      spawnSync('chattr', ['-i', folder])
    }
    const frames = await framesOf(id)
    const raw = await readFile(join(folder, 'camera', `${name}.raw`))
    expect(raw.length).toBe(frames.length * 40 * 30 * 2)
  })

  it('a plan needs the memory of a thread that only waits to record', async () => {
    await engine.recorder.estimate()
    const idle = watchEnd()
    await engine.acquisition.start({ plan: { time_plan: { interval: 0, loops: 2 } } })
    expect(idle.ended).toBe(true)
    await eventually('the end', () => engine.acquisition.status?.state === 'finished')
  })

  it.each(['waits', 'records'])('a camera is removed: no thread that %s keeps its ring', async (what) => {
    await engine.recorder.start()
    await eventually('some frames', () => written() > 3)
    const thread = watchEnd()
    if (what === 'waits') {
      await engine.recorder.stop()
      expect(thread.ended).toBe(false)
    }
    const [connection] = engine.devices.connections.all
    if (connection === undefined) throw new Error('no connection')
    await engine.devices.connections.remove(connection.id)
    await eventually('the end of the thread', () => thread.ended)
  })
})
