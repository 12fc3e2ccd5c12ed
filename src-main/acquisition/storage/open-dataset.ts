import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import type { DatasetLayout, DatasetWriter } from './dataset-writer.ts'
import { openOmeTiff } from './ome-tiff-writer.ts'
import { openOmeZarr } from './ome-zarr/ome-zarr-writer.ts'
import { openRaw } from './raw-writer.ts'
import { openVideo } from './video/video-writer.ts'

/** Begins a dataset of the chosen format in `folder`. @throws CoverslipError DATA_FOLDER */
export function openDataset(
  folder: string,
  layout: DatasetLayout,
  storage: StorageOptions,
): Promise<DatasetWriter> {
  switch (storage.format) {
    case 'ome-tiff':
      return openOmeTiff(folder, layout, storage)
    case 'raw':
      return openRaw(folder, layout)
    case 'ome-zarr':
      return openOmeZarr(folder, layout, storage)
    case 'video':
      return openVideo(folder, layout, storage)
  }
}
