import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openOmeZarr } from '../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import { replayConnection } from '../../src-main/engine/connections.ts'
import { createEngine } from '../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../fixtures/eventually.ts'
import { imageHashes, sha256 } from '../fixtures/image-hashes.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { startPythonPeer } from '../fixtures/python-peer.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'

const byBytes = pythonHas('numpy') && pythonHas('zstandard')
const zarrPython = pythonHas('zarr')
if (!byBytes) console.log('Python reads no OME-Zarr: python3-numpy or python3-zstandard is missing.')
if (!zarrPython) console.log('zarr-python writes no OME-Zarr: python3-zarr is missing.')

const foundSchema = z.object({
  version: z.string(),
  axes: z.array(z.string()),
  shapes: z.array(z.array(z.number())),
  planes: z.array(z.string()),
  means: z.array(z.number()),
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-zarr-python-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(!byBytes)(
  'a reader in Python, written by the specifications, opens what was recorded',
  () => {
    let data: SharedData
    beforeAll(async () => {
      data = await sharedData()
    })
    afterAll(() => data.remove())

    it.each([
      ['brightfield', 'none'],
      ['nuclei', 'zstd'],
      ['diffusion', 'zstd'],
    ] as const)('%s (%s): every pixel of real images', async (set, compression) => {
      const frames = 6
      const engine = await createEngine({ connections: [replayConnection(data[set])], dataFolder: folder })
      try {
        const { id } = await engine.recorder.start({
          name: set,
          until: { kind: 'frames', frames },
          storage: { format: 'ome-zarr', compression },
        })
        await eventually('the end', () => engine.recorder.status?.state === 'finished')
        expect(engine.recorder.status).toMatchObject({
          frames: { written: frames },
          finish: { reason: 'completed' },
        })
        const dataset = join(folder, id, 'camera')
        const root = join(dataset, `${set}.ome.zarr`)
        const levelsOf = async () => (await (await openOmeZarr(root))[0]?.describe())?.levels.length
        await eventually('smaller copies', async () => ((await levelsOf()) ?? 0) > 1)
        const peer = startPythonPeer('ome-zarr-specification.py', [root])
        const found = foundSchema.parse(JSON.parse((await peer.ended)[0] ?? ''))
        const samples = set === 'diffusion' ? 3 : 1
        expect(found).toMatchObject({ version: '0.5', axes: ['t', 'c', 'z', 'y', 'x'] })
        expect(found.shapes[0]?.slice(0, 3)).toEqual([frames, samples, 1])
        const records = (await readFile(join(dataset, 'frames.jsonl'), 'utf8'))
          .split('\n')
          .slice(0, -1)
          .map((line) => frameRecordSchema.parse(JSON.parse(line)))
          .filter((record) => record.kind === 'frame')
        const images = await imageHashes(data[set])
        expect(found.planes).toEqual(records.map(({ sequence }) => images[sequence % images.length]))
        // A mean of means is the mean, but for rounding and the edges.
        for (const mean of found.means) expect(Math.abs(mean / (found.means[0] ?? 0) - 1)).toBeLessThan(0.01)
      } finally {
        await engine.close()
      }
    })
  },
)

describe.skipIf(!zarrPython)('OME-Zarr 0.4 that zarr-python wrote', () => {
  it.each(['none', 'blosc-lz4-bitshuffle', 'blosc-zstd-shuffle', 'zlib', 'gzip', 'zstd', 'lz4'])(
    '%s',
    async (compressor) => {
      const root = join(folder, `${compressor}.ome.zarr`)
      const peer = startPythonPeer('ome-zarr-writer-zarr-python.py', [root, compressor])
      const hashes = z.array(z.array(z.string())).parse(JSON.parse((await peer.ended)[0] ?? ''))
      const [reader, ...more] = await openOmeZarr(root)
      expect(more).toEqual([])
      expect(await reader?.describe()).toEqual({
        name: compressor,
        format: 'OME-Zarr',
        width: 53,
        height: 37,
        pixelFormat: 'Mono16',
        significantBits: 16,
        pixelSizeUm: 0.5,
        zStepUm: 0.5,
        timeStepS: 0.25,
        sizes: { t: 2, c: 2, z: 3 },
        channels: [
          { name: 'DAPI', color: '#0000ff', windowLow: 100, windowHigh: 900 },
          { name: 'GFP', color: '#00ff00', windowLow: 0, windowHigh: 500 },
        ],
        positions: [],
        levels: [
          { width: 53, height: 37 },
          { width: 27, height: 19 },
        ],
        planes: 12,
      })
      for (const level of [0, 1]) {
        const found = []
        for (let t = 0; t < 2; t++)
          for (let c = 0; c < 2; c++)
            for (let plane = 0; plane < 3; plane++)
              found.push(
                sha256((await reader?.readPlane({ t, c, z: plane }, level))?.pixels ?? new Uint8Array()),
              )
        expect(found).toEqual(hashes[level])
      }
    },
  )
})
