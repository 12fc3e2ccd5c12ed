/** A dataset whose planes are pages of TIFF files. */
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import type { DatasetReader, FrameRange, FrameRecords, ImagePlane, RowRange } from './dataset-reader.ts'
import type { TiffFiles } from './tiff-files.ts'
import { smallerCopies, type TiffImage, tiffImage } from './tiff-image.ts'
import type { TiffPages } from './tiff-pages.ts'
import { readTiffPixels } from './tiff-pixels.ts'

/** Where a plane is: a page of a file, and of that page a channel (`TiffImage.channels`). */
export type TiffPlace = {
  readonly path: string
  readonly page: number
  readonly channel: number
  /** Images behind the page's own, which have no directory: see `plainTiffDatasets`. */
  readonly behind?: number
}

/** How a dataset's planes lie in its TIFF files. */
export type TiffDatasetOptions = {
  readonly files: TiffFiles
  readonly metadata: DatasetReader['metadata']
  describe(): Promise<Omit<ImageDataset, 'levels'>>
  find(index: PlaneIndex): Promise<TiffPlace | undefined>
  /** Absent: nothing is known. */
  readonly records?: DatasetReader['records']
}

export class TiffDataset implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #options: TiffDatasetOptions
  #levels: ImageDataset['levels'] | undefined
  #described: Omit<ImageDataset, 'levels'> | undefined

  constructor(options: TiffDatasetOptions) {
    this.#options = options
    this.metadata = options.metadata
  }

  async describe(): Promise<ImageDataset> {
    const described = await this.#options.describe()
    this.#described = described
    this.#levels ??= await this.#findLevels(described)
    return { ...described, levels: this.#levels }
  }

  readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    return this.#read(index, level, undefined)
  }

  readRows(index: PlaneIndex, level: number, rows: RowRange): Promise<ImagePlane | undefined> {
    return this.#read(index, level, rows)
  }

  async #read(index: PlaneIndex, level: number, rows: RowRange | undefined): Promise<ImagePlane | undefined> {
    const { find, files } = this.#options
    const place = await find(index)
    if (place === undefined) return undefined
    const plane = await files.use(place.path, async (pages) => {
      const whole = await imageOfPage(pages, place.page)
      const image = whole === undefined || level === 0 ? whole : await copyOf(pages, whole, level)
      return image && readTiffPixels(pages.directories, image, { ...place, rows })
    })
    return plane && this.#asDescribed(plane)
  }

  /** TIFF knows 8 and 16 bits; which of them carry signal, and the mosaic of a colour sensor, stand elsewhere. */
  async #asDescribed(plane: ImagePlane): Promise<ImagePlane> {
    const { pixelFormat, significantBits } = this.#described ?? (await this.describe())
    const [said, there] = [planeLayout(pixelFormat), planeLayout(plane.pixelFormat)]
    const fits = said.bytesPerPixel === there.bytesPerPixel && said.channels === there.channels
    return fits && significantBits !== undefined ? { ...plane, pixelFormat, significantBits } : plane
  }

  async records(range: FrameRange): Promise<FrameRecords> {
    return (await this.#options.records?.(range)) ?? { records: [], total: 0 }
  }

  close(): Promise<void> {
    return this.#options.files.close()
  }

  async #findLevels({
    width,
    height,
  }: Pick<ImageDataset, 'width' | 'height'>): Promise<ImageDataset['levels']> {
    const whole = { width, height }
    const { find, files } = this.#options
    const place = await find({})
    if (place === undefined) return [whole]
    return files.use(place.path, async (pages) => {
      const image = await imageOfPage(pages, place.page)
      if (image === undefined) return [whole]
      const copies = []
      for (let level = 1; ; level++) {
        const copy = await copyOf(pages, image, level)
        if (copy === undefined) return [whole, ...copies]
        copies.push({ width: copy.width, height: copy.height })
      }
    })
  }
}

/** Undefined when the page is not there. @throws CoverslipError UNREADABLE_IMAGE */
export async function imageOfPage(pages: TiffPages, page: number): Promise<TiffImage | undefined> {
  const directory = await pages.page(page)
  return directory && tiffImage(pages.directories, directory)
}

async function copyOf(pages: TiffPages, image: TiffImage, level: number): Promise<TiffImage | undefined> {
  const at = (await smallerCopies(pages.directories, image))[level - 1]
  const directory = at === undefined ? undefined : pages.directories.read(at)
  return directory && tiffImage(pages.directories, directory)
}
