/** What is set by hand while a plan takes its images. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { ImSwitchHost } from '../../fixtures/imswitch-host.ts'

let host: ImSwitchHost
beforeAll(async () => {
  host = await ImSwitchHost.start()
})
afterAll(() => host.close())

const post = (path: string, body: unknown) =>
  host.ask(`/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const expose = (deviceId: string, value: number) =>
  post('devices/setProperty', { deviceId, property: 'exposureMs', value })

describe('A plan that is under way', () => {
  it('keeps its camera as it has set it, until it is paused or has ended', async () => {
    const { engine } = host.server
    const valueOf = (deviceId: string, property: string) =>
      engine.devices.device(deviceId).properties.find(({ name }) => name === property)?.value
    const settings = [
      { deviceId: 'led-475', property: 'intensity', value: 7 },
      { deviceId: 'camera', property: 'gain', value: 3 },
    ]
    engine.presets.save({ group: 'Test', name: 'Bright', color: '#ffffff', settings }, { replace: false })
    const [exposure, gain] = [valueOf('camera', 'exposureMs'), valueOf('camera', 'gain')]
    const intensity = valueOf('led-475', 'intensity')
    const { id } = await engine.acquisition.start({
      plan: { time_plan: { interval: 3600, loops: 2 } },
      name: 'beads',
      detectorNames: ['camera'],
      storage: { format: 'raw' },
    })
    await eventually('the plan to wait', () => engine.acquisition.status?.state === 'waiting')
    const refusal = {
      status: 409,
      json: {
        code: 'ACQUISITION_RUNNING',
        message: `${engine.acquisition.status?.name} takes its images with ${engine.devices.device('camera').description.name}`,
        data: { hint: expect.stringContaining('Pause it') },
      },
    }
    expect(await expose('camera', 123)).toMatchObject(refusal)
    expect(await expose(engine.devices.device('camera').description.name, 123)).toMatchObject(refusal)
    expect(await post('presets/apply', { group: 'Test', name: 'Bright' })).toMatchObject(refusal)
    expect((await host.ask('/imswitch/api/SettingsController/setDetectorGain?gain=5')).status).toBe(409)
    expect(
      (await host.ask('/imswitch/api/SettingsController/setDetectorBinning?binning=2')).json,
    ).toMatchObject({
      status: 'error',
      error: refusal.json.message,
    })
    expect([valueOf('camera', 'exposureMs'), valueOf('camera', 'gain')]).toEqual([exposure, gain])
    expect(valueOf('led-475', 'intensity')).toBe(intensity)
    // A camera of which it takes no images is nobody's.
    expect(await expose('overview', 12)).toMatchObject({ status: 200 })
    engine.acquisition.pause(id)
    await eventually('the pause', () => engine.acquisition.status?.state === 'paused')
    expect(await expose('camera', 20)).toMatchObject({ status: 200 })
    await engine.acquisition.cancel(id)
    expect(await post('presets/apply', { group: 'Test', name: 'Bright' })).toMatchObject({ status: 200 })
    await eventually('the gain', () => valueOf('camera', 'gain') === 3)
  })
})
