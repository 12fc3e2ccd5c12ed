/** Gives OME-TIFF files whose writing was interrupted the description that `close` would have written. */
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { readAndWriteWithoutLinks } from '../../open-flags.ts'
import { writeFailure } from './append-file.ts'
import { bigTiffHeaderBytes, descriptionPlace, descriptionPointer } from './big-tiff.ts'
import type { DatasetLayout, EachFrame } from './dataset-writer.ts'
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
 * @throws CoverslipError DATA_FOLDER when a file is damaged, or cannot be written; it is left as it is then.
 */
export async function completeOmeTiff(
  folder: string,
  layout: DatasetLayout,
  eachFrame: EachFrame,
): Promise<void> {
  const present = new Set(await readdir(folder))
  const single = omeTiffName(layout)
  const all = new OmePlanes(layout)
  const byPosition = new Map<number, OmePlanes>()
  let number = 0
  let isCertain = true
  await eachFrame((record) => {
    const { index } = record
    if (present.has(single)) return all.add({ index, record }, record.place)
    // Which file a frame went to whose line is missing is not known: planes that come after it could be other ones.
    isCertain &&= record.place === number++
    if (!isCertain) return
    const position = index.p ?? 0
    const own = byPosition.get(position) ?? new OmePlanes(layout)
    byPosition.set(position, own)
    own.add({ index, record }, own.count)
  })
  await completeFile(join(folder, single), layout, all)
  for (const [position, planes] of byPosition) {
    const name = omeTiffName(layout, position)
    if (present.has(name)) await completeFile(join(folder, name), layout, planes)
  }
}

async function completeFile(path: string, layout: DatasetLayout, planes: OmePlanes): Promise<void> {
  if (planes.count === 0) return
  const file = await open(path, readAndWriteWithoutLinks).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
  try {
    const start = Buffer.alloc(directoryBytes)
    const { bytesRead } = await file.read(start, 0, directoryBytes, 0)
    const place = descriptionPlace(start.subarray(0, bytesRead), bigTiffHeaderBytes)
    if (place === undefined) {
      throw new CoverslipError('DATA_FOLDER', `${path} does not begin as a BigTIFF file with a description`)
    }
    const { size } = await file.stat()
    // A power cut may have taken the text, and not what names it.
    const isComplete = place.end > place.pixelsAt && place.end <= size
    if (isComplete) return
    const text = Buffer.from(`${omeXml(layout, planes)}\0`)
    await append(file, text, size).catch((error: unknown) => {
      throw writeFailure(path, error)
    })
    // Only now does the file name it.
    await writeAll(file, [descriptionPointer(text.length, size)], place.at)
    await file.sync()
  } finally {
    await file.close()
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
