import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { openOmeTiff } from '../../../src-main/acquisition/storage/ome-tiff-writer.ts'
import type { DatasetLayout, StoredFrame } from '../../../src-main/acquisition/storage/dataset-writer.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const [width, height] = [7, 5]

const layout: DatasetLayout = {
  name: 'kidney',
  camera: { id: 'cam', name: 'Camera <1> & "co"', model: 'M', serialNumber: '7' },
  image: { width, height, pixelFormat: 'Mono12', significantBits: 12, pixelSizeUm: 0.25 },
  axes: [{ axis: 't', length: undefined }],
  positions: [],
  channels: [{ name: 'GFP', color: '#00ff00' }],
  startedAt: Date.UTC(2026, 10, 28, 12),
  software: 'Coverslip test',
  metadata: { note: 'a < b & "c" \u0001' },
}

function record(place: number): Extract<FrameRecord, { kind: 'frame' }> {
  return {
    kind: 'frame',
    camera: 'cam',
    index: { t: place },
    place,
    sequence: place,
    capturedAt: 0,
    timestampNs: '0',
    hostTimeNs: '0',
    elapsedS: place / 10,
    exposureMs: 20,
    gain: 1,
    stage: { x: 1.5, y: -2, z: 3 },
  }
}

const pixelsOf = (place: number) =>
  Uint16Array.from({ length: width * height }, (_, i) => (i * 100 + place) & 0xfff)

async function write(
  writer: Awaited<ReturnType<typeof openOmeTiff>>,
  places: number,
  index: (place: number) => StoredFrame['index'] = (t) => ({ t }),
) {
  await Promise.all(
    Array.from({ length: places }, (_, place) =>
      writer.write({
        pixels: new Uint8Array(pixelsOf(place).buffer),
        record: record(place),
        index: index(place),
      }),
    ),
  )
}

async function imagesOf(path: string) {
  const file = await fromFile(path)
  const images = []
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const image = await file.getImage(i)
    const [pixels] = await image.readRasters()
    images.push({ pixels: [...(pixels as Uint16Array)], description: image.fileDirectory })
  }
  await file.close()
  return images
}

describe('OME-TIFF', () => {
  it('holds every frame in order, and says where and when', async () => {
    const writer = await openOmeTiff(folder.path, layout, { files: 'single' })
    await write(writer, 4)
    await writer.close()
    await writer.close()
    const images = await imagesOf(join(folder.path, 'kidney.ome.tiff'))
    expect(images.map(({ pixels }) => pixels)).toEqual([0, 1, 2, 3].map((place) => [...pixelsOf(place)]))
  })

  it('can be read while it is written', async () => {
    const writer = await openOmeTiff(folder.path, { ...layout, name: 'growing' }, { files: 'single' })
    await write(writer, 3)
    const images = await imagesOf(join(folder.path, 'growing.ome.tiff'))
    expect(images.map(({ pixels }) => pixels)).toEqual([0, 1, 2].map((place) => [...pixelsOf(place)]))
    await writer.close()
  })

  it('makes a file for each position', async () => {
    const positions = [{ name: 'left' }, { name: 'right' }]
    const name = 'apart'
    const axes = [{ axis: 'p', length: 2 } as const, { axis: 't', length: 2 } as const]
    const writer = await openOmeTiff(
      folder.path,
      { ...layout, name, positions, axes },
      { files: 'perPosition' },
    )
    await write(writer, 4, (place) => ({ p: Math.floor(place / 2), t: place % 2 }))
    await writer.close()
    const left = await imagesOf(join(folder.path, 'apart_left.ome.tiff'))
    const right = await imagesOf(join(folder.path, 'apart_right.ome.tiff'))
    expect(left.map(({ pixels }) => pixels)).toEqual([0, 1].map((place) => [...pixelsOf(place)]))
    expect(right.map(({ pixels }) => pixels)).toEqual([2, 3].map((place) => [...pixelsOf(place)]))
  })

  // Through the system's cache, and past it.
  it.each([{ side: 8 }, { side: 512 }])(
    'goes back to more positions than files are open: images of $side x $side',
    async ({ side }) => {
      const image = { width: side, height: side, pixelFormat: 'Mono8', significantBits: 8 } as const
      const name = `turns-${side}`
      const count = 70
      const positions = Array.from({ length: count }, (_, p) => ({ name: `P${p}` }))
      const axes = [{ axis: 't', length: undefined } as const, { axis: 'p', length: count } as const]
      const many = { ...layout, image, name, positions, axes }
      const writer = await openOmeTiff(folder.path, many, { files: 'perPosition' })
      for (let t = 0; t < 2; t++) {
        const frames = positions.map((_, p) => ({
          pixels: new Uint8Array(side * side).fill(2 * p + t),
          record: record(t * count + p),
          index: { t, p },
        }))
        await Promise.all(frames.map((frame) => writer.write(frame)))
      }
      const openFiles = (await readdir('/proc/self/fd').catch(() => [])).length
      await writer.close()
      expect(openFiles).toBeLessThan(2 * 64 + 100)
      for (const [p, { name: position }] of positions.entries()) {
        const file = await fromFile(join(folder.path, `${name}_${position}.ome.tiff`))
        const description = String(await (await file.getImage()).fileDirectory.loadValue('ImageDescription'))
        expect(description).toContain('<TiffData FirstT="0" FirstC="0" FirstZ="0" IFD="0" PlaneCount="2"/>')
        expect(await file.getImageCount()).toBe(2)
        for (let t = 0; t < 2; t++) {
          const [pixels] = await (await file.getImage(t)).readRasters({
            window: [side - 1, side - 1, side, side],
          })
          expect(Number(Object(pixels)[0])).toBe(2 * p + t)
        }
        await file.close()
        await rm(join(folder.path, `${name}_${position}.ome.tiff`))
      }
    },
  )

  it('completes the file of a position when it has all its images', async () => {
    const positions = [{ name: 'first' }, { name: 'second' }]
    const axes = [{ axis: 'p', length: 2 } as const, { axis: 't', length: 2 } as const]
    const early = { ...layout, name: 'early', positions, axes }
    const writer = await openOmeTiff(folder.path, early, { files: 'perPosition' })
    await write(writer, 3, (place) => ({ p: Math.floor(place / 2), t: place % 2 }))
    const hasPlanes = async () =>
      (await readFile(join(folder.path, 'early_first.ome.tiff'))).includes('<Plane TheT="1"')
    await eventually('the description', hasPlanes)
    await writer.close()
  })

  it('names the positions that have a plane, and no others', async () => {
    const positions = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
    const name = 'some'
    const axes = [{ axis: 't', length: undefined } as const, { axis: 'p', length: 3 } as const]
    const writer = await openOmeTiff(folder.path, { ...layout, name, positions, axes }, { files: 'single' })
    await write(writer, 2, (t) => ({ t, p: 1 }))
    const named = async () => {
      const file = await fromFile(join(folder.path, 'some.ome.tiff'))
      const description = String(await (await file.getImage()).fileDirectory.loadValue('ImageDescription'))
      await file.close()
      return [...description.matchAll(/<Image ID="([^"]*)" Name="([^"]*)"/g)].map(([, ...facts]) => facts)
    }
    expect(await named()).toEqual([['Image:1', 'b']])
    await writer.write({
      pixels: new Uint8Array(pixelsOf(2).buffer),
      record: record(2),
      index: { t: 1, p: 2 },
    })
    await writer.close()
    expect(await named()).toEqual([
      ['Image:1', 'b'],
      ['Image:2', 'c'],
    ])
  })

  it('overwrites nothing', async () => {
    const writer = await openOmeTiff(folder.path, layout, { files: 'single' })
    await expect(write(writer, 1)).rejects.toMatchObject({
      code: 'DATA_FOLDER',
      message: expect.stringContaining('exists already'),
    })
  })

  it('says of each frame of a file that cannot be made why', async () => {
    const writer = await openOmeTiff(folder.path, layout, { files: 'single' })
    for (let i = 0; i < 2; i++) await expect(write(writer, 1)).rejects.toThrow('exists already')
    await writer.close()
  })
})
