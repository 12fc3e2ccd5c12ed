import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
import { openOmeZarr as openReaders } from '../../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import { Rest } from '../../../src-main/acquisition/pyramids/rest.ts'
import { Pyramids } from '../../../src-main/acquisition/pyramids/pyramids.ts'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import type { Alert } from '../../../src-shared/alerts.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-pyramids-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Records a few frames, and @returns the id of the recording once it has ended. */
async function record(pyramid: boolean, ending: (id: string) => Promise<unknown>) {
  const engine = await createEngine({
    connections: [testConnection({ width: 700, height: 300, frameRate: 100 })],
    dataFolder: folder,
  })
  try {
    const { id } = await engine.recorder.start({
      name: 'beads',
      until: { kind: 'frames', frames: 3 },
      storage: { format: 'ome-zarr', pyramid },
    })
    await eventually('the end of the recording', () => engine.recorder.status?.state === 'finished')
    expect(engine.recorder.status).toMatchObject({ finish: { reason: 'completed' } })
    await ending(id)
    expect(engine.alerts.list()).toEqual([])
    return id
  } finally {
    await engine.close()
  }
}

async function levelsOf(id: string): Promise<number> {
  const [reader] = await openReaders(join(folder, id, 'camera', 'beads.ome.zarr'))
  return (await reader?.describe())?.levels.length ?? 0
}

/** Of a recording that wants smaller copies and has none: its id. */
async function recordWithoutCopies(): Promise<string> {
  const id = await record(false, () => eventually('the list', async () => (await list()) === '[]\n'))
  const summary = join(folder, id, 'acquisition.json')
  await writeFile(summary, (await readFile(summary, 'utf8')).replace('"pyramid": false', '"pyramid": true'))
  return id
}

const list = async () => readFile(join(folder, 'pyramids.json'), 'utf8')
const never: Alert[] = []
const alerts = {
  raise: (alert: Omit<Alert, 'since'>) => never.push({ ...alert, since: 0 }),
  clear: () => undefined,
}

describe('Rest', () => {
  it('is over once, however often it was begun, for all who wait', async () => {
    const rest = new Rest()
    await rest.over()
    rest.begin()
    const first = rest.over()
    rest.begin()
    const second = rest.over()
    rest.end()
    await Promise.all([first, second, rest.over()])
  })

  it('goes on when it is begun again before who waits has woken', async () => {
    const rest = new Rest()
    let over = false
    rest.begin()
    const waiting = rest.over().then(() => {
      over = true
    })
    rest.end()
    rest.begin()
    await new Promise((resolve) => setImmediate(resolve))
    expect(over).toBe(false)
    rest.end()
    await waiting
  })
})

describe('Pyramids', () => {
  it('are made after a recording has ended, which does not wait for them', async () => {
    const id = await record(true, (recording) =>
      eventually(
        'smaller copies',
        async () => (await levelsOf(recording)) === 3 && (await list()) === '[]\n',
      ),
    )
    const [reader] = await openReaders(join(folder, id, 'camera', 'beads.ome.zarr'))
    // Each pixel of the test camera is the number of its frame, and so is any mean of them.
    const whole = await reader?.readPlane({ t: 2 }, 0)
    const small = await reader?.readPlane({ t: 2 }, 2)
    expect(small).toMatchObject({ width: 175, height: 75 })
    expect(
      new Uint16Array(small?.pixels.buffer ?? []).every(
        (value) => value === new Uint16Array(whole?.pixels.buffer ?? [])[0],
      ),
    ).toBe(true)
  })

  it('are not made where nobody wants them', async () => {
    const id = await record(false, () => eventually('the list', async () => (await list()) === '[]\n'))
    expect(await levelsOf(id)).toBe(1)
  })

  it('are made at the next start when the program ended before', async () => {
    const id = await recordWithoutCopies()
    const first = new Pyramids({ dataFolder: folder, alerts })
    first.follow({ id, format: 'ome-zarr', state: 'acquiring' })
    await first.close()
    expect(await list()).toBe(`["${id}"]\n`)
    expect(await levelsOf(id)).toBe(1)
    const second = new Pyramids({ dataFolder: folder, alerts })
    const made: string[] = []
    second.on((one) => made.push(one))
    // They rest while anything else is acquired.
    second.follow({ id: 'other', format: 'raw', state: 'acquiring' })
    await second.start()
    expect(made).toEqual([])
    second.follow({ id: 'other', format: 'raw', state: 'finished' })
    await eventually('the copies', () => made.length === 1)
    expect(await levelsOf(id)).toBe(3)
    await second.close()
    expect(await list()).toBe('[]\n')
    expect(never).toEqual([])
  })

  it('are given up for an acquisition that is moved', async () => {
    const id = await record(false, () => eventually('the list', async () => (await list()) === '[]\n'))
    const pyramids = new Pyramids({ dataFolder: folder, alerts })
    pyramids.follow({ id, format: 'ome-zarr', state: 'acquiring' })
    pyramids.follow({ id, format: 'ome-zarr', state: 'finished' })
    await pyramids.forget(id)
    await rename(join(folder, id), join(folder, 'elsewhere'))
    // Nothing is known of it any more.
    await pyramids.forget(id)
    await pyramids.close()
    expect(await list()).toBe('[]\n')
    expect(never).toEqual([])
  })

  it('are made after all for an acquisition that could not be moved', async () => {
    const id = 'recordings/2026-11-28/beads'
    const pyramids = new Pyramids({ dataFolder: folder, alerts })
    pyramids.follow({ id: 'other', format: 'raw', state: 'acquiring' })
    pyramids.follow({ id, format: 'ome-zarr', state: 'acquiring' })
    pyramids.follow({ id, format: 'ome-zarr', state: 'finished' })
    const gallery = new Gallery({ dataFolder: folder, letGo: (one) => pyramids.forget(one) })
    const { refused } = await gallery.delete([id])
    expect(refused).toMatchObject([{ id, error: { code: 'UNKNOWN_IMAGE' } }])
    await gallery.close()
    await pyramids.close()
    expect(await list()).toBe(`["${id}"]\n`)
    expect(never).toEqual([])
  })

  it('are made after all for an acquisition that was deleted meanwhile, and put back', async () => {
    const id = await recordWithoutCopies()
    expect(await levelsOf(id)).toBe(1)
    const first = new Pyramids({ dataFolder: folder, alerts })
    const gallery = new Gallery({
      dataFolder: folder,
      letGo: (one) => first.forget(one),
      putBack: (one) => second.putBack(one),
    })
    // The program is started anew before it is put back.
    const second = new Pyramids({ dataFolder: folder, alerts })
    const { deleted } = await gallery.delete([id])
    await first.close()
    expect(deleted).toHaveLength(1)
    expect((await gallery.restore(deleted.map(({ key }) => key))).restored).toEqual([id])
    await eventually('smaller copies', async () => (await levelsOf(id)) === 3)
    await second.putBack('recordings/nothing-is-there')
    await gallery.close()
    await second.close()
    expect(never).toEqual([])
  })

  it('are made under its new name for an acquisition that is renamed meanwhile', async () => {
    const id = await recordWithoutCopies()
    const pyramids = new Pyramids({ dataFolder: folder, alerts })
    pyramids.follow({ id, format: 'ome-zarr', state: 'acquiring' })
    pyramids.follow({ id, format: 'ome-zarr', state: 'finished' })
    const gallery = new Gallery({ dataFolder: folder, letGo: (one) => pyramids.forget(one) })
    const renamed = await gallery.rename(id, 'worms')
    expect(renamed.id).toBe(id.replace(/[^/]+$/, 'worms'))
    await eventually('smaller copies', async () => (await levelsOf(renamed.id)) === 3)
    await gallery.close()
    await pyramids.close()
    expect(never).toEqual([])
  })

  it('tell of a list that is damaged, and of a dataset that is', async () => {
    const id = await record(true, (recording) =>
      eventually('smaller copies', async () => (await levelsOf(recording)) === 3),
    )
    const told: string[] = []
    const sink = { raise: ({ message }: Omit<Alert, 'since'>) => told.push(message), clear: () => undefined }
    await writeFile(join(folder, 'pyramids.json'), '["../elsewhere"]')
    const pyramids = new Pyramids({ dataFolder: folder, alerts: sink })
    await pyramids.start()
    expect(told).toEqual([expect.stringContaining('leads out of the data folder')])
    await rm(join(folder, id, 'camera', 'beads.ome.zarr', 'zarr.json'))
    pyramids.follow({ id, format: 'ome-zarr', state: 'acquiring' })
    pyramids.follow({ id, format: 'ome-zarr', state: 'finished' })
    await eventually('the alert', () => told.length === 2)
    expect(told[1]).toContain('beads.ome.zarr cannot be read: it has no zarr.json')
    await pyramids.close()
  })
})
