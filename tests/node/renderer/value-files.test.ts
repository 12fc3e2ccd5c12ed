/** Files of camera values and exact colours, without a browser. */
import { fromArrayBuffer } from 'geotiff'
import { describe, expect, it } from 'vitest'
import { exactColours } from '../../../src-renderer/export/exact-colours.ts'
import { ExportFile } from '../../../src-renderer/export/export-file.ts'
import { OmeTiffFile } from '../../../src-renderer/export/ome-tiff-file.ts'
import { valueStack } from '../../../src-renderer/export/value-stack.ts'
import { initialViewerState, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sampleDataset, sampleOpened } from '../viewer/sample-image.ts'

const [width, height] = [7, 5]

function stackOf(change: Parameters<typeof sampleDataset>[0], axis: 't' | 'z' | 'p', to: number) {
  const dataset = sampleDataset({ width, height, pixelFormat: 'Mono12', significantBits: 12, ...change })
  return valueStack(withOpened(initialViewerState, sampleOpened([dataset])), { axis, from: 0, to })
}

const image = (seed: number) =>
  ({
    kind: 'mono',
    pixels: Uint16Array.from({ length: width * height }, (_, i) => (i * 97 + seed * 1009) % 4096),
    width,
    height,
    maxValue: 4095,
  }) as const

/** What `planes` become, read by geotiff. */
async function written(
  stack: ReturnType<typeof stackOf>,
  planes: readonly { number: number; channel: number; elapsedS?: number }[],
) {
  const file = await ExportFile.open(undefined)
  const tiff = new OmeTiffFile(stack, file)
  for (const [i, { number, channel, elapsedS }] of planes.entries())
    await tiff.add(image(i), { name: '', number, channel, elapsedS })
  await tiff.finish()
  const bytes = await file.download('image/tiff')?.arrayBuffer()
  return fromArrayBuffer(bytes ?? new ArrayBuffer(0))
}

describe('OME-TIFF of an export', () => {
  it('holds every value, and says of what it is', async () => {
    const stack = stackOf(
      {
        sizes: { t: 3, c: 2 },
        channels: [{ name: 'DAPI & "blue"', color: '#0000ff' }, { name: 'GFP' }],
        pixelSizeUm: 0.325,
        timeStepS: 0.5,
      },
      't',
      2,
    )
    // Of the second time one channel was lost.
    const planes = [
      { number: 0, channel: 0, elapsedS: 0 },
      { number: 0, channel: 1, elapsedS: 0.1 },
      { number: 1, channel: 1, elapsedS: 0.61 },
      { number: 2, channel: 0, elapsedS: 1 },
    ]
    const tiff = await written(stack, planes)
    expect(await tiff.getImageCount()).toBe(4)
    for (let i = 0; i < 4; i++) {
      const page = await tiff.getImage(i)
      expect([page.getWidth(), page.getHeight()]).toEqual([width, height])
      const [pixels] = await page.readRasters()
      expect(pixels).toEqual(image(i).pixels)
    }
    const xml = String(await (await tiff.getImage(0)).fileDirectory.loadValue('ImageDescription'))
    expect(xml).toContain('SizeX="7" SizeY="5" SizeC="2" SizeZ="1" SizeT="3"')
    expect(xml).toContain('PhysicalSizeX="0.325" PhysicalSizeXUnit="µm"')
    expect(xml).toContain('TimeIncrement="0.5" TimeIncrementUnit="s"')
    expect(xml).toContain('Name="DAPI &amp; &quot;blue&quot;" SamplesPerPixel="1" Color="65535"')
    expect(xml).toContain('<TiffData FirstT="1" FirstC="1" FirstZ="0" IFD="2" PlaneCount="1"/>')
    expect(xml).toContain('<Plane TheT="1" TheC="1" TheZ="0" DeltaT="0.61" DeltaTUnit="s"/>')
  })

  it('keeps real numbers', async () => {
    const stack = stackOf({ sizes: { t: 2 }, pixelFormat: 'Float32', significantBits: undefined }, 't', 0)
    const pixels = Float32Array.from({ length: width * height }, (_, i) => (i === 3 ? NaN : i / 7 - 2))
    const file = await ExportFile.open(undefined)
    const tiff = new OmeTiffFile(stack, file)
    const real = { kind: 'real', pixels, width, height, maxValue: Infinity } as const
    await tiff.add(real, { name: '', number: 0, channel: 0, elapsedS: undefined })
    await tiff.finish()
    const bytes = await file.download('image/tiff')?.arrayBuffer()
    const page = await (await fromArrayBuffer(bytes ?? new ArrayBuffer(0))).getImage()
    expect((await page.readRasters())[0]).toEqual(pixels)
    expect(await page.fileDirectory.loadValue('ImageDescription')).toContain('Type="float"')
  })

  it('has an image for each position', async () => {
    const stack = stackOf({ sizes: { p: 2 }, positions: ['A1', 'A2'] }, 'p', 1)
    const tiff = await written(
      stack,
      [0, 1].map((number) => ({ number, channel: 0 })),
    )
    const xml = String(await (await tiff.getImage(0)).fileDirectory.loadValue('ImageDescription'))
    expect(xml).toMatch(/<Image ID="Image:0" Name="A1">.*IFD="0".*<Image ID="Image:1" Name="A2">.*IFD="1"/)
  })

  it('of nothing is none', async () => {
    await expect(written(stackOf({ sizes: { t: 2 } }, 't', 1), [])).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    })
  })
})

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
