/** What the recorder has written, as the gallery gives it. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoConnection, replayConnection } from '../../../src-main/engine/connections.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { type StorageOptions, storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { type DecodedFrame, FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import { filterLag } from '../../../src-shared/frames/pixel-filter.ts'
import { parseFramePacket } from '../../../src-shared/frames/frame-packet.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { decodePngPlainly } from '../../fixtures/image-fixtures.ts'
import { hasProgram } from '../../fixtures/peer-programs.ts'
import { recorded } from '../../fixtures/recorded.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sharedData } from '../../fixtures/shared-data.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

const ffmpeg = hasProgram('ffmpeg')

let folder: string
let engine: Engine
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-gallery-'))
})
afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function openEngine(): Promise<void> {
  engine = await createEngine({
    connections: [testConnection({ width: 40, height: 30, frameRate: 100 })],
    dataFolder: folder,
  })
}

/** Samples of a plane that a viewer would see. */
async function samplesOf(
  id: string,
  dataset: string,
  index: PlaneIndex = {},
): Promise<DecodedFrame['pixels']> {
  const packet = await engine.gallery.plane({ id, dataset, index })
  const { format, width } = parseFramePacket(packet)
  const filter = filterLag(format, width) === undefined ? 'none' : 'delta-shuffle'
  return new FrameDecoder().decode(packet, { compression: 'lz4', filter }).pixels.slice()
}

const formats: readonly { readonly storage: StorageOptions; readonly format: string }[] = [
  { storage: { format: 'ome-tiff', files: 'perPosition' }, format: 'OME-TIFF' },
  { storage: { format: 'raw' }, format: 'raw' },
  { storage: { format: 'ome-zarr', compression: 'none', pyramid: false }, format: 'OME-Zarr' },
  { storage: { format: 'ome-zarr', compression: 'zstd', pyramid: true }, format: 'OME-Zarr' },
  ...(ffmpeg
    ? [
        {
          storage: {
            format: 'video',
            container: 'mkv',
            quality: 'lossless',
            hardware: false,
            overlays: false,
          } as const,
          format: 'MKV',
        },
      ]
    : []),
]

describe('The gallery', () => {
  it('shows what one camera took when the files of the other cannot be read', async () => {
    const options = { width: 40, height: 30, frameRate: 100 }
    const connections = [testConnection(options), testConnection(options, 'second', 'second.')]
    engine = await createEngine({ connections, dataFolder: folder })
    const detectorNames = ['test-camera', 'second.test-camera']
    const { id } = await recorded(engine, { detectorNames, until: { kind: 'frames', frames: 3 } })
    const log = join(folder, id, 'camera_2', 'frames.jsonl')
    await rm(log)
    await mkdir(log)
    const { datasets, remarks } = await engine.gallery.open(id)
    expect(datasets).toMatchObject([{ name: 'camera_1', planes: 3 }])
    expect(remarks).toContain('frames.jsonl cannot be read: it is not a file')
  })

  it.each(formats)('gives every frame of a recording to $storage', async ({ storage, format }) => {
    await openEngine()
    const { id } = await recorded(engine, { until: { kind: 'frames', frames: 12 }, storage })
    const { item, datasets, remarks } = await engine.gallery.open(id)
    expect(item).toMatchObject({
      kind: 'recording',
      finish: 'completed',
      frames: 12,
      cameras: ['Test camera'],
    })
    // A busy machine may lose frames while ffmpeg starts, which is told.
    expect(remarks.filter((remark) => !remark.endsWith('were lost'))).toEqual([])
    const [dataset] = datasets
    expect(dataset).toMatchObject({
      format,
      camera: 'Test camera',
      width: 40,
      height: 30,
      pixelFormat: 'Mono12',
      significantBits: 12,
      sizes: { t: 12 },
      planes: 12,
    })
    const name = dataset?.name ?? ''
    const { records, total } = await engine.gallery.frames({ id, dataset: name, offset: 0, limit: 100 })
    const frames = records.filter((record) => record.kind === 'frame')
    expect(frames).toHaveLength(12)
    expect(total).toBeGreaterThanOrEqual(12)
    const { elapsedS = 0 } = frames.at(-1) ?? {}
    expect(dataset?.timeStepS).toBeCloseTo((elapsedS - (frames[0]?.elapsedS ?? 0)) / 11, 6)
    // The test camera's pixels are its frame number.
    for (const [t, { sequence }] of frames.entries()) {
      const samples = await samplesOf(id, name, { t })
      expect(samples).toEqual(new Uint16Array(40 * 30).fill(sequence % 4096))
      const { records: own } = await engine.gallery.frames({
        id,
        dataset: name,
        index: { t },
        offset: 0,
        limit: 10,
      })
      expect(own).toMatchObject([{ kind: 'frame', place: t, sequence }])
    }
    await expect(engine.gallery.plane({ id, dataset: name, index: { t: 12 } })).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    })
    await expect(engine.gallery.plane({ id, dataset: 'none' })).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
      message: expect.stringContaining('"none"'),
    })
    expect(Buffer.from(await engine.gallery.thumbnail({ id, maxSize: 32 })).toString('latin1', 1, 4)).toBe(
      'PNG',
    )
  })

  it.each([
    { format: 'ome-tiff' },
    { format: 'raw' },
    { format: 'ome-zarr', compression: 'none' },
    { format: 'ome-zarr', compression: 'zstd' },
  ] as const)('shows a recording to $format ($compression) while it grows', async (storage) => {
    await openEngine()
    const { id } = await engine.recorder.start({ storage })
    const planes = async () => {
      const { item, datasets } = await engine.gallery.open(id)
      expect(item.finish).toBeUndefined()
      return datasets[0]?.planes ?? 0
    }
    const first = await eventually('a first frame', async () => (await planes()) || undefined)
    await eventually('more frames', async () => (await planes()) > first)
    const seen = await samplesOf(id, 'camera', { t: first - 1 })
    expect(seen).toHaveLength(40 * 30)
    await engine.recorder.stop()
    expect((await engine.gallery.open(id)).item.finish).toBe('completed')
    expect(await samplesOf(id, 'camera', { t: first - 1 })).toEqual(seen)
  })

  it.each([...(ffmpeg ? (['video'] as const) : []), 'ome-tiff' as const])(
    'shows what a plan to %s has made, and how to make it again',
    async (format) => {
      engine = await createEngine({
        connections: [demoConnection({ width: 256, height: 256, frameRate: 50 })],
        dataFolder: folder,
      })
      let told = 0
      engine.on(({ type }) => {
        if (type === 'galleryChanged') told += 1
      })
      const plan = {
        axis_order: 'tpcz',
        time_plan: { interval: 0, loops: 2 },
        z_plan: { range: 2, step: 1 },
        stage_positions: [
          { x: 0, y: 0, z: 0, name: 'left' },
          { x: 20, y: 0, z: 0, name: 'right' },
        ],
        channels: ['DAPI', 'GFP'].map((config) => ({ config, exposure: 5 })),
      }
      const { id } = await engine.acquisition.start({ plan, storage: storageOptionsSchema.parse({ format }) })
      await eventually('the end of the plan', () => engine.acquisition.status?.state === 'finished')
      await eventually('the news of it', () => told >= 2)
      const { datasets, plan: made, item } = await engine.gallery.open(id)
      expect(item).toMatchObject({ kind: 'plan', finish: 'completed', frames: 24 })
      expect(datasets).toMatchObject([
        {
          sizes: { t: 2, p: 2, c: 2, z: 3 },
          planes: 24,
          pixelFormat: format === 'video' ? 'Mono8' : 'Mono12',
          channels: [{ name: 'DAPI' }, { name: 'GFP' }],
          positions: ['left', 'right'],
        },
      ])
      const index = { t: 1, p: 1, c: 1, z: 2 }
      expect(await samplesOf(id, 'camera', index)).toHaveLength(256 * 256)
      const { records } = await engine.gallery.frames({ id, dataset: 'camera', index, offset: 0, limit: 1 })
      expect(records).toMatchObject([{ index, channel: 'GFP', positionName: 'right', place: 23 }])
      const again = await engine.acquisition.estimate({ plan: made ?? {} })
      expect(again).toMatchObject({ frames: 24, problems: [] })
    },
  )

  it('gives the very pixels of real images', async () => {
    const data = await sharedData()
    engine = await createEngine({
      connections: [replayConnection(data.brightfield, { frameRate: 50 })],
      dataFolder: folder,
    })
    const names = (await readdir(data.brightfield)).filter((name) => name.endsWith('.png'))
    const known = new Set<string>()
    for (const name of names) {
      const { pixels } = await decodePngPlainly(join(data.brightfield, name))
      known.add(Buffer.from(pixels).toString('base64'))
    }
    for (const format of ['ome-tiff', 'raw', 'ome-zarr'] as const) {
      const { id } = await recorded(engine, { until: { kind: 'frames', frames: 5 }, storage: { format } })
      for (let t = 0; t < 5; t++)
        expect(known).toContain(Buffer.from(await samplesOf(id, 'camera', { t })).toString('base64'))
    }
    for (const format of ['tiff', 'png'] as const) {
      const { relativePath } = await engine.capture.snap({ format })
      const { datasets } = await engine.gallery.open(relativePath)
      const pixels = await samplesOf(relativePath, datasets[0]?.name ?? '')
      expect(known).toContain(Buffer.from(pixels).toString('base64'))
    }
    const jpeg = await engine.capture.snap({ format: 'jpeg' })
    const { datasets, item } = await engine.gallery.open(jpeg.relativePath)
    expect(item).toMatchObject({ kind: 'image', format: 'JPEG' })
    expect(datasets[0]).toMatchObject({ width: 500, height: 500, pixelFormat: 'Mono8' })
    expect(await samplesOf(jpeg.relativePath, datasets[0]?.name ?? '')).toHaveLength(500 * 500)
    await data.remove()
  })

  it('opens files that were moved out of their folder, and knows what they were made by', async () => {
    await openEngine()
    await mkdir(join(folder, 'recordings', 'moved'), { recursive: true })
    for (const [format, ending] of [
      ['ome-tiff', '.ome.tiff'],
      ['raw', '.raw'],
    ] as const) {
      const { id, name } = await recorded(engine, {
        until: { kind: 'frames', frames: 4 },
        storage: { format },
        name: 'beads',
      })
      for (const file of await readdir(join(folder, id, 'camera')))
        if (file !== 'frames.jsonl')
          await copyFile(join(folder, id, 'camera', file), join(folder, 'recordings', 'moved', file))
      const moved = `recordings/moved/${name}${ending}`
      const { datasets, metadata } = await engine.gallery.open(moved)
      expect(datasets[0]).toMatchObject({ sizes: { t: 4 }, planes: 4, significantBits: 12 })
      expect(metadata).toMatchObject({ request: { name: 'beads', storage: { format } } })
      const dataset = datasets[0]?.name ?? ''
      const original = await samplesOf(id, 'camera', { t: 3 })
      expect(await samplesOf(moved, dataset, { t: 3 })).toEqual(original)
    }
  })

  it.each([
    ['ome-tiff', '.ome.tiff'],
    ['raw', '.raw'],
  ] as const)('shows what is left of %s files that were cut off anywhere', async (format, ending) => {
    await openEngine()
    const { id, name } = await recorded(engine, {
      until: { kind: 'frames', frames: 6 },
      storage: { format },
    })
    const expected = await Promise.all(Array.from({ length: 6 }, (_, t) => samplesOf(id, 'camera', { t })))
    const source = join(folder, id, 'camera', `${name}${ending}`)
    const { size } = await stat(source)
    const cut = join(folder, 'recordings', 'cut')
    await mkdir(cut)
    if (format === 'raw') await copyFile(source.replace('.raw', '.json'), join(cut, 'cut.json'))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size }), async (length) => {
        await copyFile(source, join(cut, `cut${ending}`))
        await truncate(join(cut, `cut${ending}`), length)
        const cutId = `recordings/cut/cut${ending}`
        let opened: Awaited<ReturnType<Engine['gallery']['open']>>
        try {
          opened = await engine.gallery.open(cutId)
        } catch (error) {
          expect(error).toMatchObject({ code: 'UNREADABLE_IMAGE', message: expect.stringContaining('cut') })
          return
        }
        const [dataset] = opened.datasets
        for (const [t, samples] of expected.entries()) {
          try {
            expect(await samplesOf(cutId, dataset?.name ?? '', { t })).toEqual(samples)
          } catch (error) {
            expect(error).toMatchObject({ code: 'UNKNOWN_IMAGE' })
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  it('tells that something was kept, and lists the newest first', async () => {
    await openEngine()
    let told = 0
    engine.on(({ type }) => {
      if (type === 'galleryChanged') told += 1
    })
    const snap = await engine.capture.snap({ fileName: 'one' })
    await eventually('the news of the snap', () => told === 1)
    expect((await engine.gallery.list({})).items.map(({ id }) => id)).toEqual([snap.relativePath])
    const { id } = await recorded(engine, { until: { kind: 'frames', frames: 3 }, name: 'two' })
    await eventually('the news of the recording', () => told === 3)
    const { items, folder: place, total } = await engine.gallery.list({})
    expect(items.map((item) => item.id)).toEqual([id, snap.relativePath])
    expect({ place, total }).toEqual({ place: join(folder, 'recordings'), total: 2 })
    expect(items[0]).toMatchObject({ frames: 3, format: 'OME-TIFF' })
    await rm(join(folder, snap.relativePath))
    await expect(engine.gallery.open(snap.relativePath)).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' })
  })

  it('keeps small pictures in the data folder, and makes those anew that are gone', async () => {
    await openEngine()
    const { relativePath: id } = await engine.capture.snap({})
    const first = await engine.gallery.thumbnail({ id, maxSize: 32 })
    const kept = await readdir(join(folder, '.thumbnails'))
    expect(kept).toHaveLength(1)
    expect(Buffer.from(await readFile(join(folder, '.thumbnails', kept[0] ?? '')))).toEqual(
      Buffer.from(first),
    )
    await rm(join(folder, '.thumbnails'), { recursive: true })
    // Still in memory; of another size it is made, and kept again.
    expect(await engine.gallery.thumbnail({ id, maxSize: 32 })).toEqual(first)
    expect(await engine.gallery.thumbnail({ id, maxSize: 16 })).not.toEqual(first)
    expect(await readdir(join(folder, '.thumbnails'))).toHaveLength(1)
  })
})
