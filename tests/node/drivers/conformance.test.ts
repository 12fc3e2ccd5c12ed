import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import replay from '../../../drivers/replay/index.ts'
import type {
  ConformanceCheck,
  ConformanceTarget,
} from '../../../drivers/sdk/conformance/conformance-check.ts'
import { conformanceChecks, runConformance } from '../../../drivers/sdk/conformance/run-conformance.ts'
import type { Driver } from '../../../drivers/sdk/driver.ts'
import simulatedMicroscope from '../../../drivers/simulated-microscope/index.ts'
import { pngBytes, randomPixels, temporaryFolder, writeTiff } from '../../fixtures/image-fixtures.ts'
import { type Misdeed, misdeeds, smallDriver } from '../../fixtures/small-driver.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

function findCheck(driver: Driver, target: ConformanceTarget, start: string): ConformanceCheck {
  const check = conformanceChecks(driver, target).find(({ name }) => name.startsWith(start))
  if (check === undefined) throw new Error(`No check is called "${start}..."`)
  return check
}

/** One test for each check of the kit; `target` is asked when the test runs. */
function conforms(driver: Driver, target: () => ConformanceTarget): void {
  for (const { name } of conformanceChecks(driver, { address: '', options: {} })) {
    test(name, async ({ skip }) => {
      const result = await findCheck(driver, { timeoutMs: 60_000, ...target() }, name).run()
      if (result.outcome === 'skipped') skip(result.reason)
    })
  }
}

describe('replay: a folder', () => {
  beforeAll(async () => {
    for (let i = 0; i < 5; i++) {
      const pixels = randomPixels(40 * 30, 8, i)
      await writeFile(
        join(folder.path, `image${i}.png`),
        pngBytes({ width: 40, height: 30, channels: 1, pixels }),
      )
    }
  })
  conforms(replay, () => ({ address: folder.path, options: { frameRate: 200 } }))
})

describe('replay: a stack', () => {
  const path = () => join(folder.path, 'stack.tif')
  beforeAll(async () => {
    const pages = Array.from({ length: 4 }, (_, i) => randomPixels(40 * 30, 16, i))
    await writeTiff(path(), { width: 40, height: 30, pages, bigTiff: true })
  })
  conforms(replay, () => ({ address: path(), options: { frameRate: 200 } }))
})

describe('simulated microscope', () => {
  conforms(simulatedMicroscope, () => ({ address: 'demo', options: { width: 256, height: 256 } }))

  test('with a shutter', async () => {
    const target = { address: 'demo', options: { width: 64, height: 64, shutter: true } }
    for (const start of ['shutters and autofocus', 'properties take'])
      expect(await findCheck(simulatedMicroscope, target, start).run()).toEqual({ outcome: 'passed' })
  })
})

describe('the kit', () => {
  const target: ConformanceTarget = { address: '', options: {}, timeoutMs: 60_000 }

  test('passes a driver that conforms', async () => {
    const results = await runConformance(smallDriver(), target)
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  })

  test.concurrent.each(Object.keys(misdeeds).filter((name): name is Misdeed => name in misdeeds))(
    'notices: %s',
    async (misdeed) => {
      const check = findCheck(smallDriver(misdeed), { ...target, timeoutMs: 400 }, misdeeds[misdeed])
      const error = await check.run().then(
        ({ outcome }) => outcome,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(Error)
      expect(error instanceof Error ? error.message : '').toMatch(/\w+ \w+/)
    },
  )

  test('names what does not apply', async () => {
    const driver = smallDriver()
    const withoutStage: Driver = {
      ...driver,
      open: async (address, options) => {
        const connection = await driver.open(address, options)
        const devices = connection.devices.filter(({ description }) => description.kind === 'camera')
        return { devices, close: () => connection.close() }
      },
    }
    const results = await runConformance(withoutStage, target)
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(results.filter(({ outcome }) => outcome === 'skipped')).toMatchObject([
      { reason: 'It has no presets' },
      { reason: 'It has no stage' },
      { reason: 'It has no stage' },
      { reason: 'It has no focus drive that triggers cameras' },
      { reason: 'It has no focus drive that triggers cameras' },
    ])
  })
})
