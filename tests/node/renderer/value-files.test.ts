/** Files of camera values and exact colours, without a browser. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromArrayBuffer, type GeoTIFF } from 'geotiff'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exactColours } from '../../../src-renderer/export/exact-colours.ts'
import type { ExportChoices } from '../../../src-renderer/export/export-choices.ts'
import { ExportFile } from '../../../src-renderer/export/export-file.ts'
import { OmeTiffFile } from '../../../src-renderer/export/ome-tiff-file.ts'
import { type StackPlane, valueStack } from '../../../src-renderer/export/value-stack.ts'
import { initialViewerState, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { openDataset, samplesOf } from '../../fixtures/read-datasets.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sampleDataset, sampleOpened } from '../viewer/sample-image.ts'

const [width, height] = [7, 5]

const nowhere = { from: 0, to: 0 }

function stackOf(change: Parameters<typeof sampleDataset>[0], ranges: Partial<ExportChoices['ranges']>) {
  const dataset = sampleDataset({ width, height, pixelFormat: 'Mono12', significantBits: 12, ...change })
  return valueStack(withOpened(initialViewerState, sampleOpened([dataset])), {
    format: 'tiff',
    axis: 't',
    ranges: { t: nowhere, z: nowhere, p: nowhere, ...ranges },
    zProjection: undefined,
    channels: 'all',
  })
}

const image = (seed: number) =>
  ({
    kind: 'mono',
    pixels: Uint16Array.from({ length: width * height }, (_, i) => (i * 97 + seed * 1009) % 4096),
    width,
    height,
    maxValue: 4095,
  }) as const

const placeOf = (place: Partial<StackPlane['place']>) => ({ p: 0, t: 0, z: 0, ...place })

async function bytesOf(stack: ReturnType<typeof stackOf>, planes: readonly StackPlane[]) {
  const file = await ExportFile.open(undefined)
  const tiff = new OmeTiffFile(stack, file)
  for (const [i, plane] of planes.entries()) await tiff.add(image(i), { name: '', ...plane })
  await tiff.finish()
  return (await file.download('image/tiff')?.arrayBuffer()) ?? new ArrayBuffer(0)
}

const xmlOf = async (tiff: GeoTIFF) =>
  String(await (await tiff.getImage(0)).fileDirectory.loadValue('ImageDescription'))

describe('OME-TIFF of an export', () => {
  it('holds every value, and says of what it is', async () => {
    const stack = stackOf(
      {
        sizes: { t: 3, c: 2 },
        channels: [{ name: 'DAPI & "blue"', color: '#0000ff' }, { name: 'GFP' }],
        pixelSizeUm: 0.325,
        timeStepS: 0.5,
      },
      { t: { from: 0, to: 2 } },
    )
    const stage = { x: 1.5, y: -2 }
    // Of the second time one channel was lost.
    const planes = [
      { place: placeOf({}), channel: 0, facts: { elapsedS: 0 } },
      { place: placeOf({}), channel: 1, facts: { elapsedS: 0.1 } },
      { place: placeOf({ t: 1 }), channel: 1, facts: { elapsedS: 0.61, exposureMs: 20, stage } },
      { place: placeOf({ t: 2 }), channel: 0, facts: undefined },
    ]
    const tiff = await fromArrayBuffer(await bytesOf(stack, planes))
    expect(await tiff.getImageCount()).toBe(4)
    for (let i = 0; i < 4; i++) {
      const page = await tiff.getImage(i)
      expect([page.getWidth(), page.getHeight()]).toEqual([width, height])
      const [pixels] = await page.readRasters()
      expect(pixels).toEqual(image(i).pixels)
    }
    const xml = await xmlOf(tiff)
    expect(xml).toContain('SizeX="7" SizeY="5" SizeC="2" SizeZ="1" SizeT="3"')
    expect(xml).toContain('PhysicalSizeX="0.325" PhysicalSizeXUnit="µm"')
    expect(xml).toContain('TimeIncrement="0.5" TimeIncrementUnit="s"')
    expect(xml).toContain('Name="DAPI &amp; &quot;blue&quot;" SamplesPerPixel="1" Color="65535"')
    expect([...xml.matchAll(/<TiffData[^>]*>/g)].map(([data]) => data)).toEqual([
      '<TiffData FirstT="0" FirstC="0" FirstZ="0" IFD="0" PlaneCount="2"/>',
      // What follows in the file follows in the dimensions as well.
      '<TiffData FirstT="1" FirstC="1" FirstZ="0" IFD="2" PlaneCount="2"/>',
    ])
    expect(xml).toContain(
      '<Plane TheT="1" TheC="1" TheZ="0" DeltaT="0.61" DeltaTUnit="s" ExposureTime="0.02" ExposureTimeUnit="s" PositionX="1.5" PositionXUnit="µm" PositionY="-2" PositionYUnit="µm"/>',
    )
    expect(xml).toContain('<Plane TheT="2" TheC="0" TheZ="0"/>')
    expect(xml).toContain('&quot;t&quot;:[0,2]')
  })

  it('keeps real numbers', async () => {
    const stack = stackOf({ sizes: { t: 2 }, pixelFormat: 'Float32', significantBits: undefined }, {})
    const pixels = Float32Array.from({ length: width * height }, (_, i) => (i === 3 ? NaN : i / 7 - 2))
    const file = await ExportFile.open(undefined)
    const tiff = new OmeTiffFile(stack, file)
    const real = { kind: 'real', pixels, width, height, maxValue: Infinity } as const
    await tiff.add(real, { name: '', place: placeOf({}), channel: 0, facts: undefined })
    await tiff.finish()
    const bytes = await file.download('image/tiff')?.arrayBuffer()
    const page = await (await fromArrayBuffer(bytes ?? new ArrayBuffer(0))).getImage()
    expect((await page.readRasters())[0]).toEqual(pixels)
    expect(await page.fileDirectory.loadValue('ImageDescription')).toContain('Type="float"')
  })

  it('of several axes is read by our own gallery, plane by plane, whatever is missing', async () => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    let files = 0
    const sizes = fc.record({
      t: fc.integer({ min: 1, max: 3 }),
      z: fc.integer({ min: 1, max: 3 }),
      p: fc.integer({ min: 1, max: 3 }),
      c: fc.integer({ min: 1, max: 3 }),
    })
    const runs = fc.asyncProperty(sizes, fc.infiniteStream(fc.boolean()), async ({ t, z, p, c }, there) => {
      const channels = Array.from({ length: c }, (_, i) => ({ name: `Channel ${i}` }))
      const positions = Array.from({ length: p }, (_, i) => `A${i}`)
      const all = { t: { from: 0, to: t - 1 }, z: { from: 0, to: z - 1 }, p: { from: 0, to: p - 1 } }
      const stack = stackOf({ sizes: { t, z, p, c }, channels, positions }, all)
      const planes = range(p).flatMap((ofP) =>
        range(t).flatMap((ofT) =>
          range(z).flatMap((ofZ) =>
            range(c).map((channel) => ({
              place: { p: ofP, t: ofT, z: ofZ },
              channel,
              facts: undefined,
            })),
          ),
        ),
      )
      // Of each position one at least.
      const kept = planes.filter(
        ({ place, channel }) => place.t + place.z + channel === 0 || there.next().value,
      )
      const path = join(folder.path, `${files++}.ome.tiff`)
      await writeFile(path, new Uint8Array(await bytesOf(stack, kept)))
      const reader = await openDataset(path)
      const described = await reader.describe()
      expect({ t: 1, z: 1, p: 1, c: 1, ...described.sizes }).toEqual({ t, z, p, c })
      for (const { place, channel } of planes) {
        const plane = await reader.readPlane({ ...place, c: channel }, 0)
        const number = kept.findIndex((one) => one.place === place && one.channel === channel)
        expect(plane && samplesOf(plane)).toEqual(number < 0 ? undefined : image(number).pixels)
      }
    })
    await fc.assert(runs, { numRuns: 30 })
  })

  it('has an image for each position', async () => {
    const stack = stackOf({ sizes: { p: 2 }, positions: ['A1', 'A2'] }, { p: { from: 0, to: 1 } })
    const planes = [0, 1].map((p) => ({ place: placeOf({ p }), channel: 0, facts: undefined }))
    const xml = await xmlOf(await fromArrayBuffer(await bytesOf(stack, planes)))
    expect(xml).toMatch(/<Image ID="Image:0" Name="A1">.*IFD="0".*<Image ID="Image:1" Name="A2">.*IFD="1"/)
  })

  it('of nothing is none, and of too much is refused', async () => {
    await expect(bytesOf(stackOf({ sizes: { t: 2 } }, {}), [])).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    })
    const huge = stackOf({ sizes: { t: 500_001 } }, { t: { from: 0, to: 500_000 } })
    await expect(bytesOf(huge, [])).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })
})

const range = (length: number) => Array.from({ length }, (_, i) => i)

describe('Colours of a GIF', () => {
  it('are the very ones where there are no more than 256', () => {
    const colour = fc.integer({ min: 0, max: 0xffffff })
    fc.assert(
      fc.property(fc.array(colour, { minLength: 1, maxLength: 300 }), (colours) => {
        const rgba = Uint8ClampedArray.from(
          colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255]),
        )
        const exact = exactColours(rgba)
        if (new Set(colours).size > 256) return expect(exact).toBeUndefined()
        const back = Array.from(exact?.index ?? [], (number) => exact?.palette[number])
        expect(back).toEqual(colours.map((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]))
      }),
    )
  })

  it('are grey where all of a picture is', () => {
    const greys = Uint8ClampedArray.from({ length: 4 * 256 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2))
    expect(exactColours(greys)?.palette).toHaveLength(256)
  })
})
