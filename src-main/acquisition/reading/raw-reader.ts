/** Our raw datasets (src-main/acquisition/storage/raw-writer.ts): `<name>.raw`, described by `<name>.json`. */
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { plainWords } from '../../../src-shared/field-problems.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import { frameLogName } from '../recording/frame-log.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { datasetLayoutSchema, describeLayout } from './dataset-layout-schema.ts'
import type {
  DatasetReader,
  FrameRange,
  FrameRecords,
  ImagePlane,
  OpenDatasets,
  RowRange,
} from './dataset-reader.ts'
import { requirePacketSize } from './plane-size.ts'
import { openStoredPlanes, type StoredPlanes } from './plane-places.ts'
import { RandomAccessFile } from './random-access-file.ts'
import { readJson } from './read-json.ts'
import { unreadable, unreadableFields } from './unreadable.ts'

/** @param path of the `.raw` or of the `.json`. */
export const openRawDataset: OpenDatasets = async (path) => {
  const stem = path.replace(/\.(raw|json)$/i, '')
  const description = await readJson(`${stem}.json`)
  const kind = z.object({ format: z.literal('coverslip-raw'), version: z.literal(1) }).safeParse(description)
  if (!kind.success) throw unreadable(`${stem}.json`, 'it does not describe a raw dataset of Coverslip')
  const layout = datasetLayoutSchema.safeParse(description, { error: plainWords })
  if (!layout.success) throw unreadableFields(`${stem}.json`, layout.error)
  return [await RawReader.open(`${stem}.raw`, layout.data)]
}

export class RawReader implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #file: RandomAccessFile
  readonly #layout: DatasetLayout
  readonly #planes: StoredPlanes

  private constructor(file: RandomAccessFile, layout: DatasetLayout, planes: StoredPlanes) {
    this.metadata = layout.metadata
    this.#file = file
    this.#layout = layout
    this.#planes = planes
  }

  /** @param path of the `.raw`. @throws CoverslipError UNREADABLE_IMAGE */
  static async open(path: string, layout: DatasetLayout): Promise<RawReader> {
    const file = await RandomAccessFile.open(path)
    const { width, height, pixelFormat } = layout.image
    try {
      const planes = await openStoredPlanes({
        axes: layout.axes,
        logPath: join(dirname(path), frameLogName),
        count: async () => Math.floor((await file.size()) / imageBytes(pixelFormat, width, height)),
      })
      return new RawReader(file, layout, planes)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async describe(): Promise<ImageDataset> {
    const { name } = this.#layout
    return describeLayout(this.#layout, { name, format: 'raw', ...(await this.#planes.sizes()) })
  }

  readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    return this.readRows(index, level, { top: 0, count: this.#layout.image.height })
  }

  async readRows(index: PlaneIndex, level: number, rows: RowRange): Promise<ImagePlane | undefined> {
    const stored = level === 0 ? await this.#planes.find(index) : undefined
    if (stored === undefined) return undefined
    const { width, height, pixelFormat, significantBits } = this.#layout.image
    const { top, count } = rows
    const bytes = imageBytes(pixelFormat, width, count)
    requirePacketSize(this.#file.path, { width, height: count, bytes })
    const pixels = new Uint8Array(bytes)
    const at = stored.inFile * imageBytes(pixelFormat, width, height) + imageBytes(pixelFormat, width, top)
    const read = await this.#file.readInto(pixels, at)
    return read < pixels.length ? undefined : { width, height: count, pixelFormat, significantBits, pixels }
  }

  records(range: FrameRange): Promise<FrameRecords> {
    return this.#planes.records(range)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
