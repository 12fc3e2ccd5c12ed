/** Cuts across stacks, of every format that is read in parts. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stackSection } from '../../../src-main/acquisition/gallery/stack-section.ts'
import type { DatasetReader, ImagePlane } from '../../../src-main/acquisition/reading/dataset-reader.ts'
import { planeSamples } from '../../../src-main/acquisition/reading/plane-samples.ts'
import type { SectionCut } from '../../../src-shared/gallery.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { knownValue, stackSize, writeKnownStack } from '../../fixtures/known-stack.ts'
import { openDataset } from '../../fixtures/read-datasets.ts'
import { sampleDataset } from '../viewer/sample-image.ts'

const { signal } = new AbortController()
const { width, height, z: planes } = stackSize

describe.each([
  ['stack.ome.tiff', { format: 'ome-tiff', files: 'single' }],
  ['stack.raw', { format: 'raw' }],
  ['stack.ome.zarr', { format: 'ome-zarr', compression: 'none', pyramid: false }],
  ['stack.ome.zarr', { format: 'ome-zarr', compression: 'zstd', pyramid: false }],
] as const)('Of %s', (name, storage) => {
  async function stack(): Promise<DatasetReader> {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    await writeKnownStack(path, storage)
    return openDataset(join(path, name))
  }

  it('some rows are those of the whole plane', async () => {
    const reader = await stack()
    const index = { t: 1, c: 2, z: 3 }
    const whole = await reader.readPlane(index, 0)
    if (whole === undefined) throw new Error('There is no plane')
    for (const [top, count] of [
      [0, 1],
      [0, height],
      [57, 2],
      [height - 1, 1],
    ] as const) {
      const rows = await reader.readRows?.(index, 0, { top, count })
      expect(rows).toMatchObject({ width, height: count, pixelFormat: whole.pixelFormat })
      expect(rows?.pixels).toEqual(whole.pixels.slice(top * width * 2, (top + count) * width * 2))
    }
  })

  it.each([
    ['xz', 0],
    ['xz', 63],
    ['xz', height - 1],
    ['yz', 0],
    ['yz', 42],
    ['yz', width - 1],
  ] as const)('a cut %s at %i has a row for each plane', async (cut, at) => {
    const reader = await stack()
    for (const z of [
      { from: 0, count: 100 },
      { from: 2, count: 2 },
    ]) {
      const section = await stackSection(reader, { index: { t: 2, c: 1 }, level: 0, cut, at, z, signal })
      const rows = Math.min(z.count, planes - z.from)
      const length = cut === 'xz' ? width : height
      expect(section).toMatchObject({ width: length, height: rows })
      const known = Array.from({ length: rows * length }, (_, i) => {
        const index = { t: 2, c: 1, z: z.from + Math.floor(i / length) }
        return cut === 'xz' ? knownValue(index, i % length, at) : knownValue(index, at, i % length)
      })
      expect(section && [...planeSamples(section)]).toEqual(known)
    }
  })

  it('nothing lies beside it', async () => {
    const reader = await stack()
    const cutAt = (cut: SectionCut, at: number, from = 0) =>
      stackSection(reader, { index: {}, level: 0, cut, at, z: { from, count: 2 }, signal })
    expect(await cutAt('xz', height)).toBeUndefined()
    expect(await cutAt('yz', width)).toBeUndefined()
    expect(await cutAt('xz', 0, planes)).toBeUndefined()
    expect(
      await stackSection(reader, { index: {}, level: 7, cut: 'xz', at: 0, z: { from: 0, count: 2 }, signal }),
    ).toBeUndefined()
  })
})

/** A stack of which every plane is this one, but for those that are missing. */
function stackOf(plane: ImagePlane, z: number, missing: readonly number[] = []) {
  const { width: across, height: down } = plane
  const size = { width: across, height: down }
  const asked: number[] = []
  return {
    asked,
    describe: () => Promise.resolve(sampleDataset({ ...size, sizes: { z }, levels: [size] })),
    readPlane: (index: { readonly z?: number | undefined }) => {
      asked.push(index.z ?? 0)
      return Promise.resolve(missing.includes(index.z ?? 0) ? undefined : plane)
    },
  }
}

it('Planes that are missing are empty, or no numbers where numbers are real', async () => {
  const pixels = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer)
  const real = {
    width: 2,
    height: 1,
    pixelFormat: 'Float32',
    significantBits: 32,
    pixels: pixels([1, 2]),
  } as const
  const z = { from: 0, count: 3 }
  const cut = await stackSection(stackOf(real, 3, [1]), { index: {}, level: 0, cut: 'xz', at: 0, z, signal })
  expect(cut && [...planeSamples(cut)]).toEqual([1, 2, Number.NaN, Number.NaN, 1, 2])
  const none = await stackSection(stackOf(real, 2, [0, 1]), {
    index: {},
    level: 0,
    cut: 'xz',
    at: 0,
    z,
    signal,
  })
  expect(none).toMatchObject({ width: 2, height: 2, pixelFormat: 'Mono12' })
  const grey = {
    width: 2,
    height: 1,
    pixelFormat: 'Mono8',
    significantBits: 8,
    pixels: Uint8Array.of(5, 6),
  } as const
  const column = await stackSection(stackOf(grey, 3, [0]), {
    index: {},
    level: 0,
    cut: 'yz',
    at: 1,
    z,
    signal,
  })
  expect(column).toMatchObject({ width: 1, height: 3, pixels: Uint8Array.of(0, 6, 6) })
})

it('A mosaic becomes grey, and a colour image keeps its colours', async () => {
  const values = Uint16Array.of(10, 20, 30, 30, 40, 60, 70, 80, 90, 90, 90, 90)
  const bayer = {
    width: 4,
    height: 3,
    pixelFormat: 'BayerRG12',
    significantBits: 12,
    pixels: new Uint8Array(values.buffer),
  } as const
  const z = { from: 0, count: 1 }
  const at = async (cut: SectionCut, place: number) => {
    const section = await stackSection(stackOf(bayer, 1), { index: {}, level: 0, cut, at: place, z, signal })
    expect(section).toMatchObject({ pixelFormat: 'Mono16', significantBits: 12 })
    return section && [...planeSamples(section)]
  }
  const mean = [33, 33, 53, 53]
  expect(await at('xz', 0)).toEqual(mean)
  expect(await at('xz', 1)).toEqual(mean)
  expect(await at('xz', 2)).toEqual([90, 90, 90, 90])
  expect(await at('yz', 3)).toEqual([53, 53, 90])
  const rgb = {
    width: 1,
    height: 2,
    pixelFormat: 'RGB8',
    significantBits: 8,
    pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
  } as const
  const colours = await stackSection(stackOf(rgb, 1), { index: {}, level: 0, cut: 'yz', at: 0, z, signal })
  expect(colours).toMatchObject({ width: 2, height: 1, pixelFormat: 'RGB8', pixels: rgb.pixels })
})

it('A cut that is given up reads no further', async () => {
  const plane = {
    width: 1,
    height: 1,
    pixelFormat: 'Mono8',
    significantBits: 8,
    pixels: Uint8Array.of(1),
  } as const
  const stack = stackOf(plane, 50)
  const control = new AbortController()
  const { readPlane } = stack
  const reader = {
    ...stack,
    readPlane: (index: { readonly z?: number | undefined }) => {
      if (index.z === 3) control.abort(new Error('given up'))
      return readPlane(index)
    },
  }
  const z = { from: 0, count: 50 }
  await expect(
    stackSection(reader, { index: {}, level: 0, cut: 'yz', at: 0, z, signal: control.signal }),
  ).rejects.toThrow('given up')
  expect(stack.asked).toEqual([0, 1, 2, 3])
})
