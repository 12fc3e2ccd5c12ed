import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import FileSystemStore from '@zarrita/storage/fs'
import { expect, it } from 'vitest'
import { get, open, root } from 'zarrita'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { omeImageRules, omeSeriesRules } from '../../fixtures/ome-zarr-rules.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

it('a plan becomes an OME-Zarr with an image for each position, and the plan in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coverslip-zarr-plan-'))
  const engine = await createEngine({
    connections: [testConnection({ width: 32, height: 24, frameRate: 100 })],
    dataFolder: folder,
  })
  try {
    const { id } = await engine.acquisition.start({
      name: 'tissue',
      plan: {
        axis_order: 'tp',
        stage_positions: [
          { x: 10, name: 'Left' },
          { x: 30, name: 'Right' },
        ],
        time_plan: { interval: 0, loops: 3 },
      },
      storage: { format: 'ome-zarr', compression: 'zstd' },
    })
    await eventually('the end', () => engine.acquisition.status?.state === 'finished')
    expect(engine.acquisition.status).toMatchObject({
      finish: { reason: 'completed' },
      frames: { written: 6 },
    })
    const dataset = join(folder, id, 'camera')
    const zarr = join(dataset, 'tissue.ome.zarr')
    const json = async (...path: string[]): Promise<unknown> =>
      JSON.parse(await readFile(join(zarr, ...path, 'zarr.json'), 'utf8'))
    expect(await json()).toMatchObject({
      attributes: {
        coverslip: { metadata: { plan: { time_plan: { phases: [{ loops: 3 }] } } }, frames: { frames: 6 } },
      },
    })
    expect(omeSeriesRules.parse(await json('OME')).attributes.ome.series).toEqual(['0', '1'])
    const records = (await readFile(join(dataset, 'frames.jsonl'), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => frameRecordSchema.parse(JSON.parse(line)))
      .filter((record) => record.kind === 'frame')
    for (const [position, name] of ['Left', 'Right'].entries()) {
      const { attributes } = omeImageRules.parse(await json(String(position)))
      expect(attributes).toMatchObject({
        ome: { multiscales: [{ name }] },
        coverslip: { position: { name, xUm: position === 0 ? 10 : 30 }, isWhole: true },
      })
      const store = root(new FileSystemStore(zarr))
      const array = await open.v3(store.resolve(`${position}/0`), { kind: 'array' })
      for (const { index, sequence } of records.filter((record) => (record.index.p ?? 0) === position)) {
        const { data } = await get(array, [index.t ?? 0, 0, index.z ?? 0, null, null])
        // Each pixel of the test camera is the number of its frame.
        expect(data instanceof Uint16Array && data.every((value) => value === sequence % 4096)).toBe(true)
      }
    }
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
})
