/** What the user chooses before an export. */
import type { ImageAxis } from '../../src-shared/gallery.ts'

/** `png`: pictures as shown; `raw`: PNGs of the camera's values; both in one ZIP file. `tiff`: its values as an OME-TIFF. */
export type ExportFormat = 'mp4' | 'webm' | 'gif' | 'png' | 'tiff' | 'raw'

export type ExportSpeed =
  /** Pictures per second. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  /** As it was, so many times faster. */
  | { readonly kind: 'real'; readonly times: number }

export type ExportChoices = {
  readonly format: ExportFormat
  /** Along which the pictures follow each other. */
  readonly axis: ImageAxis
  /** First and last place on it, from 0. */
  readonly from: number
  readonly to: number
  /** Of the pictures, pixels. */
  readonly width: number
  readonly speed: ExportSpeed
  readonly quality: 'best' | 'good' | 'small'
  readonly burnIn: BurnIn
}

/** What is drawn into the pictures. */
export type BurnIn = { readonly time: boolean; readonly scaleBar: boolean; readonly labels: boolean }

/** What one deals with when a file is said to be of `format`. */
export const fileEndings: Readonly<Record<ExportFormat, string>> = {
  mp4: 'mp4',
  webm: 'webm',
  gif: 'gif',
  png: 'zip',
  tiff: 'ome.tiff',
  raw: 'zip',
}

/** The values of the camera, at the size of the images, and nothing drawn into them. */
export const keepsValues = (format: ExportFormat): format is 'raw' | 'tiff' =>
  format === 'raw' || format === 'tiff'

/** Formats with a play speed. */
export const isMoving = (format: ExportFormat): boolean => format !== 'png' && !keepsValues(format)
