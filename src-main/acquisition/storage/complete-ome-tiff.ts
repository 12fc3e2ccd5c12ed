/** Gives OME-TIFF files whose writing was interrupted the description that `close` would have written. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { bigTiffHeaderBytes, descriptionEntryAt, descriptionPointer } from './big-tiff.ts'
import type { DatasetLayout } from './dataset-writer.ts'
import { omeXml } from './ome-xml.ts'

/** More than the directory of a first image ever takes. */
const directoryBytes = 64 * 1024

/**
 * Completes the one file of a recording's dataset.
 * @param records of the frames that were reported as written.
 * @throws CoverslipError DATA_FOLDER when the file is damaged; it is left as it is then.
 */
export async function completeOmeTiff(
  folder: string,
  layout: DatasetLayout,
  records: readonly Extract<FrameRecord, { kind: 'frame' }>[],
): Promise<void> {
  const name = `${layout.name}.ome.tiff`
  if (records.length === 0 || !(await readdir(folder)).includes(name)) return
  const path = join(folder, name)
  const file = await open(path, 'r+')
  try {
    const start = Buffer.alloc(directoryBytes)
    const { bytesRead } = await file.read(start, 0, directoryBytes, 0)
    const entryAt = descriptionEntryAt(start.subarray(0, bytesRead), bigTiffHeaderBytes)
    if (entryAt === undefined) {
      throw new CoverslipError('DATA_FOLDER', `${path} does not begin as a BigTIFF file with a description`)
    }
    // Images stand in the file in the order of their places.
    const planes = records.map((record) => ({ record, index: record.index, ifd: record.place }))
    const text = Buffer.from(`${omeXml(layout, { positions: [0], planes })}\0`)
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
