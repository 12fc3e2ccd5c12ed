/**
 * OME-TIFF: BigTIFF files with OME-XML in the description of their first image; one file, or one per position, each of
 * which can be read on its own. Until `close` the description is a short one without the planes' times and places:
 * the frames themselves can be read at any moment.
 */
import { join } from 'node:path'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { AppendFile } from './append-file.ts'
import {
  type BigTiffImage,
  bigTiffDirectory,
  bigTiffHeader,
  bigTiffHeaderBytes,
  descriptionPointer,
  type Directory,
  fileOffset,
  furtherDirectories,
  paddingAfter,
} from './big-tiff.ts'
import { type DatasetLayout, type DatasetWriter, isLarge, type StoredFrame } from './dataset-writer.ts'
import { diskBlockBytes } from './direct-writes.ts'
import { maxOmePlanes, type OmePlane, omeXml, positionsOf } from './ome-xml.ts'

type TiffOptions = Extract<StorageOptions, { format: 'ome-tiff' }>

/** File of a dataset; `position`: where each has one of its own. */
export function omeTiffName({ name, positions }: DatasetLayout, position?: number): string {
  const ending = position === undefined ? '' : `_${positions[position]?.name ?? `p${position}`}`
  return `${name}${ending}.ome.tiff`
}

export async function openOmeTiff(
  folder: string,
  layout: DatasetLayout,
  { files }: Pick<TiffOptions, 'files'>,
): Promise<DatasetWriter> {
  const apart = files === 'perPosition' && layout.positions.length > 1
  return new OmeTiffWriter(folder, layout, apart)
}

class OmeTiffWriter implements DatasetWriter {
  readonly #folder: string
  readonly #layout: DatasetLayout
  readonly #apart: boolean
  /** By position, or 0 for the only one. */
  readonly #files = new Map<number, Promise<OmeTiffFile>>()
  #closing: Promise<void> | undefined

  constructor(folder: string, layout: DatasetLayout, apart: boolean) {
    this.#folder = folder
    this.#layout = layout
    this.#apart = apart
  }

  async write(frame: StoredFrame): Promise<void> {
    const position = this.#apart ? (frame.index.p ?? 0) : 0
    let file = this.#files.get(position)
    if (file === undefined) {
      file = this.#open(position)
      this.#files.set(position, file)
    }
    await (await file).write(frame)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #open(position: number): Promise<OmeTiffFile> {
    const name = omeTiffName(this.#layout, this.#apart ? position : undefined)
    return OmeTiffFile.create(join(this.#folder, name), this.#layout)
  }

  async #close(): Promise<void> {
    const files = await Promise.all(this.#files.values())
    const closed = await Promise.allSettled(files.map((file) => file.close()))
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  }
}

const zeros = Buffer.alloc(diskBlockBytes)
/** Of small images, which are not written directly. */
const smallAlignment = 16

class OmeTiffFile {
  readonly #file: AppendFile
  readonly #layout: DatasetLayout
  readonly #image: BigTiffImage
  readonly #planes: OmePlane[] = []
  readonly #furtherDirectory: (at: number) => Directory
  #first: Directory | undefined
  /** The image added last, and when it is all in the file. */
  #last: { readonly directory: Directory; readonly written: Promise<void> } | undefined
  /** Resolves when every image added so far is named by the one before it. */
  #linked: Promise<unknown> = Promise.resolve()

  private constructor(file: AppendFile, layout: DatasetLayout) {
    this.#file = file
    this.#layout = layout
    const { width, height, pixelFormat, pixelSizeUm } = layout.image
    const { channels, bytesPerSample } = pixelLayout(pixelFormat)
    this.#image = {
      width,
      height,
      pixelSizeUm,
      channels,
      bitsPerSample: bytesPerSample === 1 ? 8 : 16,
      alignment: isLarge(layout) ? diskBlockBytes : smallAlignment,
    }
    this.#furtherDirectory = furtherDirectories(this.#image)
  }

  static async create(path: string, layout: DatasetLayout): Promise<OmeTiffFile> {
    const file = await AppendFile.create(path, { direct: isLarge(layout) })
    return new OmeTiffFile(file, layout)
  }

  async write({ pixels, record, index }: StoredFrame): Promise<void> {
    if (this.#planes.length === maxOmePlanes) {
      throw new CoverslipError(
        'DATA_FOLDER',
        `${this.#file.path} has ${maxOmePlanes} images, which is its limit`,
        {
          hint: 'Everything until now is kept. Record longer series as raw.',
        },
      )
    }
    const before = this.#last
    // With the first image: what is patched later must not share a block with what is still to come.
    const header = before === undefined ? [bigTiffHeader()] : []
    const at = before === undefined ? bigTiffHeaderBytes : this.#file.length
    const directory = before === undefined ? this.#firstDirectory(at, index.p) : this.#furtherDirectory(at)
    const { stage, exposureMs, elapsedS } = record
    this.#planes.push({ record: { stage, exposureMs, elapsedS }, index, ifd: this.#planes.length })
    const padding = zeros.subarray(0, paddingAfter(directory.pixelsAt + pixels.length, this.#image))
    const written = this.#file.append([...header, directory.bytes, pixels, padding])
    this.#last = { directory, written }
    // Named by the directory before only when all of it is there, and that directory, too.
    const named = before === undefined ? written : this.#name(at, before, written)
    // All before it must be named as well: else nobody would find it.
    this.#linked = Promise.all([this.#linked, named])
    await this.#linked
  }

  #firstDirectory(at: number, position = 0): Directory {
    this.#first = bigTiffDirectory(this.#image, {
      at,
      description: omeXml(this.#layout, { positions: [position], planes: [] }),
    })
    return this.#first
  }

  async #name(
    at: number,
    before: { readonly directory: Directory; readonly written: Promise<void> },
    written: Promise<void>,
  ): Promise<void> {
    await Promise.all([written, before.written])
    await this.#file.patch(before.directory.nextAt, fileOffset(at))
  }

  async close(): Promise<void> {
    try {
      await this.#linked
      const [planes, positions] = [this.#planes, positionsOf(this.#planes)]
      const text = Buffer.from(`${omeXml(this.#layout, { positions, planes })}\0`)
      const at = this.#file.length
      await this.#file.append([text])
      if (this.#first?.descriptionAt !== undefined)
        await this.#file.patch(this.#first.descriptionAt, descriptionPointer(text.length, at))
    } finally {
      await this.#file.close()
    }
  }
}
