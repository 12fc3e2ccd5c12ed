import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LargePlanes } from '../../../src-main/acquisition/gallery/large-planes.ts'
import { thumbnailPng } from '../../../src-main/acquisition/gallery/thumbnail-picture.ts'
import type { DatasetReader } from '../../../src-main/acquisition/reading/dataset-reader.ts'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { decodePngPlainly, temporaryFolder } from '../../fixtures/image-fixtures.ts'

function readerOf(
  parts: Pick<ImageDataset, 'width' | 'height' | 'sizes' | 'channels'>,
  readPlane: DatasetReader['readPlane'],
): DatasetReader {
  const { width, height } = parts
  const dataset: ImageDataset = {
    name: 'cells',
    format: 'TIFF',
    pixelFormat: 'Mono8',
    significantBits: 8,
    positions: [],
    levels: [{ width, height }],
    planes: 1,
    ...parts,
  }
  return {
    metadata: {},
    describe: () => Promise.resolve(dataset),
    readPlane,
    records: () => Promise.resolve({ records: [], total: 0 }),
    close: () => Promise.resolve(),
  }
}

describe('Large planes', () => {
  /** How many of `count` reads are under way at once. */
  async function mostAtOnce(side: number, level: number): Promise<number> {
    const reader = readerOf({ width: side, height: side, sizes: {}, channels: [] }, () =>
      Promise.resolve(undefined),
    )
    const large = new LargePlanes()
    let [now, most] = [0, 0]
    const reads = Array.from({ length: 4 }, () =>
      large.read(reader, level, async () => {
        most = Math.max(most, ++now)
        await new Promise(setImmediate)
        now -= 1
      }),
    )
    await Promise.all(reads)
    return most
  }

  it('are read one after the other, smaller ones side by side', async () => {
    expect(await mostAtOnce(10_000, 0)).toBe(1)
    expect(await mostAtOnce(10_000, 1)).toBe(4)
    expect(await mostAtOnce(1000, 0)).toBe(4)
  })

  it('of a thumbnail’s channels are made small before the next is read', async () => {
    const planes: Uint8Array[] = []
    const channels = [
      { name: 'red', color: '#ff0000' },
      { name: 'blue', color: '#0000ff' },
    ]
    const reader = readerOf({ width: 2, height: 1, sizes: { c: 2 }, channels }, () => {
      // Nobody may need the plane before any more.
      for (const plane of planes) plane.fill(0)
      const pixels = Uint8Array.of(200, 200)
      planes.push(pixels)
      return Promise.resolve({ width: 2, height: 1, pixelFormat: 'Mono8', significantBits: 8, pixels })
    })
    const png = await thumbnailPng(reader, 16)
    const folder = await temporaryFolder()
    onTestFinished(() => folder.remove())
    const path = join(folder.path, 'small.png')
    await writeFile(path, png ?? '')
    expect([...(await decodePngPlainly(path)).pixels]).toEqual([200, 0, 200, 200, 0, 200])
  })
})
