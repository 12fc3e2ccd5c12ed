import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DatasetLayout } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { OmePlanes } from '../../../src-main/acquisition/storage/ome-planes.ts'
import { openOmeTiff } from '../../../src-main/acquisition/storage/ome-tiff-writer.ts'
import { omeXml } from '../../../src-main/acquisition/storage/ome-xml.ts'
import { openOmeZarr } from '../../../src-main/acquisition/storage/ome-zarr/ome-zarr-writer.ts'
import { stackXml } from '../../../src-renderer/export/stack-xml.ts'
import { valueStack } from '../../../src-renderer/export/value-stack.ts'
import { initialViewerState, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { datasetLayout, storedFrame } from '../../fixtures/ome-zarr-dataset.ts'
import { omeXmlFaults } from '../../fixtures/ome-xml-rules.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sampleDataset, sampleOpened } from '../viewer/sample-image.ts'

const channels = [
  { name: 'DAPI & "blue"', color: '#0000ff' },
  { name: 'GFP\u0001', color: '#00FF00' },
  { name: 'no colour' },
]

/** Of a plan; with wells where it is a plate. */
const layouts = fc
  .record({
    axes: fc.shuffledSubarray(['t', 'p', 'c', 'z'] as const, { minLength: 1 }),
    pixelFormat: fc.constantFrom('Mono8', 'Mono12', 'Mono16', 'RGB8', 'BayerRG8'),
    isOpen: fc.boolean(),
    isPlate: fc.boolean(),
    pixelSizeUm: fc.constantFrom(undefined, 0, 0.325, 1e-7),
    zStepUm: fc.constantFrom(undefined, -0.5, 2),
  })
  .map(({ axes, pixelFormat, isOpen, isPlate, pixelSizeUm, zStepUm }): DatasetLayout => {
    const lengths = { t: 2, p: 3, c: channels.length, z: 2 }
    const rows = 28
    return datasetLayout({
      name: 'a <b> "c"',
      image: { width: 6, height: 4, pixelFormat, significantBits: 8, pixelSizeUm },
      axes: axes.map((axis, i) => ({ axis, length: isOpen && i === 0 ? undefined : lengths[axis] })),
      positions: axes.includes('p')
        ? Array.from({ length: lengths.p }, (_, p) => ({
            name: `P${p}`,
            ...(isPlate ? { well: { row: p === 2 ? rows - 1 : 0, column: 1 }, xUm: -1.5, yUm: 3e-9 } : {}),
          }))
        : [],
      ...(isPlate ? { plate: { name: '96 & more', rows, columns: 12 } } : {}),
      channels: axes.includes('c') ? channels : [],
      zStepUm,
      metadata: { plan: { note: 'x < y & \u0000 ]]>' } },
    })
  })

/** Every plane of it, in the order of acquisition. */
function planesOf({ axes }: DatasetLayout): readonly Record<string, number>[] {
  return axes.reduce<readonly Record<string, number>[]>(
    (planes, { axis, length = 2 }) =>
      planes.flatMap((plane) => Array.from({ length }, (_, i) => ({ ...plane, [axis]: i }))),
    [{}],
  )
}

describe('OME-XML is valid by its schema', () => {
  it('whatever the axes, positions, channels and pixels, and wherever it ends', () => {
    const runs = fc.property(layouts, fc.double({ min: 0, max: 1 }), fc.boolean(), (layout, part, isTiff) => {
      const all = planesOf(layout)
      const planes = new OmePlanes(layout)
      for (const [place, index] of all.slice(0, Math.max(1, Math.round(part * all.length))).entries())
        planes.add(storedFrame(layout, index, place), place)
      expect(omeXmlFaults(omeXml(layout, planes, { pixels: isTiff ? 'tiff' : 'elsewhere' }))).toEqual([])
    })
    fc.assert(runs)
  })

  it('in a file that is complete; while it grows, but for where its images are', async () => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    const layout = datasetLayout({
      positions: [{ name: 'left' }, { name: 'right' }],
      axes: [
        { axis: 't', length: undefined },
        { axis: 'p', length: 2 },
      ],
    })
    const path = join(folder.path, `${layout.name}.ome.tiff`)
    const descriptionOf = async () => {
      const tiff = await fromFile(path)
      const description = await (await tiff.getImage()).fileDirectory.loadValue('ImageDescription')
      await tiff.close()
      return String(description).replace(/\0$/, '')
    }
    const writer = await openOmeTiff(folder.path, layout, { files: 'single' })
    onTestFinished(() => writer.close())
    for (const [place, index] of planesOf(layout).entries())
      await writer.write(storedFrame(layout, index, place))
    expect(omeXmlFaults(await descriptionOf())).toEqual(['Pixels has 0 TiffData'])
    await writer.close()
    const description = await descriptionOf()
    expect(omeXmlFaults(description)).toEqual([])
    expect(description).toContain('<Image ID="Image:1"')
  })

  it('beside an OME-Zarr', async () => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    const layout = datasetLayout()
    const storage = { format: 'ome-zarr', compression: 'none' } as const
    const writer = await openOmeZarr(folder.path, layout, storage)
    for (const [place, index] of planesOf(layout).entries())
      await writer.write(storedFrame(layout, index, place))
    await writer.close()
    const path = join(folder.path, `${layout.name}.ome.zarr`, 'OME', 'METADATA.ome.xml')
    expect(omeXmlFaults(await readFile(path, 'utf8'))).toEqual([])
  })

  it.each(['Mono8', 'Mono12', 'RGB8', 'Float32'] as const)('of an export of %s', (pixelFormat) => {
    const sizes = { t: 3, c: 2, p: 2 }
    const dataset = sampleDataset({
      width: 7,
      height: 5,
      pixelFormat,
      sizes,
      positions: ['a', 'b & c'],
      channels,
    })
    const stack = valueStack(withOpened(initialViewerState, sampleOpened([dataset])), {
      format: 'tiff',
      axis: 't',
      ranges: { t: { from: 0, to: 2 }, z: { from: 0, to: 0 }, p: { from: 0, to: 1 } },
      zProjection: undefined,
      channels: 'all',
    })
    const facts = { elapsedS: 0.5, exposureMs: 20, stage: { x: 1, y: -2, z: 3 } }
    const planes = [0, 1].map((p) => ({ place: { p, t: 2, z: 0 }, channel: 1, facts }))
    expect(omeXmlFaults([...stackXml(stack, planes)].join(''))).toEqual([])
  })

  it.each([
    ['an attribute is missing', / SizeT="\d+"/, '', 'Pixels has no SizeT'],
    ['a number is none', /SizeX="6"/, 'SizeX="0"', 'Pixels has SizeX="0"'],
    ['the pixels are nowhere', /<TiffData[^>]*>/, '', 'Pixels has 0 TiffData'],
    [
      'the order is another one',
      /(<Channel.*?<\/Channel>)(<TiffData[^>]*>)/,
      '$2$1',
      'Pixels has Channel where it must not',
    ],
    [
      'nothing has the id',
      /<InstrumentRef ID="Instrument:0"/,
      '<InstrumentRef ID="Instrument:9"',
      'there is no Instrument Instrument:9',
    ],
    ['the unit has the Greek letter', /\u00B5m/, '\u03BCm', 'Pixels has PhysicalSizeXUnit="\u03BCm"'],
  ])('and these rules refuse it where %s', (_, what, by, fault) => {
    const layout = datasetLayout()
    const planes = new OmePlanes(layout)
    planes.add(storedFrame(layout, { t: 0 }, 0), 0)
    expect(omeXmlFaults(omeXml(layout, planes).replace(what, by))).toContain(fault)
  })
})
