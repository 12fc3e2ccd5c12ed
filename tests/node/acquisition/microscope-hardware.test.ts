import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import { demoDriverConnection, openRegistry } from '../../fixtures/demo-registry.ts'
import { runPlan, type PlanFrame } from '../../fixtures/plan-run.ts'

/** Brightness of an image and how much neighbours differ: what is in focus differs most. */
function look({ pixels, info }: PlanFrame) {
  let sum = 0
  let contrast = 0
  for (let i = 2; i < pixels.length; i++) {
    sum += pixels[i] ?? 0
    if (i % info.width >= 2) contrast += ((pixels[i] ?? 0) - (pixels[i - 2] ?? 0)) ** 2
  }
  return { mean: sum / pixels.length, contrast: contrast / pixels.length }
}

describe('MicroscopeHardware', () => {
  let devices: DeviceRegistry
  const value = (id: string, property: string) =>
    devices.device(id).properties.find(({ name }) => name === property)?.value

  beforeEach(async () => {
    devices = await openRegistry(demoDriverConnection({ width: 256, height: 256 }))
  })
  afterEach(() => devices.close())

  it('takes each channel in its own light, and no light is on but during exposures', async () => {
    const { frames, notRestored, failure } = await runPlan(devices, {
      channels: ['DAPI', { config: 'GFP', exposure: 5 }, 'RFP', 'BF'],
    })
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    console.log(frames.map((f) => [f.info.channel, f.info.exposureMs, f.sequence, look(f)]))
    expect(frames.map(({ info }) => info.channel)).toEqual(['DAPI', 'GFP', 'RFP', 'BF'])
    expect(frames.map(({ info }) => info.exposureMs)).toEqual([10, 5, 10, 10])
  })

  it('stack', async () => {
    const { frames, notRestored, failure } = await runPlan(devices, {
      channels: ['GFP'],
      z_plan: { range: 8, step: 1 },
      stage_positions: [[100, 50, 2]],
    })
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    console.log(
      frames.map((f) => [f.info.stage, look(f)]),
      devices.device('stage').position,
      value('led-475', 'on'),
    )
  })
})
