/** A file with one image, decoded when it is asked for. */
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import type { DatasetReader, FrameRecords, ImagePlane } from './dataset-reader.ts'
import { reasonOf, unreadable } from './unreadable.ts'

/** Compressed files are in memory as a whole. */
const largestFile = 512 * 2 ** 20

/** What is known of an image without its pixels. */
export type ImageFacts = Omit<
  ImageDataset,
  'name' | 'sizes' | 'positions' | 'levels' | 'planes' | 'zStepUm' | 'timeStepS'
> & {
  readonly metadata: Readonly<Record<string, unknown>>
  /** Planes that the image is shown as: colour of 16 bits is three grey channels. */
  readonly planes: number
}

/** @throws CoverslipError UNREADABLE_IMAGE */
export async function readWhole(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > largestFile)
      throw new Error(`it is larger than ${largestFile / 2 ** 20} MB`)
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, reasonOf(error), error)
  }
}

export class SingleImage implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #dataset: ImageDataset
  readonly #decode: (channel: number) => Promise<ImagePlane>

  /** @param decode of one of `facts.planes`. */
  constructor(
    path: string,
    { metadata, ...facts }: ImageFacts,
    decode: (channel: number) => Promise<ImagePlane>,
  ) {
    const { width, height, planes } = facts
    this.metadata = metadata
    this.#decode = decode
    this.#dataset = {
      ...facts,
      name: basename(path),
      sizes: planes === 1 ? {} : { c: planes },
      positions: [],
      levels: [{ width, height }],
    }
  }

  describe(): Promise<ImageDataset> {
    return Promise.resolve(this.#dataset)
  }

  async readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    const { t = 0, p = 0, c = 0, z = 0 } = index
    if (level > 0 || t > 0 || p > 0 || z > 0 || c >= this.#dataset.planes) return undefined
    return this.#decode(c)
  }

  records(): Promise<FrameRecords> {
    return Promise.resolve({ records: [], total: 0 })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
