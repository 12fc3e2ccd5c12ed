import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { storageOptionsSchema } from '../../src-shared/acquisition/storage-options.ts'
import { killRecording, readKept } from '../fixtures/killed-recording.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'

const tifffile = pythonHas('tifffile')
const foundSchema = z.object({ frames: z.number(), wrong: z.array(z.number()) })

describe.skipIf(!tifffile)('tifffile and numpy read a recording whose process was killed', () => {
  let parent: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'coverslip-killed-'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))

  it('every frame that was reported as written', async () => {
    const driver = { width: 512, height: 300 }
    const written: number[] = []
    const folders: string[] = []
    for (const format of ['ome-tiff', 'raw'] as const) {
      const dataFolder = join(parent, format)
      const storage = storageOptionsSchema.parse({ format })
      written.push(await killRecording({ dataFolder, storage, driver, afterMs: 50, atLeast: 15 }))
      folders.push(...(await readKept(dataFolder)).map(({ folder }) => folder))
    }
    const lines = await startPythonPeer('recording-readable.py', folders).ended
    const found = lines.map((line) => foundSchema.parse(JSON.parse(line)))
    expect(found.map(({ wrong }) => wrong)).toEqual([[], []])
    for (const [i, { frames }] of found.entries()) expect(frames).toBeGreaterThanOrEqual(written[i] ?? 0)
  })
})
