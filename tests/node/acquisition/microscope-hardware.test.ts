import { afterEach, describe, expect, it, vi } from 'vitest'
import { CameraRegions } from '../../../src-main/acquisition/run/microscope/camera-region.ts'
import { DeviceSettings } from '../../../src-main/acquisition/run/microscope/device-settings.ts'
import { takeFrame } from '../../../src-main/acquisition/take-frame.ts'
import type { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import { LiveFrameReader } from '../../../src-main/frames/live-frame-reader.ts'
import { demoDriverConnection, openRegistry } from '../../fixtures/demo-registry.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { type PlanFrame, runPlan } from '../../fixtures/plan-run.ts'

/** How bright an image is, and how much its neighbouring pixels differ: most where the specimen is in focus. */
function look({ pixels, info }: PlanFrame) {
  let sum = 0
  let contrast = 0
  for (let i = 2; i < pixels.length; i++) {
    sum += pixels[i] ?? 0
    if (i % info.width >= 2) contrast += ((pixels[i] ?? 0) - (pixels[i - 2] ?? 0)) ** 2
  }
  return { mean: sum / pixels.length, contrast: contrast / pixels.length }
}

/** The z of the sharpest of the frames, µm. */
function sharpest(frames: readonly PlanFrame[]): number | undefined {
  const contrasts = frames.map((frame) => look(frame).contrast)
  return frames[contrasts.indexOf(Math.max(...contrasts))]?.info.stage?.z
}

describe('MicroscopeHardware on the simulated microscope', () => {
  let devices: DeviceRegistry
  const open = async (options: Record<string, unknown> = {}) => {
    devices = await openRegistry(demoDriverConnection({ width: 256, height: 256, ...options }))
  }
  const value = (id: string, property: string) =>
    devices.device(id).properties.find(({ name }) => name === property)?.value
  const lit = () => ['led-bf', 'led-385', 'led-475', 'led-555'].filter((id) => value(id, 'on') === true)
  afterEach(async () => {
    vi.restoreAllMocks()
    await devices.close()
  })

  it('takes each channel in its own light, and no light is on but during exposures', async () => {
    await open()
    const litWhenSettled: string[][] = []
    const { frames, notRestored, failure } = await runPlan(
      devices,
      { channels: ['DAPI', { config: 'GFP', exposure: 5 }, 'RFP', 'BF'] },
      { settled: () => void litWhenSettled.push(lit()) },
    )
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    expect(frames.map(({ info }) => info.channel)).toEqual(['DAPI', 'GFP', 'RFP', 'BF'])
    expect(frames.map(({ info }) => info.exposureMs)).toEqual([10, 5, 10, 10])
    // A dark image has the black level, 100, and nothing more.
    for (const frame of frames) expect(look(frame).mean).toBeGreaterThan(120)
    await eventually('the light that was on before', () => lit().join() === 'led-475')
    expect(value('camera', 'triggerMode')).toBe('continuous')
    expect(devices.camera('camera').acquiring).toBe(false)
  })

  it.each([
    ['by software', ['camera', 'overview']],
    ['by the focus drive', ['camera']],
  ])('takes a stack %s, each plane where it belongs', async (_how, detectorNames) => {
    await open()
    const { frames, failure, batches } = await runPlan(
      devices,
      { channels: ['GFP'], z_plan: { range: 8, step: 1 }, stage_positions: [[100, 50, 2]] },
      { detectorNames },
    )
    expect(failure).toBeUndefined()
    const own = frames.filter(({ camera }) => camera === 'camera')
    expect(own.map(({ info }) => info.stage?.z)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5, 6])
    expect(own.map(({ event }) => event.zUm)).toEqual(own.map(({ info }) => info.stage?.z))
    // The slide lies at z = 0.1 µm there.
    expect(sharpest(own)).toBe(0)
    expect(batches).toEqual([9])
    expect(devices.device('stage').position).toEqual({ x: 0, y: 0, z: 0 })
  })

  it('takes a burst without a gap in the camera’s numbers', async () => {
    await open({ frameRate: 200 })
    const { frames, failure, batches } = await runPlan(devices, {
      channels: ['GFP'],
      time_plan: { interval: 0, loops: 40 },
    })
    expect(failure).toBeUndefined()
    expect(batches).toEqual([40])
    const first = frames[0]?.sequence ?? 0
    expect(frames.map(({ sequence }) => sequence)).toEqual(frames.map((_, i) => first + i))
    for (const frame of frames) expect(look(frame).mean).toBeGreaterThan(120)
  })

  it('keeps back the last image of a burst until the devices have told that nothing was changed', async () => {
    await open({ frameRate: 200 })
    const whenTold = devices.whenTold.bind(devices)
    const asked = vi.spyOn(devices, 'whenTold').mockImplementation(async (ids) => {
      // While the last frame was exposed.
      await devices.setProperty('camera', 'exposureMs', 3)
      await whenTold(ids)
    })
    const { frames, failure } = await runPlan(devices, {
      channels: [{ config: 'GFP', exposure: 2 }],
      time_plan: { interval: 0, loops: 5 },
    })
    expect(failure).toMatchObject({ message: expect.stringContaining('has changed to 3 while an image') })
    expect(frames.map(({ event }) => event.index.t)).toEqual([0, 1, 2, 3])
    // Of settings and of light, after the last frame only.
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('takes a burst by several cameras side by side', async () => {
    await open({ frameRate: 100 })
    const { frames, failure } = await runPlan(
      devices,
      { channels: ['BF'], time_plan: { interval: 0, loops: 6 } },
      { detectorNames: ['camera', 'overview'] },
    )
    expect(failure).toBeUndefined()
    for (const id of ['camera', 'overview']) {
      const own = frames.filter(({ camera }) => camera === id)
      const first = own[0]?.sequence ?? 0
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, i) => first + i))
      expect(own.map(({ event }) => event.index.t)).toEqual([0, 1, 2, 3, 4, 5])
    }
  })

  const openFree = async (options: Record<string, unknown>) => {
    const driverUrl = new URL('../../fixtures/free-camera-driver.ts', import.meta.url).href
    devices = await openRegistry({ id: 'free', title: 'Free', worker: { driverUrl, address: '', options } })
  }

  it.each([
    ['whose clock is off', {}],
    ['that delivers late', { underWay: 6 }],
  ])(
    'takes a later frame of a camera %s and cannot be triggered, never one from before',
    async (_how, options) => {
      await openFree(options)
      const { frames, failure } = await runPlan(devices, {
        z_plan: { top: 5, bottom: 1, step: 1 },
      })
      expect(failure).toBeUndefined()
      // Each pixel holds where the focus was when the exposure began, and whether the light was on all the time.
      expect(frames.map(({ pixels }) => pixels[0])).toEqual([101, 102, 103, 104, 105])
    },
  )

  it('takes no image of a burst earlier than planned, where the camera is faster', async () => {
    await openFree({})
    const { frames, failure, batches } = await runPlan(devices, {
      time_plan: { interval: 0.0125, loops: 20 },
    })
    expect(failure).toBeUndefined()
    expect(batches).toEqual([20])
    const [first] = frames
    for (const { info, event } of frames) {
      const afterMs = Number(info.hostTimeNs - (first?.info.hostTimeNs ?? 0n)) / 1e6
      expect(afterMs).toBeGreaterThan((event.minStartS ?? 0) * 1000 - 1.01)
    }
  })

  it('takes frames of a burst that come out of order for a failure', async () => {
    await openFree({ repeats: true })
    const { failure } = await runPlan(devices, { time_plan: { interval: 0, loops: 30 } })
    expect(failure).toMatchObject({
      code: 'DEVICE_FAILED',
      message: expect.stringMatching(/^Free camera delivered frame (\d+) after frame \1$/),
    })
  })

  it('finds the focus by autofocus, tries again, and takes stacks around what it found', async () => {
    await open({ failFocus: 2 })
    const plan = {
      channels: ['GFP'],
      z_plan: { range: 4, step: 1 },
      // 2.5 µm and more out of focus; the slide lies at 2.45 and -1.28 µm there.
      stage_positions: [
        [2000, 0, 0],
        [-1000, 500, 3],
      ],
      autofocus_plan: { axes: 'p', autofocus_motor_offset: 1 },
    }
    const { frames, failure } = await runPlan(devices, plan)
    expect(failure).toBeUndefined()
    const places = frames.map(({ info }) => Number(info.stage?.z?.toFixed(2)))
    expect(places.slice(0, 5)).toEqual([1.68, 2.68, 3.68, 4.68, 5.68])
    // An offset of 1 µm has the second plane in focus.
    for (const position of [0, 1]) {
      const stack = frames.filter(({ event }) => event.index.p === position)
      expect(sharpest(stack)).toBe(stack[1]?.info.stage?.z)
    }
    const { failure: refused } = await runPlan(devices, {
      ...plan,
      stage_positions: [[0, 0, 300]],
    })
    expect(refused).toMatchObject({
      code: 'DEVICE_FAILED',
      message: 'Autofocus sees no reflection of the specimen',
    })
  })

  it('sets region, exposure and properties of the plan’s setup, and brings them back', async () => {
    await open()
    await devices.setProperty('camera', 'roiWidth', 128)
    await devices.setProperty('camera', 'roiX', 64)
    await eventually('the region', () => value('camera', 'roiX') === 64)
    const { frames, failure, notRestored } = await runPlan(devices, {
      channels: ['GFP'],
      setup: {
        action: { name: 'setup' },
        roi: [16, 32, 192, 160],
        exposure: 7,
        properties: [['objective', 'position', '10x/0.45']],
      },
    })
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    const [frame] = frames
    expect(frame?.info).toMatchObject({ width: 192, height: 160, exposureMs: 7, pixelSizeUm: 0.65 })
    await eventually(
      'the region of before',
      () =>
        ['roiX', 'roiY', 'roiWidth', 'roiHeight'].map((name) => value('camera', name)).join() ===
          '64,0,128,256' &&
        value('camera', 'exposureMs') === 10 &&
        value('objective', 'position') === '20x/0.75',
    )
  })

  it('waits for nothing more when a camera has rounded its region', async () => {
    await open()
    const setProperty = devices.setProperty.bind(devices)
    vi.spyOn(devices, 'setProperty').mockImplementation((id, name, wanted, options) =>
      setProperty(id, name, typeof wanted === 'number' ? 16 * Math.floor(wanted / 16) : wanted, options),
    )
    const settings = new DeviceSettings(devices, () => undefined)
    const regions = new CameraRegions(devices, settings)
    // No time passes.
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      await regions.set('camera', { x: 17, y: 33, width: 130, height: 100 }, new AbortController().signal)
    } finally {
      vi.useRealTimers()
      settings.end()
    }
    expect(['roiX', 'roiY', 'roiWidth', 'roiHeight'].map((name) => value('camera', name))).toEqual([
      16, 32, 128, 96,
    ])
  })

  it('exposes as setup’s properties say where nothing else says how long', async () => {
    await open()
    const plan = {
      channels: ['GFP'],
      setup: {
        action: { name: 'setup' },
        properties: [
          ['camera', 'gain', 2],
          ['camera', 'exposureMs', 37],
        ],
      },
    }
    const { frames, failure } = await runPlan(devices, plan)
    expect(failure).toBeUndefined()
    expect(frames.map(({ info }) => [info.gain, info.exposureMs])).toEqual([[2, 37]])
  })

  it('leaves a live view running, which shows what is exposed', async () => {
    await open()
    const reader = new LiveFrameReader(devices.ring('camera'))
    const lease = await devices.acquire('camera', { owner: 'live view', interruptible: true })
    await reader.wait()
    const { failure, frames } = await runPlan(devices, { channels: ['GFP', 'DAPI'] })
    expect(failure).toBeUndefined()
    expect(frames).toHaveLength(2)
    expect(devices.camera('camera').acquiring).toBe(true)
    // And it goes on by itself afterwards.
    reader.look()
    await reader.wait()
    expect(reader.look()).toBeDefined()
    await lease.release()
  })

  it('is refused by a camera that something else must have running as it is', async () => {
    await open()
    const lease = await devices.acquire('camera', { owner: 'a recording' })
    const { failure } = await runPlan(devices, { channels: ['GFP'] })
    expect(failure).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'Camera 1: This cannot change while the camera is used by a recording',
    })
    await lease.release()
  })

  it('lets nobody else trigger its camera', async () => {
    await open()
    let refused: unknown
    await runPlan(
      devices,
      { channels: ['GFP'] },
      {
        exposed: () =>
          takeFrame(devices, {}).then(
            () => undefined,
            (error: unknown) => {
              refused = error
            },
          ),
      },
    )
    expect(refused).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: 'Camera 1 is triggered by a running plan',
    })
  })

  it.each([
    ['a burst', { time_plan: { interval: 0, loops: 5000 } }, ['camera']],
    ['a triggered stack', { z_plan: { range: 100, step: 0.1 } }, ['camera']],
    ['a stack by software', { z_plan: { range: 100, step: 0.1 } }, ['camera', 'overview']],
  ])('ends %s at once when it is cancelled, with the light off', async (_what, plan, detectorNames) => {
    await open()
    const abort = new AbortController()
    const { failure, frames } = await runPlan(
      devices,
      { channels: ['GFP'], ...plan },
      {
        detectorNames,
        signal: abort.signal,
        begun: ({ number }) => {
          if (number === 6) abort.abort(new Error('cancelled'))
        },
      },
    )
    expect(failure).toMatchObject({ message: 'cancelled' })
    expect(frames.length).toBeLessThan(100)
    const kept = detectorNames.length === 1 ? [0, 1, 2] : [0, 0, 1]
    expect(frames.slice(0, 3).map(({ event }) => event.number)).toEqual(kept)
    expect(devices.camera('camera').acquiring).toBe(false)
    await eventually('the light as it was', () => lit().join() === 'led-475')
    expect(devices.device('stage').position).toMatchObject({ x: 0, y: 0, z: 0 })
  })

  it.each([
    ['the stage', { failMove: 3 }, 'The motor stalls'],
    ['a light', { failLight: 2 }, 'The lamp does not start'],
  ])('goes on after a fault of %s where it is tried again', async (_what, options, message) => {
    await open(options)
    const plan = {
      channels: ['GFP'],
      stage_positions: [
        [10, 0, 1],
        [20, 0, 2],
      ],
    }
    const { failure } = await runPlan(devices, plan)
    expect(failure).toMatchObject({ code: 'DEVICE_FAILED', message: expect.stringContaining(message) })
    await eventually('darkness', () => lit().length === 0)
    await devices.close()
    await open(options)
    const { failure: none, frames } = await runPlan(devices, plan, { retries: 1 })
    expect(none).toBeUndefined()
    expect(frames.map(({ info }) => info.stage?.x)).toEqual([10, 20])
  })
})
