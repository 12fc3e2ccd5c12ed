/**
 * One OME-TIFF file as it grows: BigTIFF with OME-XML in the description of its first image. Until `close` that is a short
 * one without the planes' times and places: the images themselves can be read at any moment.
 */
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
import { type DatasetLayout, isLarge, type StoredFrame } from './dataset-writer.ts'
import { diskBlockBytes } from './direct-writes.ts'
import { OmePlanes } from './ome-planes.ts'
import { omeXml } from './ome-xml.ts'

const zeros = Buffer.alloc(diskBlockBytes)
/** Of small images, which are not written directly. */
const smallAlignment = 16

/** What a dataset's images are in its files. */
export function tiffImageOf(layout: DatasetLayout): BigTiffImage {
  const { width, height, pixelFormat, pixelSizeUm } = layout.image
  const { channels, bytesPerSample } = pixelLayout(pixelFormat)
  return {
    width,
    height,
    pixelSizeUm,
    channels,
    bitsPerSample: bytesPerSample === 1 ? 8 : 16,
    alignment: isLarge(layout) ? diskBlockBytes : smallAlignment,
  }
}

export class OmeTiffFile {
  readonly #path: string
  readonly #layout: DatasetLayout
  readonly #image: BigTiffImage
  readonly #planes: OmePlanes
  readonly #furtherDirectory: (at: number) => Directory
  /** Undefined: it has not been begun, or is set aside. */
  #file: AppendFile | undefined
  #first: Directory | undefined
  /** The image added last, and when it is all in the file. */
  #last: { readonly directory: Directory; readonly written: Promise<void> } | undefined
  /** Resolves when every image added so far is named by the one before it. */
  #linked: Promise<void> = Promise.resolve()

  constructor(path: string, layout: DatasetLayout) {
    this.#path = path
    this.#layout = layout
    this.#planes = new OmePlanes(layout)
    this.#image = tiffImageOf(layout)
    this.#furtherDirectory = furtherDirectories(this.#image)
  }

  /** Images added so far. */
  get count(): number {
    return this.#planes.count
  }

  /** Makes the file, or goes on with it after `setAside`. @throws CoverslipError DATA_FOLDER */
  async open(): Promise<void> {
    const options = { direct: isLarge(this.#layout) }
    this.#file ??=
      this.#first === undefined
        ? await AppendFile.create(this.#path, options)
        : await AppendFile.resume(this.#path, options)
  }

  /**
   * Adds an image to the file, which is open.
   * @returns when it, and everything before it, can be read. @throws CoverslipError DATA_FOLDER
   */
  async add(frame: StoredFrame): Promise<void> {
    const { pixels, index } = frame
    const file = this.#opened()
    if (this.#planes.full) {
      const message = `${this.#path} has as many images of positions in turn as its description can name`
      const hint = 'Everything until now is kept. Choose a file for each position, or another format.'
      throw new CoverslipError('DATA_FOLDER', message, { hint })
    }
    const before = this.#last
    // With the first image: what is patched later must not share a block with what is still to come.
    const header = before === undefined ? [bigTiffHeader()] : []
    const at = before === undefined ? bigTiffHeaderBytes : file.length
    const directory = before === undefined ? this.#firstDirectory(at, index.p) : this.#furtherDirectory(at)
    this.#planes.add(frame, this.#planes.count)
    const padding = zeros.subarray(0, paddingAfter(directory.pixelsAt + pixels.length, this.#image))
    const written = file.append([...header, directory.bytes, pixels, padding])
    this.#last = { directory, written }
    // Named by the directory before only when all of it is there, and that directory, too.
    const named =
      before === undefined
        ? written
        : Promise.all([written, before.written]).then(() =>
            file.patch(before.directory.nextAt, fileOffset(at)),
          )
    // All before it must be named as well: else nobody would find it.
    this.#linked = Promise.all([this.#linked, named]).then(() => undefined)
    await this.#linked
  }

  /** Closes the file for a while, when everything added is in it. @throws CoverslipError DATA_FOLDER */
  async setAside(): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    try {
      await this.#linked
    } finally {
      this.#file = undefined
      await file.close({ until: 'written' })
    }
  }

  /** Completes the file, if it has any image. @throws CoverslipError DATA_FOLDER */
  async close(): Promise<void> {
    if (this.#first === undefined) return this.#file?.close()
    await this.open()
    const file = this.#opened()
    try {
      await this.#linked
      const text = Buffer.from(`${omeXml(this.#layout, this.#planes)}\0`)
      const at = file.length
      await file.append([text])
      if (this.#first?.descriptionAt !== undefined)
        await file.patch(this.#first.descriptionAt, descriptionPointer(text.length, at))
    } finally {
      await file.close()
    }
  }

  #opened(): AppendFile {
    if (this.#file !== undefined) return this.#file
    throw new CoverslipError('INTERNAL', `${this.#path} is not open`)
  }

  #firstDirectory(at: number, position = 0): Directory {
    this.#first = bigTiffDirectory(this.#image, {
      at,
      description: omeXml(this.#layout, new OmePlanes(this.#layout), { positions: [position] }),
    })
    return this.#first
  }
}
