/** Gives OME-TIFF files whose writing was interrupted the description that `close` would have written. */
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { bigTiffHeaderBytes, descriptionEntryAt, descriptionPointer } from './big-tiff.ts'
import type { DatasetLayout } from './dataset-writer.ts'
import { omeTiffName } from './ome-tiff-writer.ts'
import { type OmePlane, omeXml, positionsOf } from './ome-xml.ts'

/** More than the directory of a first image ever takes. */
const directoryBytes = 64 * 1024

type Records = readonly Extract<FrameRecord, { kind: 'frame' }>[]

/**
 * Completes the files of a dataset: one, or one for each position. An image's number in its file follows from its place
 * in the dataset, whatever lines of the log are damaged.
 * @param records of the frames that were reported as written.
 * @throws CoverslipError DATA_FOLDER when a file is damaged; it is left as it is then.
 */
export async function completeOmeTiff(
  folder: string,
  layout: DatasetLayout,
  records: Records,
): Promise<void> {
  const present = new Set(await readdir(folder))
  const single = omeTiffName(layout)
  if (present.has(single)) {
    const planes = records.map((record) => ({ record, index: record.index, ifd: record.place }))
    await completeFile(join(folder, single), layout, planes)
  }
  // Which file a frame went to whose line is missing is not known: planes that come after it could be other ones.
  const gap = records.findIndex(({ place }, number) => place !== number)
  const certain = gap === -1 ? records : records.slice(0, gap)
  for (const [position, own] of Map.groupBy(certain, ({ index }) => index.p ?? 0)) {
    const name = omeTiffName(layout, position)
    const planes = own.map((record, ifd) => ({ record, index: record.index, ifd }))
    if (name !== single && present.has(name)) await completeFile(join(folder, name), layout, planes)
  }
}

const readAndWriteWithoutLinks = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)

async function completeFile(path: string, layout: DatasetLayout, planes: readonly OmePlane[]): Promise<void> {
  if (planes.length === 0) return
  const file = await open(path, readAndWriteWithoutLinks)
  try {
    const start = Buffer.alloc(directoryBytes)
    const { bytesRead } = await file.read(start, 0, directoryBytes, 0)
    const entryAt = descriptionEntryAt(start.subarray(0, bytesRead), bigTiffHeaderBytes)
    if (entryAt === undefined) {
      throw new CoverslipError('DATA_FOLDER', `${path} does not begin as a BigTIFF file with a description`)
    }
    const text = Buffer.from(`${omeXml(layout, { positions: positionsOf(planes), planes })}\0`)
    const { size } = await file.stat()
    await file.write(text, 0, text.length, size)
    await file.sync()
    // Only now does the file name it.
    const pointer = descriptionPointer(text.length, size)
    await file.write(pointer, 0, pointer.length, entryAt)
    await file.sync()
  } finally {
    await file.close()
  }
}
