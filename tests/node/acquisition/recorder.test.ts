import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fromFile } from 'geotiff'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquisitionSummarySchema } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import { framesPublished } from '../../../src-main/frames/frame-ring.ts'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { type FrameRecord, frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import type { TestDriverOptions } from '../../fixtures/test-driver.ts'

let folder: string
let engine: Engine

async function open(options: TestDriverOptions = {}): Promise<void> {
  engine = await createEngine({
    connections: [testConnection({ width: 40, height: 30, frameRate: 100, ...options })],
    dataFolder: folder,
    backOff: { firstMs: 50, mostMs: 100 },
  })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-recording-'))
})
afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

const finished = () =>
  eventually('the end of the recording', () => engine.recorder.status?.state === 'finished').then(() => {
    const { status } = engine.recorder
    if (status === undefined) throw new Error('no recording')
    return status
  })
const datasetFolder = ({ id }: AcquisitionStatus) => join(folder, id, 'camera')

async function recordsOf(status: AcquisitionStatus): Promise<FrameRecord[]> {
  const text = await readFile(join(datasetFolder(status), 'frames.jsonl'), 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => frameRecordSchema.parse(JSON.parse(line)))
}
const sequencesOf = (records: readonly FrameRecord[]) =>
  records.flatMap((record) => (record.kind === 'frame' ? [record.sequence] : []))

/** The first pixel of each image of an OME-TIFF: the test camera's frame number. */
async function firstPixels(path: string): Promise<number[]> {
  const file = await fromFile(path)
  const values = []
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const [pixels] = await (await file.getImage(i)).readRasters()
    values.push((pixels as Uint16Array)[0] ?? -1)
  }
  await file.close()
  return values
}

describe('Recorder', () => {
  it('records the frames asked for, each with its number, and gives the camera back', async () => {
    await open()
    const told: AcquisitionStatus['state'][] = []
    engine.recorder.on(({ state }) => told.push(state))
    const started = await engine.recorder.start({ until: { kind: 'frames', frames: 25 } })
    expect(started).toMatchObject({ state: 'acquiring', frames: { expected: 25 } })
    const status = await finished()
    expect(status).toMatchObject({ frames: { written: 25, lost: 0 }, finish: { reason: 'completed' } })
    const sequences = sequencesOf(await recordsOf(status))
    expect(sequences).toEqual(Array.from({ length: 25 }, (_, i) => (sequences[0] ?? 0) + i))
    expect(await firstPixels(join(datasetFolder(status), `${status.name}.ome.tiff`))).toEqual(
      sequences.map((sequence) => sequence % 4096),
    )
    expect(engine.devices.camera().acquiring).toBe(false)
    expect(told.filter((state, i) => state !== told[i - 1])).toEqual(['preparing', 'acquiring', 'finished'])
    const summary = acquisitionSummarySchema.parse(
      JSON.parse(await readFile(join(folder, status.id, 'acquisition.json'), 'utf8')),
    )
    expect(summary).toMatchObject({
      finish: { reason: 'completed' },
      datasets: [
        { layout: { image: { width: 40, height: 30 }, metadata: { settings: { 'test-camera': {} } } } },
      ],
    })
  })

  it('records several cameras side by side, for as long as asked for', async () => {
    engine = await createEngine({
      connections: [
        testConnection({ width: 40, height: 30, frameRate: 100 }),
        demoConnection({ width: 256, height: 256, frameRate: 30 }),
      ],
      dataFolder: folder,
    })
    const cameras = [
      'test-camera',
      engine.devices.devices().find(({ demo, driver }) => demo && driver !== 'test')?.id ?? '',
    ]
    const { id, detectorNames } = await engine.recorder.start({
      detectorNames: cameras,
      until: { kind: 'seconds', seconds: 2 },
    })
    expect(detectorNames).toEqual(cameras)
    const status = await finished()
    expect(status.finish).toEqual({ reason: 'completed' })
    for (const part of ['camera_1', 'camera_2']) {
      const records = (await readFile(join(folder, id, part, 'frames.jsonl'), 'utf8'))
        .split('\n')
        .slice(0, -1)
      expect(records.length).toBeGreaterThan(0)
      for (const line of records)
        expect(frameRecordSchema.parse(JSON.parse(line))).toMatchObject({ kind: 'frame' })
    }
  })

  it('records until it is stopped, while the live view goes on', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg' })
    await engine.recorder.start({ storage: { format: 'raw' }, name: 'my cells' })
    await eventually('20 frames', () => (engine.recorder.status?.frames.written ?? 0) >= 20)
    const status = await engine.recorder.stop()
    expect(status).toMatchObject({ state: 'finished', name: 'my_cells', finish: { reason: 'completed' } })
    expect(engine.liveView.getActiveStreams()).toHaveLength(1)
    expect(engine.devices.camera().acquiring).toBe(true)
    const raw = await readFile(join(datasetFolder(status), 'my_cells.raw'))
    const sequences = sequencesOf(await recordsOf(status))
    expect(raw.length).toBe(sequences.length * 40 * 30 * 2)
    expect(sequences.map((_, i) => raw.readUInt16LE(i * 40 * 30 * 2))).toEqual(
      sequences.map((sequence) => sequence % 4096),
    )
    const described: unknown = JSON.parse(
      await readFile(join(datasetFolder(status), 'my_cells.json'), 'utf8'),
    )
    expect(described).toMatchObject({ image: { dtype: '<u2', shape: [30, 40] } })
  })

  it('waits until it is told to begin, with the frames of before, of all its cameras', async () => {
    engine = await createEngine({
      connections: [
        testConnection({ width: 40, height: 30, frameRate: 100 }),
        testConnection({ width: 32, height: 16, frameRate: 50 }, 'second', 'second-'),
      ],
      dataFolder: folder,
    })
    expect(() => engine.recorder.begin()).toThrow('No recording waits')
    const waiting = await engine.recorder.start({
      detectorNames: ['test-camera', 'second-test-camera'],
      begin: { kind: 'asked' },
      preRecordS: 0.4,
      until: { kind: 'frames', frames: 10 },
    })
    expect(waiting).toMatchObject({ state: 'waiting', frames: { written: 0 } })
    const rings = ['test-camera', 'second-test-camera'].map((id) => engine.devices.ring(id))
    await eventually('half a second of frames', () => rings.every((ring) => framesPublished(ring) > 60))
    expect(engine.recorder.status).toMatchObject({ state: 'waiting', frames: { written: 0 } })
    const asked = Date.now()
    const begun = engine.recorder.begin()
    expect(begun.state).toBe('acquiring')
    expect(begun.startedAt).toBeGreaterThanOrEqual(asked)
    expect(engine.recorder.begin()).toMatchObject({ id: begun.id, startedAt: begun.startedAt })
    const status = await finished()
    expect(status).toMatchObject({ frames: { lost: 0 }, finish: { reason: 'completed' } })
    expect(status.frames.written).toBe(status.frames.expected)
    for (const part of ['camera_1', 'camera_2']) {
      const text = await readFile(join(folder, status.id, part, 'frames.jsonl'), 'utf8')
      const records = text
        .split('\n')
        .slice(0, -1)
        .map((line) => frameRecordSchema.parse(JSON.parse(line)))
      const sequences = sequencesOf(records)
      expect(sequences).toEqual(Array.from(sequences, (_, i) => (sequences[0] ?? 0) + i))
      const before = records.filter((record) => record.kind === 'frame' && record.capturedAt < asked)
      expect(before.length).toBeGreaterThan(3)
      expect(sequences.length - before.length).toBeGreaterThanOrEqual(9)
    }
  })

  it('begins at a time, and refuses one that has passed', async () => {
    await open()
    const past = { begin: { kind: 'at', time: Date.now() - 3_600_000 } } as const
    await expect(engine.recorder.start(past)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const time = Date.now() + 300
    const until = { kind: 'frames', frames: 5 } as const
    await engine.recorder.start({ begin: { kind: 'at', time }, until })
    const status = await finished()
    expect(status.startedAt).toBeGreaterThanOrEqual(time)
    const records = await recordsOf(status)
    for (const record of records)
      expect(record.kind === 'frame' ? record.capturedAt : 0).toBeGreaterThanOrEqual(time - 5)
    expect(records).toHaveLength(5)
  })

  it('leaves nothing when it is stopped while it waits', async () => {
    await open()
    const { id } = await engine.recorder.start({ begin: { kind: 'change', threshold: 1 } })
    await eventually(
      'how much the image changes',
      () => engine.recorder.status?.waiting?.change !== undefined,
    )
    const status = await engine.recorder.stop()
    expect(status.finish).toMatchObject({ reason: 'cancelled' })
    expect(await readdir(join(folder, id, '..'))).toEqual([])
    expect(engine.alerts.list()).toEqual([])
    expect(engine.devices.camera().acquiring).toBe(false)
  })

  it('leaves nothing when it is stopped while it prepares', async () => {
    await open()
    const starting = engine.recorder.start({ begin: { kind: 'asked' } })
    // In each turn of the event loop: the worker that ends this state answers in a later one.
    while (engine.recorder.status?.state !== 'preparing') await setImmediate()
    const stopped = await engine.recorder.stop()
    expect(stopped).toMatchObject({
      state: 'finished',
      finish: { reason: 'cancelled' },
      frames: { written: 0 },
    })
    await starting
    expect(engine.devices.camera().acquiring).toBe(false)
    const [day = ''] = await readdir(join(folder, 'recordings'))
    expect(await readdir(join(folder, 'recordings', day))).toEqual([])
  })

  it('writes down what is set while it records', async () => {
    await open()
    await engine.recorder.start()
    await engine.devices.setProperty('test-light', 'on', true)
    await engine.devices.setProperty('test-camera', 'exposureMs', 5)
    await eventually('frames', () => (engine.recorder.status?.frames.written ?? 0) > 20)
    const status = await engine.recorder.stop()
    const settings = (await recordsOf(status)).filter((record) => record.kind === 'setting')
    expect(settings).toEqual([
      { kind: 'setting', device: 'test-light', property: 'on', value: true, at: expect.any(Number) },
      { kind: 'setting', device: 'test-camera', property: 'exposureMs', value: 5, at: expect.any(Number) },
    ])
  })

  it('refuses a second recording, and a stop of nothing', async () => {
    await open()
    await engine.recorder.start()
    await expect(engine.recorder.start()).rejects.toMatchObject({ code: 'ACQUISITION_RUNNING' })
    await expect(engine.recorder.stop('another')).rejects.toMatchObject({ code: 'UNKNOWN_ACQUISITION' })
    await engine.recorder.stop()
    await expect(engine.recorder.stop()).rejects.toMatchObject({ code: 'UNKNOWN_ACQUISITION' })
  })

  it('refuses more data than the disk has room for', async () => {
    await open()
    const request = { until: { kind: 'frames', frames: 1_000_000_000_000 } } as const
    await expect(engine.recorder.start(request)).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('needs'),
    })
    expect(await readdir(join(folder, 'recordings'))).toEqual([])
    const estimate = await engine.recorder.estimate({ until: { kind: 'frames', frames: 10 } })
    expect(estimate).toMatchObject({ frames: 10, bytes: 10 * 40 * 30 * 2 })
  })

  it('keeps what there is when the camera is lost, and says so', async () => {
    await open({ fault: 'lost-while-running' })
    await engine.recorder.start()
    const status = await finished()
    expect(status.finish).toMatchObject({ reason: 'failed', message: expect.stringContaining('lost') })
    expect(engine.alerts.list().map(({ source }) => source)).toContain('Recording')
    const records = await recordsOf(status)
    expect(sequencesOf(records)).toHaveLength(status.frames.written)
  })

  it('ends with a clear error when its folder is removed, and nothing else stops', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg' })
    await engine.recorder.start()
    await eventually('some frames', () => (engine.recorder.status?.frames.written ?? 0) > 3)
    await rm(join(folder, 'recordings'), { recursive: true, force: true })
    const status = await finished()
    expect(status.finish?.reason).toBe('failed')
    expect(engine.liveView.getActiveStreams()).toHaveLength(1)
  })
})
