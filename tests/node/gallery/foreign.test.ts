/** Whatever users put into the recordings folder: found, opened, or refused with a reason. */
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
import { openDataset as openWriter } from '../../../src-main/acquisition/storage/open-dataset.ts'
import type { DatasetLayout } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import { pngBytes, randomPixels, tiffBytes } from '../../fixtures/image-fixtures.ts'

let dataFolder: string
let recordings: string
let gallery: Gallery
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-foreign-'))
  recordings = join(dataFolder, 'recordings')
  await mkdir(recordings)
  gallery = new Gallery({ dataFolder })
})
afterEach(async () => {
  await gallery.close()
  await rm(dataFolder, { recursive: true, force: true })
})

const put = (name: string, bytes: Uint8Array | string) => writeFile(join(recordings, name), bytes)
const grey = (width: number, height: number, seed = 1) => ({
  width,
  height,
  pages: [randomPixels(width * height, 16, seed)],
})

describe('Files of others in the gallery', () => {
  it('are shown before the small pictures that others wait for', async () => {
    await put('good.tif', tiffBytes(grey(300, 200)))
    const id = 'recordings/good.tif'
    await gallery.list({})
    const answered: string[] = []
    const pictures = Array.from({ length: 60 }, (_, i) =>
      gallery.thumbnail({ id, maxSize: 100 + i }).then(() => answered.push('picture')),
    )
    const opened = gallery.open(id).then(() => answered.push('opened'))
    await Promise.all([...pictures, opened])
    expect(answered.indexOf('opened')).toBeLessThan(30)
  })

  it('that stand where the log of an acquisition should keep nothing else from being listed', async () => {
    const summary = {
      ...{ version: 1, name: 'odd', software: 'test', pid: 1, startedAt: 0 },
      request: { storage: { format: 'raw' } },
      datasets: [{ folder: 'camera' }],
    }
    for (const name of ['folder', 'link']) {
      await mkdir(join(recordings, name, 'camera'), { recursive: true })
      await put(`${name}/acquisition.json`, JSON.stringify({ ...summary, name }))
    }
    await mkdir(join(recordings, 'folder/camera/frames.jsonl'))
    await symlink('/etc/passwd', join(recordings, 'link/camera/frames.jsonl'))
    await put('good.tif', tiffBytes(grey(30, 20)))
    const { items } = await gallery.list({ search: '' })
    expect(items.map(({ name }) => name).toSorted()).toEqual(['folder', 'good.tif', 'link'])
  })

  it('that are no images, or damaged, are listed and refused by name, and keep nothing else from being shown', async () => {
    const header = pngBytes({ width: 4, height: 4, channels: 1, pixels: randomPixels(16, 8, 1) })
    const huge = Buffer.from(header)
    huge.writeUInt32BE(60_000, 16)
    huge.writeUInt32BE(60_000, 20)
    const bad: Record<string, Uint8Array | string> = {
      'empty.tif': '',
      'text.tiff': 'This is no image.',
      'cut.ome.tiff': tiffBytes({ ...grey(30, 20), bigTiff: true }).subarray(0, 30),
      'circle.tif': circle(),
      'float.tif': tiffBytes({ ...grey(4, 4), tags: { 258: 24, 339: 3 } }),
      'jpeg2000.tif': tiffBytes({ ...grey(4, 4), tags: { 259: 34712 } }),
      'empty.png': '',
      'text.png': 'This is no image, but it is long enough for a header of one.',
      'huge.png': huge,
      'bomb.png': bomb(),
      'text.jpg': 'This is no image.',
      'cut.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      'alone.raw': Buffer.alloc(64),
      'text.mkv': 'This is no film.',
      'list.mp4': 'ffconcat version 1.0\nfile /etc/passwd\n',
    }
    for (const [name, bytes] of Object.entries(bad)) await put(name, bytes)
    await mkdir(join(recordings, 'damaged'))
    await put('damaged/acquisition.json', '{ "name": ')
    await mkdir(join(recordings, 'damaged', 'camera'))
    await put('damaged/camera/cells.tif', tiffBytes(grey(30, 20)))
    await mkdir(join(recordings, 'folder.tif'))
    await put('good.tif', tiffBytes(grey(30, 20)))

    const { items, total } = await gallery.list({ search: '' })
    const names = Object.keys(bad)
    expect(new Set(items.map(({ name }) => name))).toEqual(new Set([...names, 'damaged', 'good.tif']))
    expect(total).toBe(names.length + 2)
    for (const name of [...names, 'damaged']) {
      const id = `recordings/${name}`
      const opening = gallery.open(id).then(async ({ datasets }) => {
        // What only its pixels tell.
        await gallery.plane({ id, dataset: datasets[0]?.name ?? '' })
      })
      await expect(opening, name).rejects.toMatchObject({
        code: expect.stringMatching(/^(UNREADABLE_IMAGE|TOO_LARGE)$/),
        message: expect.stringContaining(
          name === 'alone.raw' ? 'alone' : name === 'damaged' ? 'acquisition.json' : name,
        ),
        hint: expect.any(String),
      })
    }
    // Of one that is damaged the list tells why, and its images can be opened all the same.
    expect(items.find(({ name }) => name === 'damaged')?.damaged).toMatch(
      /^acquisition\.json cannot be read: .+\. Check /,
    )
    expect((await gallery.open('recordings/damaged/camera/cells.tif')).datasets).toHaveLength(1)
    // Their reasons are found by a search, which goes through all of them.
    const found = await gallery.list({ search: 'floating-point' })
    expect(found.items).toMatchObject([
      { name: 'float.tif', found: expect.stringContaining('floating-point') },
    ])
    const { datasets } = await gallery.open('recordings/good.tif')
    expect(datasets).toMatchObject([{ width: 30, height: 20, planes: 1 }])
  })

  it('are reached by their place in the recordings folder only', async () => {
    await put('good.tif', tiffBytes(grey(8, 8)))
    await writeFile(join(dataFolder, 'secret.tif'), tiffBytes(grey(8, 8)))
    await symlink(join(dataFolder, 'secret.tif'), join(recordings, 'link.tif'))
    await symlink(dataFolder, join(recordings, 'out'))
    await put('.hidden.tif', tiffBytes(grey(8, 8)))
    const ids = [
      '',
      'recordings',
      'recordings/',
      'recordings/.',
      'recordings/../secret.tif',
      'recordings/./good.tif',
      'recordings//good.tif',
      'recordings/good.tif/',
      'recordings\\good.tif',
      'recordings/..\\secret.tif',
      'recordings/link.tif',
      'recordings/out/secret.tif',
      'recordings/.hidden.tif',
      'recordings/good.tif\u0000.png',
      'secret.tif',
      '../secret.tif',
      join(dataFolder, 'secret.tif'),
      `recordings/${'x'.repeat(300)}`,
      `recordings/${'x/'.repeat(40)}x`,
      'recordings/none.tif',
    ]
    for (const id of ids) {
      await expect(gallery.open(id), id).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
      await expect(gallery.path(id), id).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
    }
    expect((await gallery.list({})).items.map(({ id }) => id)).toEqual(['recordings/good.tif'])
  })

  it('are found among ten thousand', async () => {
    const pixels = pngBytes({ width: 1, height: 1, channels: 1, pixels: randomPixels(1, 8, 1) })
    for (let day = 0; day < 10; day++) {
      await mkdir(join(recordings, `day-${day}`))
      const names = Array.from({ length: 1000 }, (_, i) => `day-${day}/image-${i}.png`)
      for (let i = 0; i < names.length; i += 100)
        await Promise.all(names.slice(i, i + 100).map((name) => put(name, pixels)))
    }
    await utimes(join(recordings, 'day-3/image-333.png'), 4e9, 4e9)
    const first = await gallery.list({ limit: 5 })
    expect(first.total).toBe(10_000)
    expect(first.items).toHaveLength(5)
    expect(first.items[0]).toMatchObject({
      id: 'recordings/day-3/image-333.png',
      kind: 'image',
      format: 'PNG',
    })
    const last = await gallery.list({ offset: 9_999 })
    expect(last.items).toHaveLength(1)
    expect((await gallery.list({ search: 'day-7 IMAGE-77' })).total).toBe(11)
    expect((await gallery.list({ search: 'day-7 nothing' })).total).toBe(0)
  })
})

const layout: DatasetLayout = {
  name: 'cells',
  camera: { id: 'cam', name: 'Camera 1', model: 'Test', serialNumber: 'SN 0815' },
  image: { width: 6, height: 4, pixelFormat: 'Mono12', significantBits: 12, pixelSizeUm: 0.5 },
  axes: [
    { axis: 't', length: 3 },
    { axis: 'p', length: 2 },
    { axis: 'c', length: 2 },
    { axis: 'z', length: 3 },
  ],
  positions: [{ name: 'A1' }, { name: 'B2' }],
  channels: [
    { name: 'DAPI', color: '#0000ff' },
    { name: 'GFP', color: '#00ff00' },
  ],
  zStepUm: 2,
  startedAt: 1_790_000_000_000,
  software: 'Coverslip 0',
  metadata: { request: { plan: { axis_order: 'tpcz', metadata: { patient: 'Zebrafish 7' } } } },
}

type Frame = Extract<FrameRecord, { kind: 'frame' }>

/** Writes a plan that skipped some images and was stopped early, as the runner does. */
async function writePlan(storage: 'raw' | 'ome-tiff' | 'ome-zarr'): Promise<readonly PlaneIndex[]> {
  const folder = join(recordings, 'plan')
  await mkdir(join(folder, 'camera'), { recursive: true })
  const options =
    storage === 'ome-tiff'
      ? ({ format: storage, files: 'perPosition' } as const)
      : storage === 'raw'
        ? ({ format: storage } as const)
        : ({ format: storage, compression: 'none', pyramid: false } as const)
  const writer = await openWriter(join(folder, 'camera'), layout, options)
  const taken: PlaneIndex[] = []
  const lines: string[] = []
  for (let t = 0; t < 2; t++)
    for (let p = 0; p < 2; p++)
      for (let c = 0; c < 2; c++)
        for (let z = 0; z < 3; z++) {
          const index = { t, p, c, z }
          // GFP at the middle plane only; the second position is missing its last channel at t 1.
          if ((c === 1 && z !== 1) || (t === 1 && p === 1 && c === 1)) {
            lines.push(JSON.stringify({ kind: 'skipped', camera: 'cam', index, reason: 'not planned' }))
            continue
          }
          const record: Frame = {
            kind: 'frame',
            camera: 'cam',
            index,
            place: taken.length,
            sequence: taken.length,
            capturedAt: layout.startedAt,
            timestampNs: '0',
            hostTimeNs: '0',
            elapsedS: taken.length,
            exposureMs: 10,
            gain: 1,
          }
          await writer.write({ record, index, pixels: pixelsOf(index) })
          lines.push(JSON.stringify(record))
          taken.push(index)
        }
  await writer.close()
  await put('plan/camera/frames.jsonl', `${lines.join('\n')}\n{"kind":"fra`)
  await put(
    'plan/acquisition.json',
    JSON.stringify({
      version: 1,
      name: 'cells',
      software: 'Coverslip 0',
      pid: 1,
      startedAt: layout.startedAt,
      request: { ...(layout.metadata['request'] as object), storage: options, onFault: { kind: 'skip' } },
      datasets: [{ folder: 'camera', layout }],
      finish: { reason: 'cancelled' },
    }),
  )
  return taken
}

/** Different for each plane. */
function pixelsOf({ t = 0, p = 0, c = 0, z = 0 }: PlaneIndex): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint16Array(24).map((_, i) => i + 24 * (z + 3 * (c + 2 * (p + 2 * t)))).buffer)
}

describe('Datasets from elsewhere', () => {
  it.each(['raw', 'ome-tiff'] as const)('show nothing of what links in them lead to: %s', async (storage) => {
    await writePlan(storage)
    await rename(join(recordings, 'plan/camera'), join(dataFolder, 'elsewhere'))
    const id = 'recordings/plan'
    // The folder itself, and then each of its files.
    await symlink(join(dataFolder, 'elsewhere'), join(recordings, 'plan/camera'))
    const { datasets, remarks } = await gallery.open(id)
    expect(datasets).toEqual([])
    expect(remarks[0]).toContain('camera cannot be read: it is a link')
    await rm(join(recordings, 'plan/camera'))
    await mkdir(join(recordings, 'plan/camera'))
    for (const name of await readdir(join(dataFolder, 'elsewhere')))
      await symlink(join(dataFolder, 'elsewhere', name), join(recordings, 'plan/camera', name))
    await utimes(join(recordings, 'plan/acquisition.json'), 1e9, 1e9)
    const shown = gallery.open(id).then(async (opened) => {
      if (opened.datasets.length > 0) await gallery.plane({ id, dataset: 'camera' })
      return opened.remarks.join()
    })
    await expect(shown.catch((error: unknown) => String(error))).resolves.toMatch(/cannot be read/)
  })
})

describe('Plans in the gallery', () => {
  it.each(['raw', 'ome-tiff', 'ome-zarr'] as const)(
    'to %s are shown plane by plane, whatever was skipped',
    async (storage) => {
      const taken = await writePlan(storage)
      const id = 'recordings/plan'
      const { item, datasets, plan, metadata, remarks } = await gallery.open(id)
      expect(item).toMatchObject({
        kind: 'plan',
        name: 'cells',
        finish: 'cancelled',
        cameras: ['Camera 1'],
        frames: taken.length,
      })
      expect(datasets).toMatchObject([
        {
          name: 'camera',
          sizes: { t: storage === 'ome-zarr' ? expect.any(Number) : 2, p: 2, c: 2, z: 3 },
          planes: taken.length,
          positions: ['A1', 'B2'],
          channels: [
            { name: 'DAPI', color: '#0000ff' },
            { name: 'GFP', color: '#00ff00' },
          ],
          zStepUm: 2,
          pixelSizeUm: 0.5,
        },
      ])
      expect(plan).toEqual({ axis_order: 'tpcz', metadata: { patient: 'Zebrafish 7' } })
      expect(metadata).toMatchObject({ request: { onFault: { kind: 'skip' } } })
      expect(remarks).toEqual([
        expect.stringMatching(/planes of camera are not there/),
        '9 images of Camera 1 were skipped',
      ])
      const isTaken = new Set(taken.map((index) => JSON.stringify(index)))
      for (let t = 0; t < 2; t++)
        for (let p = 0; p < 2; p++)
          for (let c = 0; c < 2; c++)
            for (let z = 0; z < 3; z++) {
              const index = { t, p, c, z }
              const asked = gallery.plane({ id, dataset: 'camera', index })
              if (isTaken.has(JSON.stringify(index))) {
                const { pixels } = new FrameDecoder().decode(await asked, {
                  compression: 'lz4',
                  filter: 'delta-shuffle',
                })
                expect(new Uint8Array(pixels.slice().buffer)).toEqual(pixelsOf(index))
                const { records } = await gallery.frames({
                  id,
                  dataset: 'camera',
                  index,
                  offset: 0,
                  limit: 1,
                })
                expect(records).toMatchObject([{ kind: 'frame', index }])
              } else {
                await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
                const { records } = await gallery.frames({
                  id,
                  dataset: 'camera',
                  index,
                  offset: 0,
                  limit: 1,
                })
                expect(records).toMatchObject([{ kind: 'skipped', index, reason: 'not planned' }])
              }
            }
      const { records, total } = await gallery.frames({ id, dataset: 'camera', offset: 2, limit: 3 })
      expect({ count: records.length, total }).toEqual({ count: 3, total: 24 })
      for (const search of ['zebrafish', 'gfp B2', 'SN 0815', 'camera 1 cells'])
        expect((await gallery.list({ search })).items, search).toMatchObject([{ id }])
      expect((await gallery.list({ search: 'zebrafish' })).items[0]?.found).toBe('patient: Zebrafish 7')
      const thumbnail = await gallery.thumbnail({ id, maxSize: 64 })
      expect(Buffer.from(thumbnail).readUInt8(25)).toBe(2)
    },
  )

  it('that are complete miss nothing of what they did not plan', async () => {
    await writePlan('raw')
    const summaryPath = join(recordings, 'plan/acquisition.json')
    const summary = JSON.parse(await readFile(summaryPath, 'utf8'))
    await writeFile(summaryPath, JSON.stringify({ ...summary, finish: { reason: 'completed' } }))
    const { remarks } = await gallery.open('recordings/plan')
    expect(remarks).toEqual(['9 images of Camera 1 were skipped'])
  })

  it.each(['raw', 'ome-tiff'] as const)(
    'to %s that were cut off say so of what was taken',
    async (storage) => {
      const taken = await writePlan(storage)
      const folder = join(recordings, 'plan/camera')
      for (const name of (await readdir(folder)).filter((file) => /\.(raw|tiff)$/.test(file))) {
        const path = join(folder, name)
        await truncate(path, Math.floor((await stat(path)).size / 4))
      }
      const last = taken.at(-1)
      await expect(
        gallery.plane({ id: 'recordings/plan', dataset: 'camera', index: last ?? {} }),
      ).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE', message: expect.stringContaining('ends before') })
    },
  )

  it('that are under way show what can be read meanwhile, without being closed first', async () => {
    await writePlan('raw')
    const summaryPath = join(recordings, 'plan/acquisition.json')
    const { finish, ...summary } = JSON.parse(await readFile(summaryPath, 'utf8'))
    expect(finish).toBeDefined()
    await writeFile(summaryPath, JSON.stringify({ ...summary, pid: process.pid }))
    await rename(join(recordings, 'plan/camera/cells.raw'), join(recordings, 'later'))
    const early = await gallery.open('recordings/plan')
    expect([early.datasets, early.item.finish]).toEqual([[], undefined])
    await rename(join(recordings, 'later'), join(recordings, 'plan/camera/cells.raw'))
    expect((await gallery.open('recordings/plan')).datasets).toHaveLength(1)
  })

  it('whose OME-Zarr is opened by itself know each plane’s frame', async () => {
    const taken = await writePlan('ome-zarr')
    const id = 'recordings/plan/camera/cells.ome.zarr'
    const [dataset] = (await gallery.open(id)).datasets
    for (const index of taken) {
      const range = { index, offset: 0, limit: 10 }
      const { records } = await gallery.frames({ id, dataset: dataset?.name ?? '', ...range })
      expect(records).toMatchObject([{ kind: 'frame', index }])
    }
  })

  it('whose files were moved out of their folder still know the plan', async () => {
    await writePlan('ome-tiff')
    await mkdir(join(recordings, 'moved'))
    await rename(join(recordings, 'plan/camera/cells_B2.ome.tiff'), join(recordings, 'moved/b.ome.tiff'))
    const { datasets, plan } = await gallery.open('recordings/moved/b.ome.tiff')
    expect(plan).toMatchObject({ axis_order: 'tpcz' })
    expect(datasets).toMatchObject([
      { sizes: { t: 2, c: 2, z: 3 }, planes: 7, channels: [{ name: 'DAPI' }, { name: 'GFP' }] },
    ])
    const index = { t: 1, c: 0, z: 2 }
    const packet = await gallery.plane({
      id: 'recordings/moved/b.ome.tiff',
      dataset: datasets[0]?.name ?? '',
      index,
    })
    const { pixels } = new FrameDecoder().decode(packet, { compression: 'lz4', filter: 'delta-shuffle' })
    expect(new Uint8Array(pixels.slice().buffer)).toEqual(pixelsOf({ ...index, p: 1 }))
    // The dataset that it was taken from has the rest.
    await expect(
      gallery.plane({ id: 'recordings/plan', dataset: 'camera', index: { t: 0, p: 1 } }),
    ).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    expect(
      await gallery.plane({ id: 'recordings/plan', dataset: 'camera', index: { t: 0, p: 0 } }),
    ).toBeInstanceOf(Uint8Array)
  })
})

/** A TIFF whose second page names the first as the next. */
function circle(): Buffer {
  const bytes = tiffBytes({ ...grey(4, 4), pages: [randomPixels(16, 16, 1), randomPixels(16, 16, 2)] })
  const first = bytes.readUInt32LE(4)
  const second = bytes.readUInt32LE(first + 2 + 12 * bytes.readUInt16LE(first))
  bytes.writeUInt32LE(first, second + 2 + 12 * bytes.readUInt16LE(second))
  return bytes
}

/** A small PNG of 4 x 4 pixels whose data are a hundred megabytes of zeros. */
function bomb(): Buffer {
  const png = Buffer.from(pngBytes({ width: 4, height: 4, channels: 1, pixels: randomPixels(16, 8, 1) }))
  const data = deflateSync(Buffer.alloc(100 * 2 ** 20), { level: 9 })
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write('IDAT', 4, 'latin1')
  data.copy(chunk, 8)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(png.length - 12)])
}
