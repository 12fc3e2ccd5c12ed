/** Which reader opens a file, or the folder of a dataset, by its name; the readers look at the content. */
import { basename, extname } from 'node:path'
import type { OpenDatasets } from './dataset-reader.ts'
import { openOmeZarr } from './ome-zarr/ome-zarr-dataset.ts'
import { openJpeg } from './open-jpeg.ts'
import { openPng } from './open-png.ts'
import { openTiff } from './open-tiff.ts'
import { openRawDataset } from './raw-reader.ts'
import { videoEndings } from './video-frames.ts'
import { openVideoFile } from './video-reader.ts'

/** A kind of files that the gallery shows. */
export type FileFormat = {
  /** As users name it. */
  readonly name: string
  /** `image`: a single one, most of the time. */
  readonly kind: 'image' | 'foreign'
  readonly open: OpenDatasets
}

/** How files of this name are opened; undefined: they are no images. */
export function fileFormat(path: string): FileFormat | undefined {
  if (isZarr(path)) return { name: 'OME-Zarr', kind: 'foreign', open: openOmeZarr }
  const ending = extname(path).toLowerCase()
  if (videoEndings.has(ending))
    return { name: ending.slice(1).toUpperCase(), kind: 'foreign', open: openVideoFile }
  switch (ending) {
    case '.tif':
    case '.tiff':
    case '.btf': {
      const ome = /\.ome\.(tiff?|btf)$/i.test(basename(path))
      return { name: ome ? 'OME-TIFF' : 'TIFF', kind: ome ? 'foreign' : 'image', open: openTiff }
    }
    case '.png':
      return { name: 'PNG', kind: 'image', open: openPng }
    case '.jpg':
    case '.jpeg':
      return { name: 'JPEG', kind: 'image', open: openJpeg }
    case '.raw':
      return { name: 'raw', kind: 'foreign', open: openRawDataset }
    default:
      return undefined
  }
}

/** Folders of this name are datasets as a whole. */
export const isZarr = (name: string): boolean => /\.zarr$/i.test(name)
