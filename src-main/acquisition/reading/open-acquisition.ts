/** The datasets of an acquisition's folder, one per camera, by what `acquisition.json` and their frame logs say. */
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import { frameLogName } from '../recording/frame-log.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { omeZarrPath } from '../storage/ome-zarr/ome-zarr-path.ts'
import type { AcquisitionSummary } from './acquisition-summary.ts'
import { describeLayout } from './dataset-layout-schema.ts'
import type { DatasetReader } from './dataset-reader.ts'
import { openOmeZarr } from './ome-zarr/ome-zarr-dataset.ts'
import { openStoredPlanes } from './plane-places.ts'
import { RawReader } from './raw-reader.ts'
import { TiffDataset } from './tiff-dataset.ts'
import { TiffFiles } from './tiff-files.ts'
import { unreadable } from './unreadable.ts'
import { openVideoOf } from './video-reader.ts'
import { refuseLink } from './without-links.ts'

/** What can be read of an acquisition, and what cannot. */
export type OpenedAcquisition = {
  /** By the names of their folders. */
  readonly datasets: readonly { readonly name: string; readonly reader: DatasetReader }[]
  /** Why others cannot be read. */
  readonly failures: readonly CoverslipError[]
}

/** A camera without a frame yet has no dataset; one that cannot be read keeps no other from being shown. */
export async function openAcquisition(
  folder: string,
  summary: AcquisitionSummary,
): Promise<OpenedAcquisition> {
  const datasets: { readonly name: string; readonly reader: DatasetReader }[] = []
  const failures: CoverslipError[] = []
  for (const dataset of summary.datasets) {
    const { layout } = dataset
    if (layout === undefined) continue
    try {
      const { storage } = summary.request
      await refuseLink(join(folder, dataset.folder))
      const reader = await openDatasetOf(join(folder, dataset.folder), layout, storage)
      datasets.push({ name: dataset.folder, reader })
    } catch (error) {
      failures.push(CoverslipError.from(error, 'UNREADABLE_IMAGE'))
    }
  }
  return { datasets, failures }
}

async function openDatasetOf(
  folder: string,
  layout: DatasetLayout,
  storage: AcquisitionSummary['request']['storage'],
): Promise<DatasetReader> {
  const { name, positions } = layout
  switch (storage.format) {
    case 'raw':
      return RawReader.open(join(folder, `${name}.raw`), layout)
    case 'ome-tiff':
      return openTiffs(folder, layout, storage.files === 'perPosition' && positions.length > 1)
    case 'ome-zarr':
      return openZarr(folder, layout)
    case 'video':
      return openVideoOf(folder, layout, storage.container ?? 'mkv')
  }
}

/** All images of a dataset of ours are of one kind. */
async function openZarr(folder: string, layout: DatasetLayout): Promise<DatasetReader> {
  const path = omeZarrPath(folder, layout.name)
  const [dataset] = await openOmeZarr(path)
  if (dataset === undefined) throw unreadable(path, 'it has no image yet')
  return dataset
}

/** @param apart each position has a file of its own. */
async function openTiffs(folder: string, layout: DatasetLayout, apart: boolean): Promise<DatasetReader> {
  const files = new TiffFiles()
  const pathOf = (position: number) => {
    const ending = apart ? `_${layout.positions[position]?.name ?? `p${position}`}` : ''
    return join(folder, `${layout.name}${ending}.ome.tiff`)
  }
  const planes = await openStoredPlanes({
    axes: layout.axes,
    logPath: join(folder, frameLogName),
    ...(apart ? { fileOf: ({ p = 0 }) => p } : {}),
    count: () => files.use(pathOf(0), (pages) => pages.count()),
  })
  return new TiffDataset({
    files,
    records: (range) => planes.records(range),
    metadata: layout.metadata,
    describe: async () =>
      describeLayout(layout, { name: layout.name, format: 'OME-TIFF', ...(await planes.sizes()) }),
    find: async (index: PlaneIndex) => {
      const stored = await planes.find(index)
      return stored && { path: pathOf(index.p ?? 0), page: stored.inFile, channel: 0 }
    },
  })
}
