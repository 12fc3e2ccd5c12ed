import { afterEach, describe, expect, it } from 'vitest'
import type { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
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
  afterEach(() => devices.close())

  it('takes each channel in its own light, and no light is on but during exposures', async () => {
    await open()
    const litWhenSettled: string[][] = []
    const { frames, notRestored, failure } = await runPlan(
      devices,
      { channels: ['DAPI', { config: 'GFP', exposure: 5 }, 'RFP', 'BF'] },
      { settled: () => litWhenSettled.push(lit()) },
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
})
