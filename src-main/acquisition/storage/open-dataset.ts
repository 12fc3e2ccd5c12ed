import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { DatasetLayout, DatasetWriter } from './dataset-writer.ts'
import { openOmeTiff } from './ome-tiff-writer.ts'
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
    case 'video':
      return openVideo(folder, layout, storage)
    case 'ome-zarr':
      throw new CoverslipError('INTERNAL', 'Not built yet')
  }
}
