import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { estimatePlan } from '../../../../src-main/acquisition/plans/estimate-plan.ts'
import { PlanTravel } from '../../../../src-main/acquisition/plans/plan-travel.ts'
import { resolvePlan } from '../../../../src-main/acquisition/plans/resolve-plan.ts'
import { StepTimes } from '../../../../src-main/acquisition/plans/step-times.ts'
import { demoConnection } from '../../../../src-main/engine/connections.ts'
import { createEngine, type Engine } from '../../../../src-main/engine/create-engine.ts'
import { expandPlan } from '../../../../src-shared/plan/expand-plan.ts'
import { readPlan } from '../../../../src-shared/plan/read-plan.ts'
import { temporaryFolder } from '../../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let engine: Engine
beforeAll(async () => {
  folder = await temporaryFolder()
  engine = await createEngine({
    connections: [demoConnection({ width: 256, height: 256, frameRate: 50 })],
    dataFolder: folder.path,
  })
})
afterAll(async () => {
  await engine.close()
  await folder.remove()
})

const estimate = (plan: Record<string, unknown>, more: object = {}) =>
  engine.acquisition.estimate({ plan, storage: { format: 'raw' }, ...more })
const problemsOf = async (plan: Record<string, unknown>, more: object = {}) =>
  (await estimate(plan, more)).problems

describe('acquisition.estimate', () => {
  it('counts events, images, bytes and time', async () => {
    const found = await estimate({
      channels: [
        { config: 'DAPI', exposure: 10 },
        { config: 'GFP', exposure: 20, do_stack: false },
      ],
      z_plan: { range: 8, step: 2 },
      time_plan: { interval: 10, loops: 3 },
      stage_positions: [
        { x: 0, y: 0, z: 0 },
        { x: 100, y: 0, z: 0 },
      ],
    })
    const images = 3 * 2 * (5 + 1)
    expect(found).toMatchObject({
      events: images,
      frames: images,
      sizes: { t: 3, p: 2, c: 2, z: 5 },
      bytes: images * 256 * 256 * 2,
      problems: [],
      warnings: [],
    })
    expect(found.sizes.g).toBeUndefined()
    expect(found.durationS).toBeGreaterThan(20)
    expect(found.durationS).toBeLessThan(25)
    expect(found.freeDiskBytes).toBeGreaterThan(0)
    expect(found.memoryBytes).toBeGreaterThan(0)
  })

  it('counts every camera', async () => {
    const plan = { channels: ['DAPI', { config: 'GFP', camera: 'overview' }] }
    expect((await estimate(plan, { detectorNames: ['camera', 'overview'] })).frames).toBe(3)
    expect((await estimate(plan)).frames).toBe(2)
  })

  it.each([
    ['an unknown preset', { channels: ['DAPI', 'Cy9'] }, 'channels[1]', /Channel\/Cy9.*Channel\/DAPI/],
    ['an unknown group', { channels: [{ config: 'DAPI', group: 'Laser' }] }, 'channels[0]', /Laser\/DAPI/],
    [
      'an unknown camera',
      { channels: [{ config: 'DAPI', camera: 'Nobody' }] },
      'channels[0]',
      /no camera "Nobody"/,
    ],
    [
      'an unknown device',
      { stage_positions: [{ properties: [['laser', 'power', 1]] }] },
      'stage_positions[0].properties[0]',
      /no device "laser"/,
    ],
    [
      'an unknown property',
      { channels: ['DAPI'], setup: { properties: [['camera', 'exposre', 1]] } },
      'setup.properties[0]',
      /no property "exposre"/,
    ],
    [
      'a value out of range',
      { stage_positions: [{ sequence: { channels: ['BF'] }, properties: [['camera', 'exposureMs', -1]] }] },
      'stage_positions[0].properties[0]',
      /exposureMs/,
    ],
    [
      'a position beyond the stage',
      { stage_positions: [{}, { x: 0, y: 1e6 }] },
      'stage_positions[1].y',
      /y = 1000000 µm is outside the travel of Stage, -10000 to 10000/,
    ],
    [
      'a stack beyond the stage',
      { stage_positions: [{ z: 0 }], z_plan: { range: 4000, step: 100 } },
      'z_plan',
      /z = -2000 µm/,
    ],
    [
      'a position’s own stack',
      { stage_positions: [{ z: 0, sequence: { z_plan: { range: 4000, step: 100 } } }] },
      'stage_positions[0].sequence.z_plan',
      /z = -2000/,
    ],
    [
      'a focus far out, with a stack',
      { stage_positions: [{ z: 900 }], z_plan: { range: 4, step: 1 } },
      'stage_positions[0].z',
      /z = 898 µm/,
    ],
    [
      'tiles beyond the stage',
      {
        grid_plan: { rows: 3, columns: 1, fov_width: 9000, fov_height: 9000 },
        stage_positions: [{ x: 0, y: 2000 }],
      },
      'grid_plan',
      /y = 11000 µm/,
    ],
    [
      'no such autofocus',
      { stage_positions: [{ z: 0 }], autofocus_plan: { axes: 'p', autofocus_device_name: 'PFS' } },
      'autofocus_plan',
      /no autofocus device "PFS"/,
    ],
    ['a contradiction', { z_plan: { range: 1, step: 0 } }, 'z_plan.step', /greater than 0/],
    ['nothing to do', { metadata: {} }, '', /nothing to do/],
    [
      'the same image twice',
      {
        time_plan: { interval: 1, loops: 2 },
        stage_positions: [{ sequence: { time_plan: { interval: 1, loops: 3 } } }],
      },
      'stage_positions[0].sequence',
      /takes the same image twice/,
    ],
    ['events without end', { time_plan: { interval: 0, loops: 1e12 } }, '', /has more than 1000000 events/],
  ])('names %s', async (_what, plan, path, message) => {
    expect(await problemsOf(plan)).toContainEqual({ path, message: expect.stringMatching(message) })
  })

  it('names a grid of which it does not know how large its tiles are, until a frame has come', async () => {
    const plan = { grid_plan: { rows: 2, columns: 3 } }
    const fresh = await createEngine({
      connections: [demoConnection({ width: 128, height: 128 })],
      dataFolder: folder.path,
    })
    try {
      expect(await fresh.acquisition.estimate({ plan })).toMatchObject({
        events: 0,
        problems: [{ path: 'grid_plan', message: expect.stringContaining('size of an image') }],
      })
      await fresh.capture.snap()
      expect(await fresh.acquisition.estimate({ plan })).toMatchObject({ events: 6, problems: [] })
    } finally {
      await fresh.close()
    }
  })

  it('says what a format cannot hold', async () => {
    const tiles = { grid_plan: { rows: 40, columns: 30, fov_width: 10, fov_height: 10 } }
    expect(await problemsOf(tiles, { storage: { format: 'video' } })).toMatchObject([
      { path: '', message: expect.stringContaining('As video it would be 1200 files') },
    ])
    for (const files of ['perPosition', 'single'])
      expect(await problemsOf(tiles, { storage: { format: 'ome-tiff', files } })).toEqual([])
    const long = { time_plan: { interval: 0, loops: 500_001 }, setup: { roi: [0, 0, 64, 64] } }
    expect(await problemsOf(long, { storage: { format: 'ome-tiff' } })).toEqual([])
  })

  it('says how many videos of its cameras’ images can be made at once', async () => {
    const large = await createEngine({
      connections: [demoConnection({ width: 2048, height: 2048 })],
      dataFolder: folder.path,
    })
    const problems = async (positions: number, more: object = {}) => {
      const stage_positions = Array.from({ length: positions }, (_, i) => ({ x: 10 * i, y: 0 }))
      const plan = { channels: ['BF'], stage_positions, ...more }
      const found = await large.acquisition.estimate({ plan, storage: { format: 'video' } })
      return found.problems.map(({ message }) => message).filter((message) => message.includes('at once'))
    }
    try {
      expect(await problems(8)).toEqual([])
      expect(await problems(9)).toEqual([
        expect.stringContaining('9 files, one for each position and channel; 8 of 2048 × 2048 pixels'),
      ])
      expect(await problems(9, { setup: { roi: [0, 0, 1024, 1024] } })).toEqual([])
    } finally {
      await large.close()
    }
  })

  it('counts the images of positions in turn that one OME-TIFF would have, of one of two cameras', async () => {
    const plan = {
      channels: [{ config: 'DAPI', camera: 'overview' }],
      time_plan: { interval: 0, loops: 250_001 },
      stage_positions: [{}, {}],
      setup: { roi: [0, 0, 16, 16] },
    }
    const problems = (files: string) =>
      problemsOf(plan, { storage: { format: 'ome-tiff', files }, detectorNames: ['camera', 'overview'] })
    const tooMany = { path: '', message: expect.stringContaining('than the 500000') }
    expect(await problems('single')).toContainEqual(tooMany)
    expect(await problems('perPosition')).not.toContainEqual(tooMany)
  })

  it('names what the disk has no room for', async () => {
    const plan = resolvePlan(engine.devices, { plan: { channels: ['DAPI'], z_plan: { range: 99, step: 1 } } })
    const { estimate: found } = await estimatePlan(plan, {
      devices: engine.devices,
      times: new StepTimes(),
      storage: { format: 'raw' },
      // 512 MB stay free.
      freeDiskBytes: 540e6,
      diskSpeed: () => Promise.reject(new Error('It need not be known')),
    })
    expect(found.problems).toEqual([
      { path: '', message: 'needs 13 MB, and the disk has 540 MB left, of which 537 MB stay free' },
    ])
  })

  it('knows that bursts go at the camera’s rate, and that the drive steps through stacks by itself', async () => {
    const channels = [{ config: 'DAPI', exposure: 5 }]
    const burst = await estimate({ channels, time_plan: { interval: 0, loops: 1001 } })
    // 50 a second; one by one there would be less than 40.
    expect(burst.durationS).toBeGreaterThan(20)
    expect(burst.durationS).toBeLessThan(23)
    expect(burst.bytesPerSecond / (256 * 256 * 2)).toBeCloseTo(50, -1)
    expect(burst.assumed).toEqual(expect.arrayContaining(['burst', 'sequence']))
    expect(burst.assumed).not.toContain('image')
    expect(burst.warnings).toEqual([])
    const stack = await estimate({ channels, z_plan: { range: 500, step: 1 } })
    expect(stack.durationS).toBeGreaterThan(501 * 0.005)
    expect(stack.durationS).toBeLessThan(501 * 0.02)
    expect(stack.assumed).toEqual(expect.arrayContaining(['plane', 'sequence']))
    // A filter wheel between all planes: nothing goes by itself.
    const inTurn = await estimate({
      axis_order: 'zc',
      channels: [...channels, 'GFP'],
      z_plan: { range: 500, step: 1 },
    })
    expect(inTurn.durationS).toBeGreaterThan(5 * 2 * stack.durationS)
  })

  it('counts a burst as late only where the camera is slower than the plan', async () => {
    const plan = (interval: number) => ({
      channels: [{ config: 'DAPI', exposure: 19 }],
      time_plan: { interval, loops: 500 },
    })
    // Triggered one by one, images would take 22 ms and more; the camera makes 50 a second.
    expect((await estimate(plan(0.021))).warnings).toEqual([])
    expect((await estimate(plan(0.01))).warnings).toEqual([
      { path: 'time_plan', message: expect.stringMatching(/late, by up to about 5\.\d s/) },
    ])
  })

  it('warns of images that will be late, and of what it does not know', async () => {
    const { warnings, problems } = await estimate({
      channels: [{ config: 'DAPI', exposure: 500 }],
      time_plan: { interval: 0.1, loops: 10 },
      colour: 'red',
    })
    expect(problems).toEqual([])
    expect(warnings).toEqual([
      { path: 'colour', message: 'is not known, and not used' },
      { path: 'time_plan', message: expect.stringMatching(/late, by up to about 3\.\d s/) },
    ])
  })

  it('places what is relative to nothing around where the stage is', async () => {
    await engine.devices.moveStage('stage', { z: 499 }, 'absolute')
    try {
      expect(await problemsOf({ z_plan: { range: 10, step: 1 } })).toEqual([
        { path: 'z_plan', message: expect.stringContaining('z = 501 µm') },
      ])
    } finally {
      await engine.devices.moveStage('stage', { z: 0 }, 'absolute')
    }
  })

  it('names a region that the sensor does not have', async () => {
    const setup = { roi: [200, 0, 100, 100] }
    expect(await problemsOf({ channels: ['DAPI'], setup })).toEqual([
      {
        path: 'setup.roi',
        message: '100 x 100 pixels from 200, 0 on are no region of the 256 x 256 of Camera 1',
      },
    ])
    await expect(engine.acquisition.start({ plan: { channels: ['DAPI'], setup } })).rejects.toThrow(
      'setup.roi',
    )
  })

  it('names a stage that is not connected, and wells that it does not reach', () => {
    const problems = (plan: unknown, connected: boolean) => {
      const all = engine.devices.devices()
      const lost = all.map((device) => ({ ...device, status: { state: 'connecting' } as const }))
      const { sequence } = readPlan(plan)
      const travel = new PlanTravel({ devices: () => (connected ? all : lost) }, sequence)
      for (const event of expandPlan(sequence)) travel.check(event)
      return travel.problems
    }
    expect(problems({ stage_positions: [{ x: 1 }] }, false)).toEqual([
      { path: 'stage_positions[0].x', message: 'Stage, which moves x, is not connected' },
    ])
    const plate = {
      plate: 96,
      a1_center_xy: [0, 0],
      selected_wells: [
        [0, 2],
        [0, 1],
      ],
    }
    expect(problems({ stage_positions: plate }, true)).toEqual([
      { path: 'stage_positions', message: expect.stringMatching(/^well C2: y = -18000 µm is outside/) },
    ])
  })

  it('counts in numbers, whatever the plan asks for', async () => {
    const plan = { channels: ['DAPI', 'GFP'], time_plan: { interval: { weeks: 5000 }, loops: 1000 } }
    const { bytesPerSecond, durationS, problems } = await engine.acquisition.estimate({ plan })
    expect(problems).toEqual([])
    expect([bytesPerSecond, durationS].every(Number.isFinite)).toBe(true)
  })

  it('lets others have their turns, and ends when nobody waits for it', async () => {
    const asked = new AbortController()
    const counting = engine.acquisition.estimate(
      { plan: { time_plan: { interval: 0, loops: 1e9 } } },
      asked.signal,
    )
    setTimeout(() => asked.abort(new Error('gone')), 20)
    await expect(counting).rejects.toThrow()
  })

  it('refuses to start what has problems, and names them the same', async () => {
    const plan = { channels: ['Cy9'] }
    const problems = await problemsOf(plan)
    await expect(engine.acquisition.start({ plan })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { problems },
    })
    await expect(engine.acquisition.start({ plan: { z_plan: 3 } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('z_plan'),
    })
    expect(engine.acquisition.status).toBeUndefined()
  })
})
