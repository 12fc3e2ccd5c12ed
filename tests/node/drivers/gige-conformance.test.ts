/** The GigE Vision driver against the simulator of this project: what every driver must do. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import gigeVision from '../../../drivers/gige-vision/index.ts'
import type { GigeSimulator } from '../../../drivers/gige-vision/simulator/gige-simulator.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'
import type { CameraDevice, Device, Driver } from '../../../drivers/sdk/driver.ts'

/** What makes the simulated camera slow or faulty when it is set to its limits, and what it drives besides (slowly). */
const leftOut = ['Test Control', 'Simulated Network', 'Microscope']

/** The driver without those properties. */
const driver: Driver = {
  ...gigeVision,
  open: async (address, options) => {
    const connection = await gigeVision.open(address, options)
    return { ...connection, devices: connection.devices.filter(isCamera).map(ordinary) }
  },
}

const isCamera = (device: Device): device is CameraDevice => device.description.kind === 'camera'

function ordinary(camera: CameraDevice): CameraDevice {
  return {
    description: camera.description,
    properties: () => camera.properties().filter(({ category }) => !leftOut.includes(category)),
    setProperty: (name, value) => camera.setProperty(name, value),
    onPropertiesChanged: (listener) => camera.onPropertiesChanged(listener),
    start: (sink) => camera.start(sink),
    stop: () => camera.stop(),
    trigger: () => camera.trigger(),
  }
}

describe.each([
  { camera: 'main', extendedIds: false },
  { camera: 'overview', extendedIds: true },
] as const)('simulated $camera camera, extended ids: $extendedIds', ({ camera, extendedIds }) => {
  let simulator: GigeSimulator
  beforeAll(async () => {
    simulator = await startGigeSimulator({
      port: 0,
      broadcast: false,
      camera,
      extendedIds,
      width: 128,
      height: 128,
      frameRate: 100,
    })
  })
  afterAll(() => simulator.close())

  // The colour camera has the same properties as the other: its frames are what differs.
  const checks = conformanceChecks(driver, { address: '', options: {} })
  for (const { name } of camera === 'main'
    ? checks
    : checks.filter((check) => check.name.includes('frame'))) {
    test(name, async ({ skip }) => {
      const options = { port: simulator.port, heartbeatTimeoutMs: 12_000 }
      const target = { address: simulator.address, options, timeoutMs: 60_000 }
      const check = conformanceChecks(driver, target).find((candidate) => candidate.name === name)
      const result = await check?.run()
      if (result?.outcome === 'skipped') skip(result.reason)
    })
  }
})
