import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { createEngine } from '../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../fixtures/eventually.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'

const foundSchema = z.array(
  z.object({
    axes: z.string(),
    shape: z.array(z.number()),
    planes: z.array(z.string()),
    channels: z.array(z.string()),
    zStepUm: z.number(),
    timeStepS: z.number(),
  }),
)

/** Hashes of the images of a TIFF in the order in which they stand in the file. */
async function pageHashes(path: string): Promise<string[]> {
  const file = await fromFile(path)
  const hashes = []
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const [pixels] = await (await file.getImage(i)).readRasters()
    const bytes = new Uint8Array((pixels as Uint16Array).slice().buffer)
    hashes.push(createHash('sha256').update(bytes).digest('hex'))
  }
  await file.close()
  return hashes
}

describe.skipIf(!pythonHas('tifffile'))('tifffile opens what a plan has taken', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-plan-tifffile-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('with every image in its position, time point, channel and plane', async () => {
    const engine = await createEngine({
      connections: [demoConnection({ width: 128, height: 64, frameRate: 200 })],
      dataFolder: folder,
    })
    try {
      const plan = {
        // Not the order in which files are read.
        axis_order: 'pczt',
        channels: [
          { config: 'DAPI', exposure: 1 },
          { config: 'GFP', exposure: 1 },
        ],
        z_plan: { range: 3, step: 1.5 },
        time_plan: { interval: 0.05, loops: 4 },
        stage_positions: [
          { x: 0, y: 0, z: 0, name: 'left' },
          { x: 90, y: 0, z: 2, name: 'right' },
        ],
      }
      const { id } = await engine.acquisition.start({ plan, name: 'axes' })
      await eventually('the end', () => engine.acquisition.status?.state === 'finished')
      expect(engine.acquisition.status?.finish).toEqual({ reason: 'completed' })
      const dataset = join(folder, id, 'camera')
      const files = ['left', 'right'].map((name) => join(dataset, `axes_${name}.ome.tiff`))
      const peer = startPythonPeer('plan-tifffile.py', files)
      const found = foundSchema.parse(JSON.parse((await peer.ended)[0] ?? ''))
      const lines = (await readFile(join(dataset, 'frames.jsonl'), 'utf8')).split('\n').slice(0, -1)
      const frames = lines
        .map((line) => frameRecordSchema.parse(JSON.parse(line)))
        .filter((record) => record.kind === 'frame')
      for (const [p, file] of found.entries()) {
        expect(file).toMatchObject({
          axes: 'CZTYX',
          shape: [2, 3, 4, 64, 128],
          channels: ['DAPI', 'GFP'],
          zStepUm: 1.5,
          timeStepS: 0.05,
        })
        const pages = await pageHashes(files[p] ?? '')
        expect(new Set(pages).size).toBe(24)
        const own = frames.filter(({ index }) => index.p === p)
        for (const [page, { index, stage }] of own.entries()) {
          const { c = -1, z: plane = -1, t = -1 } = index
          expect(file.planes[(c * 3 + plane) * 4 + t]).toBe(pages[page])
          expect(stage).toEqual({ x: p * 90, y: 0, z: 2 * p - 1.5 + 1.5 * plane })
        }
        expect(own).toHaveLength(24)
      }
    } finally {
      await engine.close()
    }
  })
})
