/** Opens the datasets of an item of the gallery. */
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { type AcquisitionSummary, readAcquisitionSummary } from '../reading/acquisition-summary.ts'
import type { DatasetReader } from '../reading/dataset-reader.ts'
import { openAcquisition } from '../reading/open-acquisition.ts'
import { fileFormat } from '../reading/open-datasets.ts'
import type { FoundItem } from './gallery-scan.ts'
import { unknownImage } from './gallery-path.ts'

/** One camera's images of an item, or one of the images of a file. */
export type OpenedDataset = {
  /** Unique within the item. */
  readonly name: string
  readonly reader: DatasetReader
}

/** An item with what can be read of it. */
export type OpenedItem = {
  readonly datasets: readonly OpenedDataset[]
  /** Why other datasets of it cannot be read. */
  readonly failures: readonly CoverslipError[]
  /** Of acquisitions. */
  readonly summary?: AcquisitionSummary
}

/** @throws CoverslipError UNREADABLE_IMAGE naming file and reason; UNKNOWN_IMAGE when it is no image. */
export async function openItem({
  id,
  path,
  type,
}: Pick<FoundItem, 'id' | 'path' | 'type'>): Promise<OpenedItem> {
  if (type === 'acquisition') {
    const summary = await readAcquisitionSummary(path)
    return { ...(await openAcquisition(path, summary)), summary }
  }
  const format = fileFormat(path)
  if (format === undefined) throw unknownImage(id)
  const readers = await format.open(path)
  try {
    const names = await Promise.all(readers.map(async (reader) => (await reader.describe()).name))
    return { datasets: named(readers, names), failures: [] }
  } catch (error) {
    for (const reader of readers) await reader.close()
    throw error
  }
}

/** The second of a name gets `(2)`. */
function named(readers: readonly DatasetReader[], names: readonly string[]): readonly OpenedDataset[] {
  return readers.map((reader, i) => {
    const name = names[i] ?? ''
    const before = names.slice(0, i).filter((other) => other === name).length
    return { name: before === 0 ? name : `${name} (${before + 1})`, reader }
  })
}
