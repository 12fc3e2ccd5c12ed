import { fork } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { fromFile } from 'geotiff'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { acquisitionSummarySchema } from '../../../../src-main/acquisition/reading/acquisition-summary.ts'
import { LiveFrameReader } from '../../../../src-main/frames/live-frame-reader.ts'
import { demoConnection } from '../../../../src-main/engine/connections.ts'
import { createEngine, type Engine, type EngineConfig } from '../../../../src-main/engine/create-engine.ts'
import type { AcquisitionRunEvent } from '../../../../src-shared/acquisition/acquisition-events.ts'
import type { PlanStatus } from '../../../../src-shared/acquisition/acquisition-status.ts'
import { type FrameRecord, frameRecordSchema } from '../../../../src-shared/acquisition/frame-record.ts'
import { patientLimits } from '../../../fixtures/demo-registry.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { testConnection } from '../../../fixtures/test-connection.ts'

let folder: string
let engine: Engine

async function open(
  connections: EngineConfig['connections'] = [demoConnection({ width: 64, height: 64, frameRate: 100 })],
): Promise<void> {
  engine = await createEngine({
    connections,
    dataFolder: folder,
    backOff: { firstMs: 50, mostMs: 100 },
    limits: patientLimits,
  })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-plan-'))
})
afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

const raw = { format: 'raw' } as const
const dataset = ({ id }: Pick<PlanStatus, 'id'>, part = 'camera') => join(folder, id, part)

function finished(): Promise<PlanStatus> {
  return eventually('the end of the plan', () => {
    const { status } = engine.acquisition
    return status?.state === 'finished' ? status : undefined
  })
}

async function recordsIn(path: string): Promise<FrameRecord[]> {
  const lines = (await readFile(join(path, 'frames.jsonl'), 'utf8')).split('\n').slice(0, -1)
  return lines.map((line) => frameRecordSchema.parse(JSON.parse(line)))
}
const framesOf = (records: readonly FrameRecord[]) => records.filter((record) => record.kind === 'frame')

/** The first pixel of each image of an OME-TIFF. */
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

const takeSchema = z.object({ type: z.literal('take'), place: z.unknown() })

describe('Acquisition', () => {
  it('learns of bursts and triggered stacks what the next will take', async () => {
    await open()
    const channels = [{ config: 'DAPI', exposure: 5 }]
    const plans = [
      { channels, time_plan: { interval: 0, loops: 8 } },
      { channels, z_plan: { range: 7, step: 1 } },
    ]
    const assumed = async () =>
      (await Promise.all(plans.map((plan) => engine.acquisition.estimate({ plan, storage: raw })))).map(
        (estimate) => estimate.assumed,
      )
    expect(await assumed()).toEqual([
      expect.arrayContaining(['sequence', 'burst']),
      expect.arrayContaining(['sequence', 'plane']),
    ])
    for (const plan of plans) {
      await engine.acquisition.start({ plan, storage: raw })
      expect(await finished()).toMatchObject({ finish: { reason: 'completed' } })
    }
    const still = (await assumed()).flat()
    for (const step of ['sequence', 'burst', 'plane']) expect(still).not.toContain(step)
  })

  it('takes every image in its channel, position and plane, and puts all back', async () => {
    await open()
    await engine.devices.moveStage('stage', { x: 7, y: 8, z: 9 }, 'absolute')
    const told: AcquisitionRunEvent['type'][] = []
    engine.acquisition.onEvent(({ type }) => told.push(type))
    const plan = {
      axis_order: 'tpcz',
      channels: [
        { config: 'DAPI', exposure: 2 },
        { config: 'GFP', exposure: 3 },
      ],
      z_plan: { range: 4, step: 2 },
      time_plan: { interval: 0.2, loops: 2 },
      stage_positions: [
        { x: 10, y: 20, z: 5, name: 'A' },
        { x: -50, y: 0, z: 6, name: 'B' },
      ],
    }
    const started = await engine.acquisition.start({ plan, name: 'four axes', storage: raw })
    expect(started).toMatchObject({ name: 'four_axes', frames: { expected: 24 }, events: { total: 24 } })
    const status = await finished()
    expect(status).toMatchObject({
      finish: { reason: 'completed' },
      frames: { written: 24, lost: 0 },
      events: { done: 24, skipped: 0 },
    })
    expect(told[0]).toBe('sequenceStarted')
    expect(told.at(-1)).toBe('sequenceFinished')
    expect(told.filter((type) => type === 'eventFinished')).toHaveLength(24)
    const frames = framesOf(await recordsIn(dataset(status)))
    expect(frames).toHaveLength(24)
    for (const { index, stage, exposureMs, channel, positionName } of frames) {
      const { t = -1, p = -1, c = -1, z: plane = -1 } = index
      expect(t).toBeLessThan(2)
      expect(stage).toEqual({
        x: p === 0 ? 10 : -50,
        y: p === 0 ? 20 : 0,
        z: (p === 0 ? 5 : 6) - 2 + 2 * plane,
      })
      expect(exposureMs).toBe(c === 0 ? 2 : 3)
      expect([channel, positionName]).toEqual([c === 0 ? 'DAPI' : 'GFP', p === 0 ? 'A' : 'B'])
    }
    expect(new Set(frames.map(({ index }) => JSON.stringify(index))).size).toBe(24)
    expect(engine.devices.device('stage').position).toEqual({ x: 7, y: 8, z: 9 })
    expect(engine.devices.camera().acquiring).toBe(false)
    const summary = acquisitionSummarySchema.parse(
      JSON.parse(await readFile(join(folder, status.id, 'acquisition.json'), 'utf8')),
    )
    expect(summary).toMatchObject({
      finish: { reason: 'completed' },
      request: { plan: { axis_order: 'tpcz' } },
      settings: { camera: { exposureMs: expect.any(Number) } },
      datasets: [{ layout: { channels: [{ name: 'DAPI', color: '#5b8cff' }, { name: 'GFP' }], zStepUm: 2 } }],
    })
  })

  it('estimates by what steps have taken until now, and says which it only assumes', async () => {
    await open()
    await engine.devices.setProperty('stage', 'xySpeed', 1000)
    const request = {
      plan: { channels: ['DAPI'], stage_positions: [{ x: 0 }, { x: 500 }, { x: 2000 }, { x: 0 }] },
      storage: raw,
    }
    const before = await engine.acquisition.estimate(request)
    expect(before.assumed.toSorted()).toEqual(['channel', 'image', 'stage'])
    await engine.acquisition.start(request)
    await finished()
    const after = await engine.acquisition.estimate(request)
    expect(after.assumed).toEqual([])
    // Moves of 0.5, 1.5 and 2 s, for which 0.1, 0.3 and 0.4 s were assumed.
    expect(after.durationS).toBeGreaterThan(3.9)
  })

  it('stores the pixels of the frame that was taken for it, position by position', async () => {
    await open([testConnection({ width: 40, height: 30 })])
    const plan = {
      stage_positions: [
        { x: 1, name: 'one' },
        { x: 2, name: 'two' },
      ],
      time_plan: { interval: 0, loops: 4 },
    }
    await engine.acquisition.start({ plan, name: 'pixels' })
    const status = await finished()
    const frames = framesOf(await recordsIn(dataset(status)))
    expect((await readdir(dataset(status))).toSorted()).toEqual([
      'frames.jsonl',
      'pixels_one.ome.tiff',
      'pixels_two.ome.tiff',
    ])
    for (const [p, name] of ['one', 'two'].entries())
      expect(await firstPixels(join(dataset(status), `pixels_${name}.ome.tiff`))).toEqual(
        frames.filter(({ index }) => index.p === p).map(({ sequence }) => sequence % 4096),
      )
  })

  it('has several cameras side by side, each with its channels', async () => {
    await open()
    const plan = { channels: ['DAPI', { config: 'BF', camera: 'overview' }] }
    await engine.acquisition.start({ plan, storage: raw, detectorNames: ['camera', 'overview'] })
    const status = await finished()
    expect(status).toMatchObject({
      detectorNames: ['camera', 'overview'],
      frames: { expected: 3, written: 3 },
    })
    const channelsOf = async (part: string) =>
      framesOf(await recordsIn(dataset(status, part))).map(({ channel, index }) => [channel, index.c])
    expect(await channelsOf('camera_1')).toEqual([['DAPI', 0]])
    expect(await channelsOf('camera_2')).toEqual([
      ['DAPI', 0],
      ['BF', 1],
    ])
  })

  it('exposes as the channel says, or else its preset, or else as the camera was set', async () => {
    const hardwareFile = join(folder, 'microscope.json')
    const slow = { deviceId: 'camera', property: 'exposureMs', value: 7 }
    const connections = [demoConnection({ width: 64, height: 64 })]
    const presets = [{ group: 'Channel', name: 'Slow', settings: [slow] }]
    await writeFile(hardwareFile, JSON.stringify({ version: 1, connections, presets }))
    engine = await createEngine({ hardwareFile, dataFolder: folder, limits: patientLimits })
    await engine.devices.setProperty('camera', 'exposureMs', 3)
    const channels = ['Slow', 'BF', { config: 'Slow', exposure: 4, camera: 'camera' }]
    await engine.acquisition.start({ plan: { channels }, storage: raw })
    const frames = framesOf(await recordsIn(dataset(await finished())))
    expect(frames.map(({ exposureMs }) => exposureMs)).toEqual([7, 3, 4])
  })

  it('lays a stack around where the focus is at the start, also where the drive has not told', async () => {
    const log = join(folder, 'log')
    const driverUrl = new URL('../../../fixtures/logging-driver.ts', import.meta.url).href
    const worker = { driverUrl, address: log, options: { autofocus: true } }
    await open([{ id: 'logging', title: 'Logging', worker }])
    // It moves z by 7 µm, as a hand does.
    await engine.devices.setProperty('autofocus', 'findFocus', true)
    expect(engine.devices.device('z').position).toEqual({ z: 0 })
    await engine.acquisition.start({ plan: { z_plan: { range: 2, step: 1 } }, storage: raw })
    expect(await finished()).toMatchObject({ finish: { reason: 'completed' } })
    const moves = (await readFile(log, 'utf8')).split('\n').filter((line) => line.startsWith('z '))
    expect(moves).toEqual(['z to 6', 'z to 7', 'z to 8', 'z to 7'])
  })

  it('takes an image first where only that says how large the tiles are', async () => {
    await open()
    const { frames } = await engine.acquisition.start({
      plan: { grid_plan: { rows: 2, columns: 2 } },
      storage: raw,
    })
    expect(frames.expected).toBe(4)
    const [first, second] = framesOf(await recordsIn(dataset(await finished())))
    const { pixelSizeUm = 0, stage } = first ?? {}
    expect((second?.stage?.x ?? 0) - (stage?.x ?? 0)).toBeCloseTo(64 * pixelSizeUm, 6)
  })

  it('pauses, resumes and is cancelled', async () => {
    await open()
    const { id } = await engine.acquisition.start({
      plan: { time_plan: { interval: 600, loops: 3 } },
      storage: raw,
    })
    await eventually('the first image', () => engine.acquisition.status?.events.done === 1)
    await eventually('waiting', () => engine.acquisition.status?.state === 'waiting')
    expect(engine.acquisition.status?.nextEventInS).toBeGreaterThan(500)
    expect(engine.acquisition.status?.secondsLeft).toBeGreaterThan(1000)
    engine.acquisition.pause(id)
    await eventually('the pause', () => engine.acquisition.status?.state === 'paused')
    engine.acquisition.resume()
    await eventually('waiting again', () => engine.acquisition.status?.state === 'waiting')
    expect(() => engine.acquisition.pause('recordings/another')).toThrow(
      /No plan recordings\/another is running/,
    )
    const status = await engine.acquisition.cancel(id)
    expect(status).toMatchObject({
      state: 'finished',
      finish: { reason: 'cancelled' },
      frames: { written: 1 },
    })
    expect(() => engine.acquisition.cancel()).toThrow(/No plan is running/)
  })

  it.each(['paused', 'cancelled'] as const)(
    'keeps the planes of a triggered stack that is %s, and takes the others once or lists them',
    async (how) => {
      await open()
      const taken: (number | undefined)[] = []
      let isStopped = false
      engine.acquisition.onEvent((event) => {
        if (event.type === 'frameReady') taken.push(event.event.index.z)
        if (isStopped || event.type !== 'eventStarted' || event.event.index.z !== 3) return
        isStopped = true
        if (how === 'paused') engine.acquisition.pause()
        else void engine.acquisition.cancel()
      })
      const planes = Array.from({ length: 30 }, (_, z) => z)
      await engine.acquisition.start({
        plan: { channels: [{ config: 'GFP', exposure: 20 }], z_plan: { range: 29, step: 1 } },
        storage: { format: 'ome-tiff' },
      })
      if (how === 'paused') {
        await eventually('the pause', () => engine.acquisition.status?.state === 'paused')
        expect(taken.length).toBeGreaterThanOrEqual(3)
        engine.acquisition.resume()
      }
      const status = await finished()
      const records = await recordsIn(dataset(status))
      const frames = framesOf(records).map(({ index }) => index.z)
      const skipped = records.flatMap((record) => (record.kind === 'skipped' ? [record.index.z] : []))
      expect(frames.length).toBeGreaterThanOrEqual(3)
      expect(taken).toEqual(frames)
      expect([...frames, ...skipped]).toEqual(planes)
      if (how === 'paused') expect(skipped).toEqual([])
      expect(status).toMatchObject({
        finish: { reason: how === 'paused' ? 'completed' : 'cancelled' },
        frames: { written: frames.length },
      })
      const [file] = (await readdir(dataset(status))).filter((name) => name.endsWith('.ome.tiff'))
      expect(await firstPixels(join(dataset(status), file ?? ''))).toHaveLength(frames.length)
    },
  )

  it('has the camera run free during a pause, and keeps nothing of it', async () => {
    await open()
    const plan = { channels: ['GFP'], time_plan: { interval: 0.1, loops: 6 } }
    let images = 0
    engine.acquisition.onEvent(({ type }) => {
      if (type === 'frameReady' && ++images === 2) engine.acquisition.pause()
    })
    await engine.acquisition.start({ plan, storage: raw })
    await eventually('the pause', () => engine.acquisition.status?.state === 'paused')
    const isFree = () =>
      engine.devices.camera().properties.find(({ name }) => name === 'triggerMode')?.value === 'continuous'
    await eventually('the camera', isFree)
    const live = new LiveFrameReader(engine.devices.ring('camera'))
    const beganNs = process.hrtime.bigint()
    for (let i = 0; i < 5; i++) {
      await live.wait()
      live.look()
    }
    const endedNs = process.hrtime.bigint()
    engine.acquisition.resume()
    const status = await finished()
    expect(status).toMatchObject({ finish: { reason: 'completed' }, frames: { written: 6 } })
    const frames = framesOf(await recordsIn(dataset(status)))
    expect(frames.map(({ index }) => index.t)).toEqual([0, 1, 2, 3, 4, 5])
    const inPause = frames.filter(
      ({ hostTimeNs }) => BigInt(hostTimeNs) > beganNs && BigInt(hostTimeNs) < endedNs,
    )
    expect(inPause).toEqual([])
  })

  it('stays paused when a light of before the plan does not come on, warns of it until it goes on, and loses no image', async () => {
    const driverUrl = new URL('../../../fixtures/logging-driver.ts', import.meta.url).href
    const options = { fail: 'blue on', times: 1 }
    await open([
      { id: 'logging', title: 'Logging', worker: { driverUrl, address: join(folder, 'log'), options } },
    ])
    const plan = { channels: ['red'], time_plan: { interval: 0.3, loops: 4 } }
    const { id } = await engine.acquisition.start({ plan, storage: raw, onFault: { kind: 'skip' } })
    await eventually('an image', () => (engine.acquisition.status?.events.done ?? 0) >= 1)
    engine.acquisition.pause()
    const warning = () => engine.alerts.list().find((alert) => alert.id === `acquisition:pause-failed:${id}`)
    expect(await eventually('the warning', warning)).toMatchObject({
      message: expect.stringContaining('is paused, but not ready to be looked at: blue: It is stuck'),
    })
    expect(engine.acquisition.status?.state).toBe('paused')
    engine.acquisition.resume()
    const status = await finished()
    expect(status).toMatchObject({
      finish: { reason: 'completed' },
      frames: { written: 4 },
      events: { skipped: 0 },
    })
    expect(warning()).toBeUndefined()
  })

  it('runs one acquisition at a time, plan or recording', async () => {
    await open()
    const plan = { time_plan: { interval: 600, loops: 2 } }
    const { name } = await engine.acquisition.start({ plan, storage: raw })
    const busy = { code: 'ACQUISITION_RUNNING', message: `${name} is under way` }
    await expect(engine.acquisition.start({ plan })).rejects.toMatchObject(busy)
    await expect(engine.recorder.start()).rejects.toMatchObject(busy)
    await engine.acquisition.cancel()
    const { name: recording } = await engine.recorder.start()
    await expect(engine.acquisition.start({ plan })).rejects.toMatchObject({
      message: `${recording} is under way`,
    })
    await engine.recorder.stop()
    await engine.acquisition.start({ plan, storage: raw })
  })

  it('leaves nothing when it cannot even begin', async () => {
    await open([demoConnection({ width: 64, height: 64, fault: 'throw-on-start' })])
    await expect(engine.acquisition.start({ plan: { channels: ['DAPI'] } })).rejects.toMatchObject({
      message: expect.stringContaining('Camera 1 failed to start'),
    })
    const days = await readdir(join(folder, 'recordings'))
    for (const day of days) expect(await readdir(join(folder, 'recordings', day))).toEqual([])
  })

  it('leaves out what fails and goes on, where the plan says so', async () => {
    await open([demoConnection({ width: 64, height: 64, failMove: 2 })])
    const plan = { stage_positions: [{ x: 1 }, { x: 2 }, { x: 3 }] }
    await engine.acquisition.start({ plan, storage: raw, onFault: { kind: 'skip' } })
    const status = await finished()
    expect(status).toMatchObject({
      finish: { reason: 'completed' },
      events: { done: 3, skipped: 1 },
      frames: { written: 2 },
    })
    const records = await recordsIn(dataset(status))
    expect(records.filter(({ kind }) => kind === 'skipped')).toEqual([
      {
        kind: 'skipped',
        camera: 'camera',
        index: { p: 1 },
        reason: expect.stringContaining('The motor stalls'),
      },
    ])
    expect(framesOf(records).map(({ index }) => index.p)).toEqual([0, 2])
  })

  it('keeps what there is when the camera is lost in a burst, and leaves the light off', async () => {
    await open([demoConnection({ width: 64, height: 64, frameRate: 5, fault: 'throw-while-running' })])
    const plan = { channels: ['DAPI'], time_plan: { interval: 0, loops: 500 } }
    await engine.acquisition.start({ plan, storage: raw })
    const status = await finished()
    expect(status.finish).toMatchObject({ reason: 'failed', message: expect.stringContaining('Camera 1') })
    expect(status.frames.written).toBeGreaterThan(0)
    expect(framesOf(await recordsIn(dataset(status)))).toHaveLength(status.frames.written)
    expect(engine.alerts.list().find(({ id }) => id === `recording:failed:${status.id}`)).toBeDefined()
    const lights = await eventually('the microscope', () => {
      const all = engine.devices.devices().filter(({ description }) => description.kind === 'light')
      return all.every(({ status: { state } }) => state === 'ready') ? all : undefined
    })
    for (const { properties } of lights)
      expect(properties.find(({ name }) => name === 'on')?.value).toBe(false)
  })

  it('ends with a clear error when its folder is removed', async () => {
    await open()
    const { id } = await engine.acquisition.start({ plan: { time_plan: { interval: 0.05, loops: 1e5 } } })
    await eventually('some images', () => (engine.acquisition.status?.frames.written ?? 0) > 3)
    await rm(join(folder, id), { recursive: true })
    const { finish } = await finished()
    expect(finish).toMatchObject({
      reason: 'failed',
      message: expect.stringContaining(id.split('/').at(-1) ?? ''),
    })
  })

  it('completes the files of a storing worker that was killed', async () => {
    await open()
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    await engine.acquisition.start({ plan: { time_plan: { interval: 0.02, loops: 1e5 } }, name: 'killed' })
    await eventually('some images', () => (engine.acquisition.status?.frames.written ?? 0) > 3)
    const storing = post.mock.contexts.find((_, i) => takeSchema.safeParse(post.mock.calls[i]?.[0]).success)
    post.mockRestore()
    if (!(storing instanceof Worker)) throw new Error('no worker stores anything')
    await storing.terminate()
    const status = await finished()
    expect(status.finish).toMatchObject({
      reason: 'failed',
      message: 'The worker that stores images ended unexpectedly',
    })
    const frames = framesOf(await recordsIn(dataset(status)))
    const file = await fromFile(join(dataset(status), 'killed.ome.tiff'))
    const description = await (await file.getImage(0)).fileDirectory.loadValue('ImageDescription')
    await file.close()
    expect(String(description).match(/<Plane /g)).toHaveLength(frames.length)
  })

  it('completes what runs when the engine is closed', async () => {
    await open()
    const { id } = await engine.acquisition.start({
      plan: { time_plan: { interval: 600, loops: 2 } },
      name: 'closed',
    })
    await eventually('an image', () => engine.acquisition.status?.frames.written === 1)
    await engine.close()
    const summary: unknown = JSON.parse(await readFile(join(folder, id, 'acquisition.json'), 'utf8'))
    expect(summary).toMatchObject({ finish: { reason: 'cancelled' } })
    expect(await firstPixels(join(folder, id, 'camera', 'closed.ome.tiff'))).toHaveLength(1)
  })

  it('survives kill -9: what was reported as written is there after the next start, by position', async () => {
    const script = fileURLToPath(new URL('../../../fixtures/plan-process.ts', import.meta.url))
    const child = fork(script, [folder])
    onTestFinished(() => void child.kill('SIGKILL'))
    const told = z.object({ id: z.string(), written: z.number() })
    let last = { id: '', written: 0 }
    child.on('message', (message) => {
      last = told.parse(message)
    })
    await eventually('some images', () => last.written >= 20)
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    await open()
    const path = join(folder, last.id, 'camera')
    const frames = framesOf(await recordsIn(path))
    expect(frames.length).toBeGreaterThanOrEqual(last.written)
    const name = last.id.split('/').at(-1)
    for (const [p, position] of ['left', 'right'].entries()) {
      const file = await fromFile(join(path, `${name}_${position}.ome.tiff`))
      const own = frames.filter(({ index }) => index.p === p)
      expect(await file.getImageCount()).toBeGreaterThanOrEqual(own.length)
      const description = await (await file.getImage(0)).fileDirectory.loadValue('ImageDescription')
      await file.close()
      expect(String(description).match(/<Plane /g)).toHaveLength(own.length)
    }
    expect(engine.alerts.list().map(({ message }) => message)).toContain(
      `${name} was interrupted; its ${frames.length} frames are kept`,
    )
  })
})
