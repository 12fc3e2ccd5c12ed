import { expect, test } from 'vitest'
import { CameraRegions } from '../../../src-main/acquisition/run/microscope/camera-region.ts'
import { DeviceSettings } from '../../../src-main/acquisition/run/microscope/device-settings.ts'
import { demoDriverConnection, openRegistry } from '../../fixtures/demo-registry.ts'

test('a region is not set further once the plan, which may bring the former one back already, has ended', async () => {
  const devices = await openRegistry(demoDriverConnection({ width: 256, height: 256 }))
  const settings = new DeviceSettings(devices, () => undefined)
  try {
    const ended = new AbortController()
    const reason = new Error('cancelled')
    const region = { x: 16, y: 32, width: 192, height: 160 }
    const setting = new CameraRegions(devices, settings).set('camera', region, ended.signal)
    ended.abort(reason)
    await expect(setting).rejects.toBe(reason)
    const { properties } = devices.camera('camera')
    expect(properties.find(({ name }) => name === 'roiWidth')?.value).toBe(256)
  } finally {
    settings.end()
    await devices.close()
  }
})
