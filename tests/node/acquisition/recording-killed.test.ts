import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import { storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { killRecording, readKept } from '../../fixtures/killed-recording.ts'

let dataFolder: string
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-killed-'))
})
afterEach(() => rm(dataFolder, { recursive: true, force: true }))

// Small images go through the system's cache, large ones past it. `bench/kill-recording.ts` does this at random moments.
const small = { width: 40, height: 30 }
const large = { width: 512, height: 300 }

describe('a recording whose process is killed', () => {
  it.each([
    { format: 'raw', driver: large, afterMs: 0 },
    { format: 'ome-tiff', driver: small, afterMs: 110 },
    { format: 'ome-tiff', driver: large, afterMs: 30 },
    { format: 'ome-zarr', driver: large, afterMs: 70 },
  ] as const)(
    'keeps every frame that was reported as written: $format, $driver.width pixels wide',
    async (run) => {
      const storage = storageOptionsSchema.parse({ format: run.format })
      const written = await killRecording({ ...run, dataFolder, storage, atLeast: 20 })
      const [kept] = await readKept(dataFolder)
      expect(kept?.wrong).toEqual([])
      const sequences = kept?.sequences ?? []
      expect(sequences.length).toBeGreaterThanOrEqual(written)
      expect(sequences).toEqual(Array.from(sequences, (_, i) => (sequences[0] ?? 0) + i))
    },
  )

  it('is told of once', async () => {
    const storage = storageOptionsSchema.parse({ format: 'raw' })
    await killRecording({ dataFolder, storage, driver: small, afterMs: 0, atLeast: 5 })
    const told = async () => {
      const engine = await createEngine({ connections: [], dataFolder })
      const messages = engine.alerts.list().map(({ message }) => message)
      await engine.close()
      return messages
    }
    expect(await told()).toEqual([expect.stringMatching(/was interrupted; its \d+ frames are kept/)])
    expect(await told()).toEqual([])
  })
})
