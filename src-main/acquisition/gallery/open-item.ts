/** Opens the datasets of an item of the gallery. */
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { readAcquisitionSummary, type ReadSummary } from '../reading/acquisition-summary.ts'
import type { DatasetReader } from '../reading/dataset-reader.ts'
import { openAcquisition } from '../reading/open-acquisition.ts'
import { fileFormat } from '../reading/open-datasets.ts'
import type { FoundItem } from './gallery-scan.ts'
import { unknownImage } from './gallery-path.ts'

export type OpenedDataset = {
  /** Unique within the item. */
  readonly name: string
  readonly reader: DatasetReader
}

export type OpenedItem = {
  readonly datasets: readonly OpenedDataset[]
  /** Why other datasets of it cannot be read. */
  readonly failures: readonly CoverslipError[]
  /** Of acquisitions. */
  readonly summary?: ReadSummary
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
  return { datasets: named(await withNames(readers)), failures: [] }
}

async function withNames(readers: readonly DatasetReader[]): Promise<readonly OpenedDataset[]> {
  return Promise.all(readers.map(async (reader) => ({ name: (await reader.describe()).name, reader })))
}

/** The second of a name gets `(2)`. */
function named(datasets: readonly OpenedDataset[]): readonly OpenedDataset[] {
  const seen = new Map<string, number>()
  return datasets.map(({ name, reader }) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { name: count === 1 ? name : `${name} (${count})`, reader }
  })
}
