import { decode } from 'fast-png'
import { expect, it } from 'vitest'
import { thumbnailPng } from '../../../src-main/acquisition/gallery/thumbnail-picture.ts'
import type { PlaneFormat } from '../../../src-shared/frames/plane-format.ts'
import { sampleDataset } from '../viewer/sample-image.ts'

const [width, height] = [40, 30]

/** Red of the first and of the last pixel of the small picture of a plane. */
async function ends(
  values: Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
  pixelFormat: PlaneFormat,
  bits: number,
) {
  const size = { width, height }
  const dataset = sampleDataset({ ...size, sizes: {}, channels: [], levels: [size] })
  const pixels = new Uint8Array(values.buffer)
  const plane = { ...size, pixelFormat, significantBits: bits, pixels }
  const reader = {
    metadata: {},
    describe: () => Promise.resolve(dataset),
    readPlane: () => Promise.resolve(plane),
    records: () => Promise.resolve({ records: [], total: 0 }),
    close: () => Promise.resolve(),
  }
  const png = await thumbnailPng(reader, 64)
  if (png === undefined) throw new Error('There is no picture')
  const { data, channels } = decode(png)
  return [data[0], data[data.length - channels]]
}
const count = width * height

it('A picture of one value is as bright as that is, and white where it is saturated', async () => {
  expect(await ends(new Uint16Array(count).fill(4095), 'Mono12', 12)).toEqual([255, 255])
  expect(await ends(new Uint16Array(count).fill(2048), 'Mono12', 12)).toEqual([128, 128])
  expect(await ends(new Uint16Array(count), 'Mono12', 12)).toEqual([0, 0])
  expect(await ends(new Uint8Array(count).fill(255), 'Mono8', 8)).toEqual([255, 255])
  expect(await ends(new Uint8Array(count).fill(1), 'Mono8', 1)).toEqual([255, 255])
  expect(await ends(new Float32Array(count).fill(-3.5), 'Float32', 32)).toEqual([128, 128])
  expect(await ends(new Float32Array(count).fill(Number.NaN), 'Float32', 32)).toEqual([0, 0])
})

it('What is bright of an image that is dark nearly everywhere is seen', async () => {
  const beads = new Uint16Array(count)
  beads[count - 1] = 900
  expect(await ends(beads, 'Mono16', 16)).toEqual([0, 255])
})
