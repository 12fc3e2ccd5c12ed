import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readAcquisitionSummary } from '../../../src-main/acquisition/reading/acquisition-summary.ts'
import {
  completeDatasets,
  completeInterrupted,
  type DoubtfulRecording,
} from '../../../src-main/acquisition/recording/complete-interrupted.ts'
import { DiskWatch } from '../../../src-main/acquisition/recording/disk-watch.ts'
import type { DatasetLayout } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { InterruptedRecordings } from '../../../src-main/acquisition/recording/interrupted-recordings.ts'
import { openOmeTiff } from '../../../src-main/acquisition/storage/ome-tiff-writer.ts'
import { openOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { datasetLayout, filesBelow, knownPixels, storedFrame } from '../../fixtures/ome-zarr-dataset.ts'
import { mountSmallDisk } from '../../fixtures/small-disk.ts'

let dataFolder: string
let folder: string
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-interrupted-'))
  folder = join(dataFolder, 'recordings', '2026-11-28', 'cells')
  await mkdir(join(folder, 'camera'), { recursive: true })
})
afterEach(() => rm(dataFolder, { recursive: true, force: true }))

/** Describes what lies in `folder` as an acquisition that was not completed. */
async function describeIt(
  layout: DatasetLayout,
  { format = 'ome-tiff', dataset = 'camera', pid = 2 ** 22 + 1, host = hostname() } = {},
): Promise<void> {
  const request = { storage: { format } }
  const about = { version: 1, name: 'cells', software: 'Coverslip', pid, host, startedAt: layout.startedAt }
  const datasets = [{ folder: dataset, layout }]
  await writeFile(join(folder, 'acquisition.json'), JSON.stringify({ ...about, request, datasets }))
}

/** @param among as of `completeInterrupted` */
async function look(among?: readonly DoubtfulRecording[]) {
  const messages: string[] = []
  const raise = ({ message }: { readonly message: string }) => void messages.push(message)
  const doubtful = await completeInterrupted(dataFolder, { raise, clear: () => undefined }, among)
  return { doubtful, messages }
}

const complete = async (): Promise<readonly string[]> => (await look()).messages

const isFinished = async () =>
  'finish' in JSON.parse(await readFile(join(folder, 'acquisition.json'), 'utf8'))

/** Files as they are before `close`, of positions that are complete as they are then. @returns lines of the log */
async function writeTiff(
  layout: DatasetLayout,
  indices: readonly { readonly t?: number; readonly p?: number }[],
  { files = 'single', complete: names = [] }: { files?: 'single' | 'perPosition'; complete?: string[] } = {},
): Promise<readonly string[]> {
  const written = join(dataFolder, 'written')
  await mkdir(written)
  const writer = await openOmeTiff(written, layout, { files })
  const frames = indices.map((index, place) => storedFrame(layout, index, place))
  await Promise.all(frames.map((frame) => writer.write(frame)))
  for (const name of names)
    await eventually(`${name} to be complete`, async () =>
      (await readFile(join(written, name))).includes('<Plane '),
    )
  await cp(written, join(folder, 'camera'), { recursive: true })
  await writer.close()
  return frames.map(({ record }) => `${JSON.stringify(record)}\n`)
}

/** First numbers of the planes that the description of a file names. */
async function namedPlanes(name: string) {
  const file = await fromFile(join(folder, 'camera', name))
  const description = String(await (await file.getImage()).fileDirectory.loadValue('ImageDescription'))
  await file.close()
  const runs = description.matchAll(/FirstT="(\d+)" FirstC="0" FirstZ="0" IFD="(\d+)" PlaneCount="(\d+)"/g)
  return [...runs].flatMap(([, t, ifd, planes]) =>
    Array.from({ length: Number(planes) }, (_, i) => [Number(t) + i, Number(ifd) + i]),
  )
}

/** The bytes of each image that a reader finds. */
async function imagesOf(path: string): Promise<readonly number[][]> {
  const file = await fromFile(path)
  const images: number[][] = []
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const [pixels] = await (await file.getImage(i)).readRasters()
    if (pixels instanceof Uint16Array) images.push([...new Uint8Array(pixels.buffer)])
  }
  await file.close()
  return images
}

it('a damaged acquisition.json is told of once, again when it is damaged otherwise, and keeps nothing else back', async () => {
  const other = join(dataFolder, 'recordings', '2026-11-28', 'worms')
  await mkdir(other)
  await writeFile(join(other, 'acquisition.json'), '')
  await describeIt(datasetLayout({ axes: [{ axis: 't', length: undefined }] }))
  const damage = 'worms is damaged: acquisition.json cannot be read: it is empty'
  expect(await complete()).toEqual(
    expect.arrayContaining([damage, expect.stringContaining('cells was interrupted')]),
  )
  expect(await complete()).toEqual([])
  await writeFile(join(other, 'acquisition.json'), 'hello')
  expect(await complete()).toEqual(['worms is damaged: acquisition.json cannot be read: it is no JSON text'])
  // What is mended and damaged again is told of again.
  await rm(join(other, 'acquisition.json'))
  expect(await complete()).toEqual([])
  await writeFile(join(other, 'acquisition.json'), 'hello')
  expect(await complete()).toHaveLength(1)
  // A note that is damaged itself at worst tells it twice.
  await writeFile(join(dataFolder, 'damaged.json'), '[1')
  expect(await complete()).toHaveLength(1)
})

describe('a frame log with damaged lines', () => {
  it.each([
    ['of zeros', '\0'.repeat(40)],
    ['longer than any record', '\0'.repeat(3 * 2 ** 20)],
    ['of something else', '{"kind":"frame","camera":3}'],
  ])('costs the frames of those lines only: %s', async (_, damage) => {
    const layout = datasetLayout()
    const [first = '', , ...others] = await writeTiff(layout, [{ t: 0 }, { t: 1 }, { t: 2 }, { t: 3 }])
    await writeFile(
      join(folder, 'camera', 'frames.jsonl'),
      `${first}${damage}\n${others.join('')}{"kind":"fra`,
    )
    await describeIt(layout)
    expect(await complete()).toEqual([
      expect.stringMatching(/its 3 frames are kept; 1 damaged lines of camera\/frames\.jsonl are left out/),
    ])
    // By their places in the file, not in the log.
    expect(await namedPlanes('beads.ome.tiff')).toEqual([
      [0, 0],
      [2, 2],
      [3, 3],
    ])
    expect(await isFinished()).toBe(true)
  })

  it('leaves out what is not certain where each position has a file of its own', async () => {
    const positions = [{ name: 'left' }, { name: 'right' }]
    const axes = [{ axis: 't', length: undefined } as const, { axis: 'p', length: 2 } as const]
    const layout = datasetLayout({ positions, axes })
    const indices = Array.from({ length: 6 }, (_, i) => ({ t: Math.floor(i / 2), p: i % 2 }))
    const lines = await writeTiff(layout, indices, { files: 'perPosition' })
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.with(3, '\0\0\n').join(''))
    await describeIt(layout)
    await complete()
    expect(await namedPlanes('beads_left.ome.tiff')).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect(await namedPlanes('beads_right.ome.tiff')).toEqual([[0, 0]])
  })

  it('is told of with the file that cannot be opened', async () => {
    const layout = datasetLayout({})
    const lines = await writeTiff(layout, [{ t: 0 }])
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.join(''))
    await describeIt(layout)
    const path = join(folder, 'camera', 'beads.ome.tiff')
    await rm(path)
    await mkdir(path)
    expect(await complete()).toEqual([
      expect.stringContaining(`could not be completed: ${path} could not be written: `),
    ])
  })

  it('costs nothing of a file that was complete, unless a power cut took its description', async () => {
    const positions = [{ name: 'left' }, { name: 'right' }]
    const axes = [{ axis: 'p', length: 2 } as const, { axis: 't', length: 3 } as const]
    const layout = datasetLayout({ positions, axes })
    const indices = Array.from({ length: 5 }, (_, i) => ({ p: Math.floor(i / 3), t: i % 3 }))
    const left = 'beads_left.ome.tiff'
    const lines = await writeTiff(layout, indices, { files: 'perPosition', complete: [left] })
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.with(1, '\0\0\n').join(''))
    await describeIt(layout)
    const path = join(folder, 'camera', left)
    const before = await readFile(path)
    await complete()
    expect((await readFile(path)).equals(before)).toBe(true)
    await truncate(path, before.length - 10)
    await describeIt(layout)
    await complete()
    expect(await namedPlanes(left)).toEqual([[0, 0]])
  })
})

describe('a power cut', () => {
  const frames = 6
  const indices = Array.from({ length: frames }, (_, t) => ({ t }))
  const name = 'beads.ome.tiff'

  async function interrupt(format: 'ome-tiff' | 'raw', layout: DatasetLayout): Promise<string> {
    const lines = await writeTiff(layout, indices)
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.join(''))
    await describeIt(layout, { format })
    return join(folder, 'camera', name)
  }

  it('costs the frames whose end has not reached the disk, and no others: OME-TIFF', async () => {
    const layout = datasetLayout()
    const path = await interrupt('ome-tiff', layout)
    const { size } = await stat(path)
    // The last image and a part of the one before.
    await truncate(path, size - 400)
    expect(await complete()).toEqual([
      expect.stringMatching(
        /its 4 frames are kept; 2 that camera\/frames\.jsonl names had not reached the disk/,
      ),
    ])
    expect(await namedPlanes(name)).toEqual(indices.slice(0, 4).map(({ t }) => [t, t]))
    expect(await imagesOf(path)).toEqual(indices.slice(0, 4).map((index) => [...knownPixels(layout, index)]))
  })

  it('may take where images say that there is a next one', async () => {
    const layout = datasetLayout()
    const path = await interrupt('ome-tiff', layout)
    const bytes = await readFile(path)
    // As of classic BigTIFF: entries of 20 bytes, then the offset of the next directory.
    const first = 16
    const next = (directory: number) => directory + 8 + 20 * Number(bytes.readBigUInt64LE(directory))
    const second = Number(bytes.readBigUInt64LE(next(first)))
    for (const directory of [first, second]) bytes.writeBigUInt64LE(0n, next(directory))
    await writeFile(path, bytes)
    expect(await complete()).toEqual([expect.stringContaining('its 6 frames are kept')])
    expect(await imagesOf(path)).toEqual(indices.map((index) => [...knownPixels(layout, index)]))
  })

  it('leaves a file as it is whose images are not where they should be', async () => {
    const layout = datasetLayout()
    const path = await interrupt('ome-tiff', layout)
    const bytes = await readFile(path)
    const first = 16
    const next = first + 8 + 20 * Number(bytes.readBigUInt64LE(first))
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(next) + 16n, next)
    for (const size of [bytes.length, bytes.length - 400]) {
      await writeFile(path, bytes.subarray(0, size))
      expect(await complete()).toEqual([expect.stringContaining('has an image where none is expected')])
      expect((await readFile(path)).equals(bytes.subarray(0, size))).toBe(true)
    }
    expect(await isFinished()).toBe(false)
  })

  it('costs the frames whose end has not reached the disk, and no others: raw', async () => {
    const layout = datasetLayout()
    await interrupt('raw', layout)
    await writeFile(join(folder, 'camera', 'beads.raw'), Buffer.alloc(3.5 * 6 * 4 * 2))
    expect(await complete()).toEqual([
      expect.stringMatching(/its 3 frames are kept; 3 that .* names had not/),
    ])
  })

  it('costs the frames whose end has not reached the disk, and no others: OME-Zarr', async () => {
    const layout = datasetLayout()
    const writer = await openOmeZarr(join(folder, 'camera'), layout, { compression: 'none' })
    const stored = indices.map((index, place) => storedFrame(layout, index, place))
    await Promise.all(stored.map((frame) => writer.write(frame)))
    const [part = ''] = (await filesBelow(join(folder, 'camera'))).filter((file) => file.endsWith('.part'))
    const lines = stored.map(({ record }) => `${JSON.stringify(record)}\n`)
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.join(''))
    await describeIt(layout, { format: 'ome-zarr' })
    const { size } = await stat(join(folder, 'camera', part))
    await truncate(join(folder, 'camera', part), size - 100)
    expect(await complete()).toEqual([
      expect.stringMatching(/its 4 frames are kept; 2 that .* names had not/),
    ])
    await writer.close().catch(() => undefined)
  })

  it('may take a whole shard', async () => {
    const layout = datasetLayout()
    const writer = await openOmeZarr(join(folder, 'camera'), layout, { compression: 'none' })
    const stored = indices.map((index, place) => storedFrame(layout, index, place))
    await Promise.all(stored.map((frame) => writer.write(frame)))
    const lines = stored.map(({ record }) => `${JSON.stringify(record)}\n`)
    await writeFile(join(folder, 'camera', 'frames.jsonl'), lines.join(''))
    await describeIt(layout, { format: 'ome-zarr' })
    const parts = (await filesBelow(join(folder, 'camera'))).filter((file) => file.endsWith('.part'))
    for (const part of parts) await rm(join(folder, 'camera', part))
    expect(await complete()).toEqual([
      expect.stringMatching(/its 0 frames are kept; 6 that .* names had not/),
    ])
    await writer.close().catch(() => undefined)
  })
})

describe('a file that cannot be completed', () => {
  const disk = mountSmallDisk(1)
  afterAll(() => disk?.unmount())

  it.skipIf(disk === undefined)('is left as it is when the disk is full', async () => {
    const layout = datasetLayout()
    const lines = await writeTiff(
      layout,
      Array.from({ length: 500 }, (_, t) => ({ t })),
    )
    const name = 'beads.ome.tiff'
    const onDisk = join(disk?.path ?? '', 'camera')
    await cp(join(folder, 'camera'), onDisk, { recursive: true })
    await writeFile(join(onDisk, 'frames.jsonl'), lines.join(''))
    const before = await readFile(join(onDisk, name))
    // Room for a part of the description.
    const { bavail, bsize } = await statfs(onDisk)
    await writeFile(join(disk?.path ?? '', 'other'), Buffer.alloc((bavail - 4) * bsize, 1))
    await describeIt(layout)
    const summary = await readAcquisitionSummary(folder)
    await expect(completeDatasets(disk?.path ?? '', summary)).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('the disk is full'),
    })
    expect((await readFile(join(onDisk, name))).equals(before)).toBe(true)
  })
})

describe('an acquisition from elsewhere', () => {
  const layout = datasetLayout()

  /** An OME-Zarr that is none of `folder`, not completed. */
  async function writeElsewhere() {
    const elsewhere = join(dataFolder, 'elsewhere')
    await mkdir(elsewhere)
    const writer = await openOmeZarr(elsewhere, layout, { compression: 'none' })
    const frame = storedFrame(layout, { t: 0 }, 0)
    await writer.write(frame)
    const log = `${JSON.stringify(frame.record)}\n`
    await writeFile(join(elsewhere, 'frames.jsonl'), log)
    await writeFile(join(folder, 'camera', 'frames.jsonl'), log)
    const before = await filesBelow(elsewhere)
    return {
      elsewhere,
      isUntouched: async () => (await filesBelow(elsewhere)).join() === before.join(),
      writer,
    }
  }

  it.each([
    ['the folder of a dataset', layout, '../../../elsewhere'],
    ['the name of a dataset', { ...layout, name: '../../../../elsewhere/beads' }, 'camera'],
    ['the name of a position', { ...layout, positions: [{ name: '../x' }] }, 'camera'],
  ])('has no say where something is written: %s', async (_, described, dataset) => {
    const { isUntouched, writer } = await writeElsewhere()
    await describeIt(described, { format: 'ome-zarr', dataset })
    expect(await complete()).toEqual([expect.stringContaining('acquisition.json cannot be read')])
    expect(await isUntouched()).toBe(true)
    await writer.close()
  })

  it.each(['camera', 'camera/beads.ome.zarr', 'camera/beads.ome.zarr/0'])(
    'is not followed out of its folder by a link: %s',
    async (link) => {
      const { elsewhere, isUntouched, writer } = await writeElsewhere()
      const target = { camera: '', 'camera/beads.ome.zarr': 'beads.ome.zarr' }[link] ?? 'beads.ome.zarr/0'
      if (link === 'camera') await rm(join(folder, 'camera'), { recursive: true })
      if (link.endsWith('/0')) {
        await mkdir(join(folder, 'camera/beads.ome.zarr'))
        const root = await readFile(join(elsewhere, 'beads.ome.zarr/zarr.json'))
        await writeFile(join(folder, 'camera/beads.ome.zarr/zarr.json'), root)
      }
      await symlink(join(elsewhere, target), join(folder, link))
      await describeIt(layout, { format: 'ome-zarr' })
      expect(await complete()).toEqual([expect.stringContaining('it is a link to another place')])
      expect(await isUntouched()).toBe(true)
      await writer.close()
    },
  )
})

describe('an acquisition of another Coverslip that may run', () => {
  // Alive, and not this process.
  const pid = process.ppid

  it.each([
    ['on this computer', { pid }],
    ['on another computer, whose processes are not known here', { host: 'elsewhere' }],
  ])('is left alone as long as anything of it changes, whatever clocks show: %s', async (_, writer) => {
    const layout = datasetLayout()
    const log = join(folder, 'camera', 'frames.jsonl')
    await writeFile(log, (await writeTiff(layout, [{ t: 0 }])).join(''))
    await describeIt(layout, writer)
    const [yesterday, tomorrow] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000))
    await utimes(folder, yesterday ?? 0, yesterday ?? 0)
    const first = await look()
    expect(first.doubtful).toHaveLength(1)
    await utimes(folder, tomorrow ?? 0, tomorrow ?? 0)
    const second = await look(first.doubtful)
    expect(second.doubtful).toHaveLength(1)
    await appendFile(log, '\n')
    const third = await look(second.doubtful)
    expect(third.doubtful).toHaveLength(1)
    expect([...first.messages, ...second.messages, ...third.messages]).toEqual([])
    expect(await isFinished()).toBe(false)
    const last = await look(third.doubtful)
    expect(last).toMatchObject({ doubtful: [], messages: [expect.stringContaining('its 1 frames are kept')] })
    expect(await isFinished()).toBe(true)
  })

  it('is completed when nothing of it changes any more, as after a restart in a new container', async () => {
    const layout = datasetLayout()
    await writeFile(join(folder, 'camera', 'frames.jsonl'), (await writeTiff(layout, [{ t: 0 }])).join(''))
    await describeIt(layout, { host: 'container-of-before' })
    let told = 0
    const alerts = { raise: () => undefined, clear: () => undefined }
    const interrupted = new InterruptedRecordings({ dataFolder, alerts, completed: () => void (told += 1) })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await interrupted.start()
      expect(await isFinished()).toBe(false)
      // One that this process has begun since.
      const own = join(dataFolder, 'recordings', '2026-11-28', 'own')
      await cp(folder, own, { recursive: true })
      const about = await readAcquisitionSummary(folder)
      await writeFile(
        join(own, 'acquisition.json'),
        JSON.stringify({ ...about, pid: process.pid, host: hostname() }),
      )
      vi.advanceTimersByTime(60_000)
      vi.useRealTimers()
      await eventually('the news of it', () => told === 1)
      expect(await isFinished()).toBe(true)
      expect((await readAcquisitionSummary(own)).finish).toBeUndefined()
    } finally {
      vi.useRealTimers()
      await interrupted.close()
    }
  })

  it('marks its folder while it runs', async () => {
    const { mtimeMs } = await stat(folder)
    await utimes(folder, 1, 1)
    const disk = new DiskWatch({
      folder,
      waitingBytes: () => 0,
      free: () => undefined,
      failed: () => undefined,
    })
    try {
      await eventually('the mark', async () => (await stat(folder)).mtimeMs >= mtimeMs)
    } finally {
      disk.end()
    }
    expect(await readdir(folder)).toEqual(['camera'])
  })

  it('says that the disk is nearly full when it has no room for what waits in memory', async () => {
    const { promise: failed, resolve } = Promise.withResolvers<CoverslipError>()
    const disk = new DiskWatch({
      folder,
      waitingBytes: () => 1e15,
      free: () => undefined,
      failed: resolve,
    })
    try {
      expect((await failed).message).toBe('the disk is nearly full')
    } finally {
      disk.end()
    }
  })
})
