import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { replayConnection } from '../../src-main/engine/connections.ts'
import { createEngine } from '../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../fixtures/eventually.ts'
import { imageHashes } from '../fixtures/image-hashes.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'

const tifffile = pythonHas('tifffile')

const foundSchema = z.object({
  bigtiff: z.boolean(),
  shape: z.array(z.number()),
  dtype: z.string(),
  planes: z.array(z.string()),
  deltaT: z.array(z.number()),
})

describe.skipIf(!tifffile)('tifffile opens what was recorded', () => {
  let data: SharedData
  let folder: string
  beforeAll(async () => {
    data = await sharedData()
    folder = await mkdtemp(join(tmpdir(), 'coverslip-tifffile-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await data.remove()
  })

  it.each(['brightfield', 'nuclei', 'diffusion'] as const)('%s: every pixel of real images', async (set) => {
    const frames = 6
    const engine = await createEngine({ connections: [replayConnection(data[set])], dataFolder: folder })
    try {
      const { id } = await engine.recorder.start({
        name: set,
        until: { kind: 'frames', frames },
      })
      const status = await eventually('the end', () => {
        const { status: last } = engine.recorder
        return last?.state === 'finished' ? last : undefined
      })
      expect(status).toMatchObject({ frames: { written: frames, lost: 0 }, finish: { reason: 'completed' } })
      const dataset = join(folder, id, 'camera')
      const peer = startPythonPeer('recording-tifffile.py', [join(dataset, `${set}.ome.tiff`)])
      const found = foundSchema.parse(JSON.parse((await peer.ended)[0] ?? ''))
      expect(found).toMatchObject({ bigtiff: true, dtype: set === 'nuclei' ? 'uint16' : 'uint8' })
      const log = await readFile(join(dataset, 'frames.jsonl'), 'utf8')
      const records = log
        .split('\n')
        .slice(0, -1)
        .map((line) => frameRecordSchema.parse(JSON.parse(line)))
        .filter((record) => record.kind === 'frame')
      expect(found.deltaT).toEqual(records.map(({ elapsedS }) => expect.closeTo(elapsedS, 6)))
      // A camera that stood still is recorded from its first frame on, which is the first image.
      const images = await imageHashes(data[set])
      expect(found.planes).toEqual(records.map(({ sequence }) => images[sequence % images.length]))
    } finally {
      await engine.close()
    }
  })
})
