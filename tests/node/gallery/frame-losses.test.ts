import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FrameLogReader } from '../../../src-main/acquisition/reading/frame-log-reader.ts'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

it('frames that are lost, skipped or have pixels missing are counted', async () => {
  const frame = (place: number) => ({
    kind: 'frame' as const,
    camera: 'cam',
    index: { t: place },
    place,
    sequence: place,
    capturedAt: 0,
    timestampNs: '0',
    hostTimeNs: '0',
    elapsedS: 0,
    exposureMs: 1,
    gain: 0,
  })
  const records: readonly FrameRecord[] = [
    frame(0),
    { ...frame(1), incomplete: true },
    { kind: 'lost', camera: 'cam', first: 2, last: 4, reason: 'overwritten' },
    { kind: 'skipped', camera: 'cam', index: { t: 5 }, reason: 'fault' },
  ]
  const folder = await temporaryFolder()
  try {
    const path = join(folder.path, 'frames.jsonl')
    await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    const log = new FrameLogReader(path)
    expect(await log.losses()).toEqual({ lost: 3, skipped: 1, incomplete: 1 })
    await appendFile(path, `${JSON.stringify(records[2])}\n`)
    expect(await log.losses()).toEqual({ lost: 6, skipped: 1, incomplete: 1 })
  } finally {
    await folder.remove()
  }
})
