import { fork, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFile,
  copyFile,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import FileSystemStore from '@zarrita/storage/fs'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { get, open, slice } from 'zarrita'
import { openOmeZarr as openReaders } from '../../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import type {
  DatasetLayout,
  DatasetWriter,
  EachFrame,
  StoredFrame,
} from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { completeOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/complete-ome-zarr.ts'
import { openOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import {
  datasetLayout,
  filesBelow,
  knownPixels,
  shardBySpecification,
  storedFrame,
} from '../../fixtures/ome-zarr-dataset.ts'
import { omeImageRules } from '../../fixtures/ome-zarr-rules.ts'

let folder: string
const abandoned: DatasetWriter[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-completion-'))
})
afterEach(async () => {
  // Their files are not theirs any more; only the handles matter.
  await Promise.allSettled(abandoned.splice(0).map((writer) => writer.close()))
  await rm(folder, { recursive: true, force: true })
})

const each =
  (records: readonly StoredFrame['record'][]): EachFrame =>
  (take) =>
    Promise.resolve(records.forEach(take))

const image = { width: 300, height: 200, pixelFormat: 'Mono16' as const, significantBits: 16 }

/** A dataset whose writer got no further than its frames: what is on the disk when the process is gone. */
async function interrupted(layout: DatasetLayout, frames: number, compression: 'none' | 'zstd' = 'none') {
  const writer = await openOmeZarr(folder, layout, { compression })
  abandoned.push(writer)
  const stored = Array.from({ length: frames }, (_, t) => storedFrame(layout, { t }, t))
  await Promise.all(stored.map((frame) => writer.write(frame)))
  const root = join(folder, `${layout.name}.ome.zarr`)
  return { root, records: stored.map(({ record }) => record), part: join(root, '0/c/0/0/0/0/0.part') }
}

/** Behind its mark of 32 bytes. */
async function spoilFirstChunk(shard: string): Promise<void> {
  const file = await openFile(shard, 'r+')
  await file.write(Buffer.alloc(16, 7), 0, 16, 32)
  await file.close()
}

async function planesOf(root: string, layout: DatasetLayout, count: number): Promise<boolean[]> {
  const [reader] = await openReaders(root)
  return Promise.all(
    Array.from({ length: count }, async (_, t) => {
      const plane = await reader?.readPlane({ t }, 0)
      return plane !== undefined && Buffer.from(plane.pixels).equals(knownPixels(layout, { t }))
    }),
  )
}

describe('completeOmeZarr', () => {
  it.each(['none', 'zstd'] as const)(
    'keeps every frame that was reported, and no other (%s)',
    async (compression) => {
      const layout = datasetLayout({ name: 'cut', image })
      const { root, records, part } = await interrupted(layout, 6, compression)
      await completeOmeZarr(folder, layout, each(records.slice(0, 4)))
      expect(await planesOf(root, layout, 6)).toEqual([true, true, true, true, false, false])
      expect(
        omeImageRules.parse(JSON.parse(await readFile(join(root, 'zarr.json'), 'utf8'))).attributes.coverslip,
      ).toMatchObject({
        state: 'interrupted',
        planes: 4,
        frames: { frames: 4 },
      })
      expect(await filesBelow(root)).not.toContain('0/c/0/0/0/0/0.part')
      const chunks = await shardBySpecification(part.replace('.part', ''), {
        chunks: 1118,
        zstd: compression === 'zstd',
      })
      expect(chunks.filter((chunk) => chunk !== undefined)).toHaveLength(4)
      // Once more, as when it was interrupted itself before it could be told.
      await completeOmeZarr(folder, layout, each(records.slice(0, 4)))
      expect(await planesOf(root, layout, 4)).toEqual([true, true, true, true])
    },
  )

  it.each([
    ['ends in the middle of a frame', (path: string, bytes: number) => truncate(path, bytes - 1000)],
    [
      'ends in the middle of a mark',
      (path: string, bytes: number) => truncate(path, bytes - image.width * image.height * 2 - 10),
    ],
    ['was filled up with zeros', (path: string, bytes: number) => truncate(path, bytes + 100_000)],
    ['ends with what makes no sense', (path: string) => appendFile(path, Buffer.alloc(5000, 7))],
  ])('takes a file that %s', async (_, damage) => {
    const layout = datasetLayout({ name: 'torn', image })
    const { root, records, part } = await interrupted(layout, 5)
    await damage(part, (await readFile(part)).length)
    await completeOmeZarr(folder, layout, each(records.slice(0, 4)))
    expect(await planesOf(root, layout, 4)).toEqual([true, true, true, true])
    await shardBySpecification(part.replace('.part', ''), { chunks: 1118, zstd: false })
  })

  it('goes on where it was interrupted itself: metadata missing, a shard complete already', async () => {
    const layout = datasetLayout({ name: 'half', image })
    const { root, records, part } = await interrupted(layout, 3)
    await copyFile(part, `${part}.copy`)
    await completeOmeZarr(folder, layout, each(records))
    await rm(part.replace('.part', ''))
    await rename(`${part}.copy`, part)
    await rm(join(root, '0', 'zarr.json'))
    await completeOmeZarr(folder, layout, each(records))
    expect(await planesOf(root, layout, 3)).toEqual([true, true, true])
  })

  it('keeps all others of a plane that cannot be read', async () => {
    const layout = datasetLayout({ name: 'spoilt', image })
    const { root, records, part } = await interrupted(layout, 4, 'zstd')
    await spoilFirstChunk(part)
    const { unreadable } = await completeOmeZarr(folder, layout, each(records))
    expect(unreadable).toMatchObject([
      { code: 'UNREADABLE_IMAGE', message: expect.stringContaining('0/c/0') },
    ])
    const [reader] = await openReaders(root)
    expect(await reader?.describe()).toMatchObject({ planes: 4 })
    await expect(reader?.readPlane({ t: 0 }, 0)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    for (const t of [1, 2, 3])
      expect((await reader?.readPlane({ t }, 0))?.pixels).toEqual(knownPixels(layout, { t }))
  })

  it('is told of when the writer itself finds it, and has the others', async () => {
    const layout = datasetLayout({ name: 'spoilt', image })
    const writer = await openOmeZarr(folder, layout, { compression: 'zstd' })
    for (const t of [0, 1]) await writer.write(storedFrame(layout, { t }, t))
    const root = join(folder, 'spoilt.ome.zarr')
    await spoilFirstChunk(join(root, '0/c/0/0/0/0/0.part'))
    await expect(writer.close()).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    const [reader] = await openReaders(root)
    expect(await reader?.describe()).toMatchObject({ planes: 2 })
    expect((await reader?.readPlane({ t: 1 }, 0))?.pixels).toEqual(knownPixels(layout, { t: 1 }))
  })

  it('finds nothing to do where there is nothing, and says what is damaged', async () => {
    const layout = datasetLayout({ name: 'none', image })
    await completeOmeZarr(folder, layout, each([storedFrame(layout, { t: 0 }, 0).record]))
    expect(await readdir(folder)).toEqual([])
    const { root, records } = await interrupted(layout, 1)
    await writeFile(join(root, 'zarr.json'), '{"zarr_format": 3,')
    await expect(completeOmeZarr(folder, layout, each(records))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringContaining('none.ome.zarr/zarr.json'),
    })
  })
})

/** A disk of 3 MB; undefined, with the reason printed, where this user may not mount one. */
function smallDisk(path: string): { remove(): void } | undefined {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'coverslip-test', path])
  if (mounted.status === 0) return { remove: () => spawnSync('umount', ['--lazy', path]) }
  console.log(
    `A full disk is not tested: no disk can be mounted here (${String(mounted.stderr ?? mounted.error).trim()})`,
  )
  return undefined
}

describe('OME-Zarr on a disk that is full', () => {
  it.each(['none', 'zstd'] as const)(
    'ends with the cause, and has all frames until then (%s)',
    async (compression) => {
      const disk = smallDisk(folder)
      if (disk === undefined) return
      try {
        const layout = datasetLayout({ name: 'full', image: { ...image, width: 400, height: 400 } })
        const writer = await openOmeZarr(folder, layout, { compression })
        const kept: Uint8Array[] = []
        const writeOn = async (): Promise<void> => {
          const pixels = new Uint8Array(randomBytes(400 * 400 * 2))
          const t = kept.length
          await writer.write({ ...storedFrame(layout, { t }, t), pixels })
          kept.push(pixels)
          return writeOn()
        }
        await expect(writeOn()).rejects.toMatchObject({
          code: 'DATA_FOLDER',
          message: expect.stringContaining('the disk is full'),
        })
        expect(kept.length).toBeGreaterThan(3)
        await expect(writer.close()).rejects.toMatchObject({ code: 'DATA_FOLDER' })
        const [reader] = await openReaders(join(folder, 'full.ome.zarr'))
        expect(await reader?.describe()).toMatchObject({ planes: kept.length })
        for (const [t, pixels] of kept.entries())
          expect((await reader?.readPlane({ t }, 0))?.pixels).toEqual(pixels)
      } finally {
        disk.remove()
      }
    },
  )
})

describe('OME-Zarr of a process that is killed', () => {
  it.each([
    // Shards of 32 frames, written past the cache.
    ['none', { width: 2048, height: 1024, frameRate: 40 }, 40],
    ['zstd', { width: 400, height: 300, frameRate: 200 }, 150],
  ] as const)('has every frame that was reported (%s)', async (compression, driver, enough) => {
    const storage = JSON.stringify({ format: 'ome-zarr', compression, pyramid: false })
    const script = fileURLToPath(new URL('../../fixtures/recording-process.ts', import.meta.url))
    const child = fork(script, [folder, storage, JSON.stringify(driver)])
    onTestFinished(() => void child.kill('SIGKILL'))
    let written = 0
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    await Promise.race([
      exited.then(() => Promise.reject(new Error('The recording process ended by itself'))),
      new Promise<void>((resolve) =>
        child.on('message', (frames: number) => {
          written = frames
          if (frames >= enough) resolve()
        }),
      ),
    ])
    child.kill('SIGKILL')
    await exited
    const engine = await createEngine({ connections: [], dataFolder: folder })
    const [alert] = engine.alerts.list().filter(({ id }) => id.startsWith('recording:interrupted'))
    await engine.close()
    const [, recording = ''] = /It is in (.*)\.$/.exec(alert?.hint ?? '') ?? []
    const dataset = join(folder, recording, 'camera')
    const log = (await readFile(join(dataset, 'frames.jsonl'), 'utf8')).split('\n').slice(0, -1)
    const records = log
      .map((line) => frameRecordSchema.parse(JSON.parse(line)))
      .filter((record) => record.kind === 'frame')
    expect(records.length).toBeGreaterThanOrEqual(written)
    const [name = ''] = (await readdir(dataset)).filter((file) => file.endsWith('.ome.zarr'))
    // By a reader that is not ours: each pixel of the test camera is the number of its frame.
    const array = await open.v3(new FileSystemStore(join(dataset, name, '0')), { kind: 'array' })
    expect(array.shape).toEqual([records.length, 1, 1, driver.height, driver.width])
    for (const { place, sequence } of records) {
      const { data } = await get(array, [place, 0, 0, slice(null), slice(null)])
      if (!(data instanceof Uint16Array)) throw new Error('no pixels')
      expect(data.every((value) => value === sequence % 4096)).toBe(true)
    }
  })
})
