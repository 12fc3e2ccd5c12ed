import { afterEach, describe, expect, it } from 'vitest'
import { takeFrame } from '../../../src-main/acquisition/take-frame.ts'
import type { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import { demoDriverConnection, openRegistry } from '../../fixtures/demo-registry.ts'
import { eventually } from '../../fixtures/eventually.ts'

describe('takeFrame', () => {
  let devices: DeviceRegistry
  afterEach(() => devices.close())

  it('keeps nobody from changing how the camera is triggered, and takes the frame that comes then', async () => {
    devices = await openRegistry(demoDriverConnection({ width: 64, height: 64, frameRate: 50 }))
    await devices.setProperty('camera', 'triggerMode', 'external')
    const frame = takeFrame(devices, { detectorName: 'camera' })
    // Rejects first where the trigger may not be changed.
    frame.catch(() => undefined)
    await eventually('the camera to run', () => devices.device('camera').acquiring === true || undefined)
    await devices.setProperty('camera', 'triggerMode', 'continuous')
    expect((await frame).info).toMatchObject({ width: 64, height: 64 })
  })
})
