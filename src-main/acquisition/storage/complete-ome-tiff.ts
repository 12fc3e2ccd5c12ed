/** Gives OME-TIFF files whose writing was interrupted the description that `close` would have written. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { bigTiffHeaderBytes, descriptionEntryAt, descriptionPointer } from './big-tiff.ts'
import type { DatasetLayout } from './dataset-writer.ts'
import { omeTiffName } from './ome-tiff-writer.ts'
import { omeXml } from './ome-xml.ts'

/** More than the directory of a first image ever takes. */
const directoryBytes = 64 * 1024

type Records = readonly Extract<FrameRecord, { kind: 'frame' }>[]

/**
 * Completes the files of a dataset: one, or one for each position.
 * @param records of the frames that were reported as written.
 * @throws CoverslipError DATA_FOLDER when a file is damaged; it is left as it is then.
 */
export async function completeOmeTiff(
  folder: string,
  layout: DatasetLayout,
  records: Records,
): Promise<void> {
  const present = new Set(await readdir(folder))
  const all = layout.positions.length === 0 ? [0] : layout.positions.map((_, position) => position)
  const single = omeTiffName(layout)
  if (present.has(single)) await completeFile(join(folder, single), { layout, records, positions: all })
  const byPosition = Map.groupBy(records, ({ index }) => index.p ?? 0)
  for (const [position, own] of byPosition) {
    const name = omeTiffName(layout, position)
    if (name !== single && present.has(name))
      await completeFile(join(folder, name), { layout, records: own, positions: [position] })
  }
}

type File = {
  readonly layout: DatasetLayout
  readonly records: Records
  readonly positions: readonly number[]
}

async function completeFile(path: string, { layout, records, positions }: File): Promise<void> {
  if (records.length === 0) return
  const file = await open(path, 'r+')
  try {
    const start = Buffer.alloc(directoryBytes)
    const { bytesRead } = await file.read(start, 0, directoryBytes, 0)
    const entryAt = descriptionEntryAt(start.subarray(0, bytesRead), bigTiffHeaderBytes)
    if (entryAt === undefined) {
      throw new CoverslipError('DATA_FOLDER', `${path} does not begin as a BigTIFF file with a description`)
    }
    // Images stand in the file in the order in which they are told of.
    const planes = records.map((record, ifd) => ({ record, index: record.index, ifd }))
    const text = Buffer.from(`${omeXml(layout, { positions, planes })}\0`)
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
