/** What is known of every frame, in each format: as docs/file-formats.md says. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAcquisitionSummary } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import { createEngine, type Engine, type EngineConfig } from '../../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { patientLimits } from '../../fixtures/demo-registry.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { loggedConnection } from '../../fixtures/logged-microscope.ts'

let folder: string
let engine: Engine
async function open(connections: NonNullable<EngineConfig['connections']>): Promise<void> {
  engine = await createEngine({ connections, dataFolder: folder, limits: patientLimits })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-metadata-'))
})
afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function recordsOf(id: string) {
  const text = await readFile(join(folder, id, 'camera', 'frames.jsonl'), 'utf8')
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => frameRecordSchema.parse(JSON.parse(line)))
}

/** What the file says by itself, away from its folder. */
async function ownText(path: string): Promise<string> {
  if (path.endsWith('.raw')) return readFile(path.replace(/raw$/, 'json'), 'utf8')
  if (path.endsWith('.zarr'))
    return (
      (await readFile(join(path, 'zarr.json'), 'utf8')) +
      (await readFile(join(path, 'OME', 'METADATA.ome.xml'), 'utf8'))
    )
  const tiff = await fromFile(path)
  try {
    return String(await (await tiff.getImage()).fileDirectory.loadValue('ImageDescription'))
  } finally {
    await tiff.close()
  }
}

const plan = {
  metadata: { sample: 'zebrafish 7' },
  channels: [
    { config: 'DAPI', exposure: 2 },
    { config: 'GFP', exposure: 3 },
  ],
  z_plan: { range: 2, step: 1 },
  stage_positions: [{ x: 10, y: 20, z: 5, name: 'A' }],
}
const formats = [
  { storage: { format: 'raw' }, ending: 'raw' },
  { storage: { format: 'ome-tiff' }, ending: 'ome.tiff' },
  { storage: { format: 'ome-zarr', pyramid: false }, ending: 'ome.zarr' },
] as const

describe('what is known of every frame', () => {
  it.each(formats)('of a plan, as $ending', async ({ storage, ending }) => {
    await open([demoConnection({ width: 96, height: 64, frameRate: 100 })])
    await engine.devices.setProperty('camera', 'gain', 2)
    const { id, name } = await engine.acquisition.start({ plan, storage })
    await eventually('the end of the plan', () => engine.acquisition.status?.state === 'finished')
    expect(engine.acquisition.status?.finish).toEqual({ reason: 'completed' })
    const summary = await readAcquisitionSummary(join(folder, id))
    expect(summary).toMatchObject({
      software: expect.stringMatching(/^Coverslip \d/),
      request: { plan },
      settings: { camera: { gain: 2 }, stage: {} },
    })
    const frames = (await recordsOf(id)).filter((record) => record.kind === 'frame')
    expect(frames).toHaveLength(6)
    for (const [place, frame] of frames.entries()) {
      const { c = -1, z = -1 } = frame.index
      expect(frame).toMatchObject({
        camera: 'camera',
        place,
        stage: { x: 10, y: 20, z: 4 + z },
        channel: c === 0 ? 'DAPI' : 'GFP',
        positionName: 'A',
        exposureMs: c === 0 ? 2 : 3,
        gain: 2,
        pixelSizeUm: expect.any(Number),
        temperatureC: -10,
      })
      expect(BigInt(frame.hostTimeNs)).toBeGreaterThan(0n)
      const elapsedNs = BigInt(frame.timestampNs) - BigInt(frames[0]?.timestampNs ?? 0)
      expect(frame.elapsedS).toBeCloseTo(Number(elapsedNs) / 1e9, 6)
      expect(frame.capturedAt).toBeGreaterThanOrEqual(summary.startedAt)
      expect(frame.capturedAt).toBeLessThanOrEqual(Date.now())
    }
    const own = await ownText(join(folder, id, 'camera', `${name}.${ending}`))
    // The plan, how everything was set, and the program.
    for (const said of ['zebrafish 7', 'xySpeed', summary.software, 'DAPI', 'GFP'])
      expect(own).toContain(said)
  })

  it('of a stack that the focus drive steps through by itself: z of each plane, though it tells of none', async () => {
    await open([loggedConnection(join(folder, 'log'), { triggeredStack: true })])
    await engine.devices.moveStage('xy', { x: 4 }, 'absolute')
    const stack = { channels: ['red'], z_plan: { range: 2, step: 1 } }
    const { id } = await engine.acquisition.start({ plan: stack, storage: { format: 'raw' } })
    await eventually('the end of the plan', () => engine.acquisition.status?.state === 'finished')
    const frames = (await recordsOf(id)).filter((record) => record.kind === 'frame')
    expect(frames.map(({ stage }) => stage)).toEqual([-1, 0, 1].map((z) => ({ x: 4, y: 0, z })))
  })

  it('of a recording: what the camera measures, and what is set meanwhile', async () => {
    const driverUrl = new URL('../../fixtures/many-properties-driver.ts', import.meta.url).href
    const worker = { driverUrl, address: '', options: { count: 10 } }
    await open([{ id: 'many', title: 'Camera', worker }])
    const { id } = await engine.recorder.start({ storage: { format: 'raw' } })
    await eventually('a frame', () => (engine.recorder.status?.frames.written ?? 0) > 0)
    await engine.devices.setProperty('many', 'userId', 'right port')
    const written = engine.recorder.status?.frames.written ?? 0
    await eventually('frames after it', () => (engine.recorder.status?.frames.written ?? 0) > written + 5)
    await engine.recorder.stop()
    const records = await recordsOf(id)
    const temperatures = records.map((record) =>
      record.kind === 'frame' ? record.temperatureC : Number.POSITIVE_INFINITY,
    )
    // It drifts.
    for (const temperature of temperatures) expect(temperature).toBeGreaterThanOrEqual(41.5)
    expect(records).toContainEqual({
      kind: 'setting',
      device: 'many',
      property: 'userId',
      value: 'right port',
      at: expect.any(Number),
    })
    expect(await readAcquisitionSummary(join(folder, id))).toMatchObject({
      settings: { many: { userId: 'left port', exposureMs: 20 } },
    })
  })
})
