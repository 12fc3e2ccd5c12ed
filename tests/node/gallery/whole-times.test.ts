import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openStoredPlanes } from '../../../src-main/acquisition/reading/plane-places.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

it('A time of which images are still to come is told, whatever was skipped', async () => {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  const logPath = join(path, 'frames.jsonl')
  await writeFile(logPath, '')
  let place = 0
  const took = (t: number, c: number) =>
    appendFile(
      logPath,
      `${JSON.stringify({ kind: 'frame', camera: 'cam', index: { t, c }, place: place++, sequence: 0, capturedAt: 0, timestampNs: '0', hostTimeNs: '0', elapsedS: 0, exposureMs: 1, gain: 0 })}\n`,
    )
  const skipped = (t: number, c: number) =>
    appendFile(
      logPath,
      `${JSON.stringify({ kind: 'skipped', camera: 'cam', index: { t, c }, reason: 'fault' })}\n`,
    )
  const planes = await openStoredPlanes({
    axes: [
      { axis: 't', length: 10 },
      { axis: 'c', length: 2 },
    ],
    logPath,
    count: () => Promise.resolve(0),
  })
  const times = async () => {
    const { sizes, wholeTimes } = await planes.sizes()
    return { t: sizes.t, wholeTimes }
  }
  await took(0, 0)
  expect(await times()).toEqual({ t: 1, wholeTimes: 0 })
  await took(0, 1)
  expect(await times()).toEqual({ t: 1, wholeTimes: undefined })
  await took(1, 0)
  expect(await times()).toEqual({ t: 2, wholeTimes: 1 })
  await skipped(1, 1)
  expect(await times()).toEqual({ t: 2, wholeTimes: undefined })
  await skipped(2, 0)
  await took(2, 1)
  expect(await times()).toEqual({ t: 3, wholeTimes: undefined })
})
