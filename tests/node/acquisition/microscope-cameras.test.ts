import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GigeSimulator } from '../../../drivers/gige-vision/simulator/gige-simulator.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import type { ConnectionConfig } from '../../../src-main/devices/connection-supervisor.ts'
import type { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import { demoDriverConnection, openRegistry } from '../../fixtures/demo-registry.ts'
import { pngBytes, randomPixels, temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { runPlan } from '../../fixtures/plan-run.ts'

/** Plans by cameras of several connections, beside the demo microscope's stage and lights. */
describe('MicroscopeHardware with cameras of other drivers', () => {
  let simulator: GigeSimulator
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let devices: DeviceRegistry
  beforeAll(async () => {
    simulator = await startGigeSimulator({
      port: 0,
      broadcast: false,
      camera: 'main',
      extendedIds: false,
      width: 128,
      height: 128,
      frameRate: 100,
    })
    folder = await temporaryFolder()
    for (let i = 0; i < 4; i++) {
      const pixels = randomPixels(40 * 30, 16, i)
      await writeFile(join(folder.path, `${i}.png`), pngBytes({ width: 40, height: 30, channels: 1, pixels }))
    }
  })
  afterEach(() => devices.close())
  afterAll(async () => {
    await simulator.close()
    await folder.remove()
  })

  const connection = (id: string, address: string, options: Record<string, unknown>): ConnectionConfig => {
    const driverUrl = new URL(`../../../drivers/${id}/index.ts`, import.meta.url).href
    return { id, title: id, worker: { driverUrl, address, options, idPrefix: `${id}.` } }
  }
  const cameraOf = (connectionId: string) =>
    devices
      .devices()
      .find((device) => device.connectionId === connectionId && device.description.kind === 'camera')?.id ??
    ''

  it('exposes a GigE Vision camera, a replayed one and the demo’s together, by software', async () => {
    devices = await openRegistry(
      demoDriverConnection({ width: 128, height: 128 }),
      connection('gige-vision', simulator.address, { port: simulator.port }),
      connection('replay', folder.path, {}),
    )
    const detectorNames = ['camera', cameraOf('gige-vision'), cameraOf('replay')]
    const { frames, failure, notRestored } = await runPlan(
      devices,
      { channels: ['GFP'], z_plan: { range: 4, step: 1 } },
      { detectorNames },
    )
    expect(failure).toBeUndefined()
    expect(notRestored).toEqual([])
    const { failure: refused } = await runPlan(
      devices,
      { channels: ['GFP', { config: 'DAPI', exposure: 5 }] },
      { detectorNames },
    )
    expect(refused).toMatchObject({
      message: expect.stringMatching(/: channels\[1\].exposure: .*exposureMs can be read, but not set/),
    })
    for (const id of detectorNames) {
      const own = frames.filter(({ camera }) => camera === id)
      expect(own.map(({ event }) => event.number)).toEqual([0, 1, 2, 3, 4])
      expect(own.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4])
    }
  })

  it('takes a burst of a GigE Vision camera', async () => {
    devices = await openRegistry(connection('gige-vision', simulator.address, { port: simulator.port }))
    const { frames, failure, batches } = await runPlan(devices, {
      time_plan: { interval: 0, loops: 50 },
      setup: { action: { name: 'setup' }, exposure: 4 },
    })
    expect(failure).toBeUndefined()
    expect(batches).toEqual([50])
    const first = frames[0]?.sequence ?? 0
    expect(frames.map(({ sequence }) => sequence)).toEqual(frames.map((_, i) => first + i))
  })
})
