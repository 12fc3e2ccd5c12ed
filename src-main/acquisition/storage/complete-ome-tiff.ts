/**
 * Gives OME-TIFF files whose writing was interrupted the description that `close` would have written. A power cut may have
 * taken the end of a file, and where its images say that there is a next one: that is mended, too.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { readAndWriteWithoutLinks } from '../../open-flags.ts'
import { writeFailure } from './append-file.ts'
import {
  bigTiffHeaderBytes,
  descriptionPlace,
  type DescriptionPlace,
  descriptionPointer,
  fileOffset,
  ImagePlaces,
} from './big-tiff.ts'
import type { DatasetLayout, EachFrame, StoredFrame } from './dataset-writer.ts'
import { tiffImageOf } from './ome-tiff-file.ts'
import { omeTiffName } from './ome-tiff-writer.ts'
import { OmePlanes } from './ome-planes.ts'
import { omeXml } from './ome-xml.ts'
import { writeAll } from './write-all.ts'

/** More than the directory of a first image ever takes. */
const directoryBytes = 64 * 1024

/**
 * Completes the files of a dataset: one, or one for each position. An image's number in its file follows from its place
 * in the dataset, whatever lines of the log are damaged. Files that are complete are left alone.
 * @param eachFrame goes through the frames that were reported as written, in order.
 * @returns how many of those are not in the files any more.
 * @throws CoverslipError DATA_FOLDER when a file is damaged, or cannot be written; it is left as it is then.
 */
export async function completeOmeTiff(
  folder: string,
  layout: DatasetLayout,
  eachFrame: EachFrame,
): Promise<{ readonly missing: number }> {
  const single = await InterruptedFile.find(join(folder, omeTiffName(layout)), layout)
  const byPosition = single === undefined ? await filesOfPositions(folder, layout) : new Map()
  let missing = 0
  let number = 0
  let isCertain = true
  await eachFrame((record) => {
    const { index } = record
    if (single !== undefined) return single.add({ index, record }, record.place)
    // Which file a frame went to whose line is missing is not known: planes that come after it could be other ones.
    isCertain &&= record.place === number++
    if (!isCertain) return
    const file = byPosition.get(index.p ?? 0)
    if (file === undefined) missing += 1
    else file.add({ index, record }, file.reported)
  })
  for (const file of single === undefined ? byPosition.values() : [single]) {
    await file.complete()
    missing += file.missing
  }
  return { missing }
}

async function filesOfPositions(
  folder: string,
  layout: DatasetLayout,
): Promise<Map<number, InterruptedFile>> {
  const files = new Map<number, InterruptedFile>()
  for (const position of layout.positions.keys()) {
    const file = await InterruptedFile.find(join(folder, omeTiffName(layout, position)), layout)
    if (file !== undefined) files.set(position, file)
  }
  return files
}

type ReportedFrame = Pick<StoredFrame, 'index' | 'record'>

class InterruptedFile {
  readonly #path: string
  readonly #layout: DatasetLayout
  readonly #size: number
  readonly #planes: OmePlanes
  /** Undefined: it does not begin as it should. */
  readonly #begin: { readonly place: DescriptionPlace; readonly images: ImagePlaces } | undefined
  /** Images that are there from beginning to end. */
  readonly #whole: number
  #reported = 0
  /** Number of the last image that was reported and is there. */
  #last = 0

  private constructor(path: string, layout: DatasetLayout, found: { size: number; start: Buffer }) {
    this.#path = path
    this.#layout = layout
    this.#size = found.size
    this.#planes = new OmePlanes(layout)
    const place = descriptionPlace(found.start, bigTiffHeaderBytes)
    this.#begin =
      place === undefined ? undefined : { place, images: new ImagePlaces(tiffImageOf(layout), place) }
    this.#whole = this.#begin?.images.wholeIn(found.size) ?? Number.POSITIVE_INFINITY
  }

  /** Undefined when it is not there. */
  static async find(path: string, layout: DatasetLayout): Promise<InterruptedFile | undefined> {
    let file: FileHandle
    try {
      file = await open(path, readAndWriteWithoutLinks)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw writeFailure(path, error)
    }
    try {
      const start = Buffer.alloc(directoryBytes)
      const { bytesRead } = await file.read(start, 0, directoryBytes, 0)
      const { size } = await file.stat()
      return new InterruptedFile(path, layout, { size, start: start.subarray(0, bytesRead) })
    } finally {
      await file.close()
    }
  }

  /** Frames that were reported as written to it. */
  get reported(): number {
    return this.#reported
  }

  /** Of those, the ones that are not in it. */
  get missing(): number {
    return this.#reported - this.#planes.count
  }

  /** @param number of its image in the file */
  add(frame: ReportedFrame, number: number): void {
    this.#reported += 1
    if (number >= this.#whole) return
    this.#planes.add(frame, number)
    this.#last = Math.max(this.#last, number)
  }

  /** @throws CoverslipError DATA_FOLDER */
  async complete(): Promise<void> {
    if (this.#planes.count === 0) return
    if (this.#begin === undefined) {
      throw new CoverslipError(
        'DATA_FOLDER',
        `${this.#path} does not begin as a BigTIFF file with a description`,
      )
    }
    const { place, images } = this.#begin
    // A power cut may have taken the text, and not what names it.
    if (place.end > place.pixelsAt && place.end <= this.#size) return
    const file = await open(this.#path, readAndWriteWithoutLinks)
    try {
      const end = await this.#link(file, images)
      const text = Buffer.from(`${omeXml(this.#layout, this.#planes)}\0`)
      await append(file, text, end)
      // Only now does the file name it.
      await writeAll(file, [descriptionPointer(text.length, end)], place.at)
      await file.sync()
    } catch (error) {
      throw writeFailure(this.#path, error)
    } finally {
      await file.close()
    }
  }

  /** Has each image that was reported name the next one. @returns where the file ends now */
  async #link(file: FileHandle, images: ImagePlaces): Promise<number> {
    for (let number = 0; number < this.#last; number++)
      if ((await this.#nextOf(file, images, number)) === 0)
        await writeAll(file, [fileOffset(images.directoryAt(number + 1))], images.nextAt(number))
    if (this.missing === 0) return this.#size
    // What is left of the next one would be taken for an image.
    const last = this.#whole - 1
    if ((await this.#nextOf(file, images, last)) !== 0)
      await writeAll(file, [fileOffset(0)], images.nextAt(last))
    const end = images.endOf(last)
    await file.truncate(end)
    return end
  }

  /**
   * What image `number` says of where the next one is: 0 where it does not know of any.
   * @throws CoverslipError DATA_FOLDER when the images are not where this program puts them: nothing may be written then
   */
  async #nextOf(file: FileHandle, images: ImagePlaces, number: number): Promise<number> {
    const next = Buffer.alloc(8)
    await file.read(next, 0, next.length, images.nextAt(number))
    const offset = Number(next.readBigUInt64LE())
    if (offset === 0 || offset === images.directoryAt(number + 1)) return offset
    throw new CoverslipError(
      'DATA_FOLDER',
      `${this.#path} has an image where none is expected, at ${offset}`,
      {
        hint: 'It is left as it is. Was it written by another version of this program?',
      },
    )
  }
}

/** Adds `text` to a file of `size` bytes, and waits for the disk; all of it or nothing. */
async function append(file: FileHandle, text: Buffer, size: number): Promise<void> {
  try {
    await writeAll(file, [text], size)
    await file.sync()
  } catch (error) {
    await file.truncate(size)
    throw error
  }
}
