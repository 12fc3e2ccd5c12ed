/** The GigE Vision driver against the simulator of this project: what every driver must do. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import gigeVision from '../../../drivers/gige-vision/index.ts'
import type { GigeSimulator } from '../../../drivers/gige-vision/simulator/gige-simulator.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'

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

  for (const { name } of conformanceChecks(gigeVision, { address: '', options: {} })) {
    test(name, { timeout: 120_000 }, async ({ skip }) => {
      const target = {
        address: simulator.address,
        options: { port: simulator.port, heartbeatTimeoutMs: 12_000 },
        timeoutMs: 20_000,
      }
      const check = conformanceChecks(gigeVision, target).find((candidate) => candidate.name === name)
      const result = await check?.run()
      if (result?.outcome === 'skipped') skip(result.reason)
    })
  }
})
