import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openOmeZarr as openReaders } from '../../../src-main/acquisition/reading/ome-zarr/ome-zarr-dataset.ts'
import type { DatasetLayout, StoredFrame } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { openOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import { filesBelow, datasetLayout, knownPixels, storedFrame } from '../../fixtures/ome-zarr-dataset.ts'
import {
  omeImageRules,
  omePlateRules,
  omeSeriesRules,
  omeWellRules,
  zarrArrayRules,
} from '../../fixtures/ome-zarr-rules.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-ome-zarr-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const json = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, ...path, 'zarr.json'), 'utf8'))

async function write(
  layout: DatasetLayout,
  indices: readonly StoredFrame['index'][],
  compression: 'none' | 'zstd' = 'none',
) {
  const writer = await openOmeZarr(folder, layout, { compression })
  await Promise.all(indices.map((index, place) => writer.write(storedFrame(layout, index, place))))
  await writer.close()
  await writer.close()
  const [reader, ...more] = await openReaders(join(folder, `${layout.name}.ome.zarr`))
  expect(more).toEqual([])
  if (reader === undefined) throw new Error('nothing was written')
  return reader
}

const times = (count: number) => Array.from({ length: count }, (_, t) => ({ t }))

describe('OME-Zarr of a recording', () => {
  it('is an image at the root, as long as there are frames', async () => {
    const layout = datasetLayout({ name: 'recording' })
    const reader = await write(layout, times(5))
    const root = omeImageRules.parse(await json('recording.ome.zarr'))
    const array = zarrArrayRules.parse(await json('recording.ome.zarr', '0'))
    expect(array).toMatchObject({ shape: [5, 1, 1, 4, 6], data_type: 'uint16' })
    expect(root.attributes.ome.multiscales[0]).toMatchObject({
      name: 'recording',
      axes: [
        { name: 't', type: 'time', unit: 'second' },
        { name: 'c', type: 'channel' },
        // Nothing is known of z.
        { name: 'z', type: 'space' },
        { name: 'y', type: 'space', unit: 'micrometer' },
        { name: 'x', type: 'space', unit: 'micrometer' },
      ],
      datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [0.1, 1, 1, 0.5, 0.5] }] }],
    })
    expect(root.attributes.ome.omero?.channels).toMatchObject([
      { label: 'Camera 1', color: 'FFFFFF', active: true, window: { min: 0, max: 4095 } },
    ])
    expect(root.attributes.coverslip).toMatchObject({
      state: 'complete',
      software: 'Coverslip 0.0.0',
      metadata: { plan: { channels: [] } },
      frames: { frames: 5, exposureMs: [20, 20], temperatureC: [20, 24], firstCapturedAt: layout.startedAt },
      planes: 5,
    })
    const xml = await readFile(join(folder, 'recording.ome.zarr', 'OME', 'METADATA.ome.xml'), 'utf8')
    expect(xml).toContain('<MetadataOnly/>')
    expect(xml.match(/<Plane /g)).toHaveLength(5)
    // Whole shards only.
    expect(await filesBelow(join(folder, 'recording.ome.zarr'))).toEqual([
      '0/c/0/0/0/0/0',
      '0/zarr.json',
      'OME/METADATA.ome.xml',
      'zarr.json',
    ])
    expect(await reader.describe()).toEqual({
      name: 'recording',
      camera: 'Camera 1',
      format: 'OME-Zarr',
      width: 6,
      height: 4,
      pixelFormat: 'Mono16',
      significantBits: 12,
      pixelSizeUm: 0.5,
      timeStepS: 0.1,
      sizes: { t: 5 },
      channels: [expect.objectContaining({ name: 'Camera 1', color: '#ffffff' })],
      positions: [],
      levels: [{ width: 6, height: 4 }],
      planes: 5,
    })
    for (let t = 0; t < 5; t++) {
      expect(await reader.readPlane({ t }, 0)).toEqual({
        width: 6,
        height: 4,
        pixelFormat: 'Mono16',
        significantBits: 12,
        pixels: knownPixels(layout, { t }),
      })
    }
    for (const [index, level] of [
      [{ t: 5 }, 0],
      [{ t: 0 }, 1],
      [{ z: 1 }, 0],
      [{ p: 1 }, 0],
    ] as const)
      expect(await reader.readPlane(index, level)).toBeUndefined()
  })

  it('windows the channel to what the camera saw', async () => {
    const image = { width: 64, height: 64, pixelFormat: 'Mono16' as const, significantBits: 16 }
    const layout = datasetLayout({ name: 'window', image })
    const writer = await openOmeZarr(folder, layout, { compression: 'none' })
    const grey = Uint16Array.from({ length: 64 * 64 }, (_, i) => 1000 + (i % 500))
    // A hot pixel.
    grey[77] = 65_535
    await writer.write({ ...storedFrame(layout, { t: 0 }, 0), pixels: new Uint8Array(grey.buffer) })
    await writer.close()
    const root = omeImageRules.parse(await json('window.ome.zarr'))
    const [channel] = root.attributes.ome.omero?.channels ?? []
    expect(channel?.window).toEqual({ min: 0, max: 65_535, start: 1000, end: 1499 })
  })

  it('has no frame at all when nothing came', async () => {
    const reader = await write(datasetLayout({ name: 'nothing' }), [])
    expect(await json('nothing.ome.zarr', '0')).toMatchObject({ shape: [0, 1, 1, 4, 6] })
    expect(await reader.describe()).toMatchObject({ planes: 0, sizes: {} })
    expect(await reader.readPlane({}, 0)).toBeUndefined()
  })

  it('keeps colour interleaved, and a mosaic as it is', async () => {
    const rgb = datasetLayout({
      name: 'colour',
      image: { width: 5, height: 3, pixelFormat: 'RGB8', significantBits: 8 },
    })
    const reader = await write(rgb, times(2), 'zstd')
    expect(await json('colour.ome.zarr', '0')).toMatchObject({ shape: [2, 3, 1, 3, 5], data_type: 'uint8' })
    const root = omeImageRules.parse(await json('colour.ome.zarr'))
    expect(root.attributes.ome.omero?.channels.map(({ label, color }) => [label, color])).toEqual([
      ['Red', 'FF0000'],
      ['Green', '00FF00'],
      ['Blue', '0000FF'],
    ])
    expect(await reader.describe()).toMatchObject({
      pixelFormat: 'RGB8',
      sizes: { t: 2 },
      channels: [],
      planes: 2,
    })
    expect((await reader.readPlane({ t: 1 }, 0))?.pixels).toEqual(knownPixels(rgb, { t: 1 }))
    const bayer = datasetLayout({
      name: 'mosaic',
      image: { width: 6, height: 4, pixelFormat: 'BayerRG8', significantBits: 8 },
    })
    const mosaic = await write(bayer, times(1))
    expect(await mosaic.describe()).toMatchObject({ pixelFormat: 'BayerRG8' })
    expect((await mosaic.readPlane({}, 0))?.pixels).toEqual(knownPixels(bayer, { t: 0 }))
  })

  it('overwrites nothing', async () => {
    const layout = datasetLayout({ name: 'taken' })
    await write(layout, times(1))
    await expect(openOmeZarr(folder, layout, { compression: 'none' })).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('taken.ome.zarr'),
    })
  })

  it('ends with the cause when its folder is removed', async () => {
    const layout = datasetLayout({
      name: 'removed',
      axes: [
        { axis: 't', length: 3 },
        { axis: 'p', length: 40 },
      ],
      positions: Array.from({ length: 40 }, (_, i) => ({ name: `P${i}` })),
    })
    const writer = await openOmeZarr(folder, layout, { compression: 'none' })
    await writer.write(storedFrame(layout, { t: 0, p: 0 }, 0))
    await rm(join(folder, 'removed.ome.zarr'), { recursive: true })
    await expect(writer.write(storedFrame(layout, { t: 0, p: 1 }, 1))).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('its folder is gone'),
    })
    await expect(writer.close()).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    await expect(json('removed.ome.zarr')).rejects.toThrow()
  })
})

const series = datasetLayout({
  name: 'series',
  axes: [
    { axis: 't', length: 2 },
    { axis: 'p', length: 3 },
    { axis: 'c', length: 2 },
    { axis: 'z', length: 3 },
  ],
  positions: [{ name: 'Left', xUm: 1, yUm: 2, zUm: 3 }, { name: 'Right' }, { name: 'Never' }],
  channels: [{ name: 'DAPI', color: '#0000ff' }, { name: 'GFP' }],
  timeStepS: 60,
  zStepUm: -0.25,
})

describe('OME-Zarr of a plan', () => {
  it('has an image for each position that was visited, with planes that were skipped left out', async () => {
    const indices: StoredFrame['index'][] = []
    for (let t = 0; t < 2; t++)
      for (let p = 0; p < 2; p++)
        for (let c = 0; c < 2; c++)
          for (let plane = 0; plane < 3; plane++)
            if (!(p === 1 && c === 1 && plane === 2)) indices.push({ t, p, c, z: plane })
    const reader = await write(series, indices.toReversed())
    expect(await json('series.ome.zarr')).toMatchObject({
      attributes: { ome: { version: '0.5', 'bioformats2raw.layout': 3 }, coverslip: { name: 'series' } },
    })
    expect(omeSeriesRules.parse(await json('series.ome.zarr', 'OME')).attributes.ome.series).toEqual([
      '0',
      '1',
    ])
    for (const image of ['0', '1']) {
      const { attributes } = omeImageRules.parse(await json('series.ome.zarr', image))
      expect(attributes.ome.multiscales[0]).toMatchObject({
        name: image === '0' ? 'Left' : 'Right',
        datasets: [{ coordinateTransformations: [{ type: 'scale', scale: [60, 1, 0.25, 0.5, 0.5] }] }],
      })
      expect(attributes.ome.omero?.channels).toMatchObject([
        { label: 'DAPI', color: '0000FF' },
        { label: 'GFP', color: 'FF00FF' },
      ])
      expect(zarrArrayRules.parse(await json('series.ome.zarr', image, '0')).shape).toEqual([2, 2, 3, 4, 6])
    }
    expect(await reader.describe()).toMatchObject({
      sizes: { t: 2, p: 2, c: 2, z: 3 },
      positions: ['Left', 'Right'],
      zStepUm: 0.25,
      timeStepS: 60,
      planes: 22,
      channels: [{ name: 'DAPI', color: '#0000ff' }, { name: 'GFP' }],
    })
    for (const index of indices)
      expect((await reader.readPlane(index, 0))?.pixels).toEqual(knownPixels(series, index))
    expect(await reader.readPlane({ p: 1, c: 1, z: 2 }, 0)).toBeUndefined()
  })

  it('is as long as it came when it was stopped early', async () => {
    const layout = { ...series, name: 'stopped' }
    const reader = await write(layout, [{ t: 0, p: 0, c: 0, z: 0 }])
    expect(await reader.describe()).toMatchObject({ sizes: { c: 2, z: 3 }, planes: 1 })
  })

  it('groups positions in the wells of a plate', async () => {
    const wells = [
      { name: 'A1_0', well: { row: 0, column: 0 } },
      { name: 'A1_1', well: { row: 0, column: 0 } },
      { name: 'AB12', well: { row: 27, column: 11 } },
    ]
    const layout = datasetLayout({
      name: 'plate',
      axes: [{ axis: 'p', length: 3 }],
      positions: wells,
      plate: { name: '1536-well', rows: 32, columns: 48 },
    })
    const reader = await write(layout, [{ p: 0 }, { p: 2 }, { p: 1 }])
    const { plate } = omePlateRules.parse(await json('plate.ome.zarr')).attributes.ome
    expect(plate).toMatchObject({
      name: '1536-well',
      field_count: 2,
      wells: [
        { path: 'A/1', rowIndex: 0, columnIndex: 0 },
        { path: 'AB/12', rowIndex: 27, columnIndex: 11 },
      ],
    })
    expect(plate.rows).toHaveLength(32)
    expect(plate.columns).toHaveLength(48)
    expect(omeWellRules.parse(await json('plate.ome.zarr', 'A', '1')).attributes.ome.well.images).toEqual([
      { acquisition: 0, path: '0' },
      { acquisition: 0, path: '1' },
    ])
    omeImageRules.parse(await json('plate.ome.zarr', 'AB', '12', '0'))
    expect(await json('plate.ome.zarr', 'AB')).toEqual({ zarr_format: 3, node_type: 'group', attributes: {} })
    expect(await reader.describe()).toMatchObject({ sizes: { p: 3 }, positions: ['A1_0', 'A1_1', 'AB12'] })
    expect((await reader.readPlane({ p: 2 }, 0))?.pixels).toEqual(knownPixels(layout, { p: 2 }))
  })

  it('refuses an image that the plan does not have', async () => {
    const layout = { ...series, name: 'beyond' }
    const writer = await openOmeZarr(folder, layout, { compression: 'none' })
    for (const index of [{ t: 2 }, { p: 3 }, { c: 2 }, { z: 3 }])
      await expect(writer.write(storedFrame(layout, index, 0))).rejects.toMatchObject({ code: 'INTERNAL' })
    await writer.close()
  })

  it('takes a shard up again for images that come late', async () => {
    const positions = Array.from({ length: 100 }, (_, i) => ({ name: `P${i}` }))
    const layout = datasetLayout({
      name: 'late',
      axes: [
        { axis: 'p', length: 100 },
        { axis: 'z', length: 2 },
      ],
      positions,
    })
    // More shards than are open at once, each of them half full at first.
    const indices = [0, 1].flatMap((plane) => positions.map((_, p) => ({ p, z: plane })))
    const reader = await write(layout, indices)
    for (const index of indices)
      expect((await reader.readPlane(index, 0))?.pixels).toEqual(knownPixels(layout, index))
    const left = (await filesBelow(join(folder, 'late.ome.zarr'))).filter((path) => path.endsWith('.part'))
    expect(z.array(z.string()).parse(left)).toEqual([])
  })
})
