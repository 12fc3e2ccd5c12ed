/** What the user chooses before an export. */
import type { ImageAxis, ZProjection } from '../../src-shared/gallery.ts'

/** `png`: pictures as shown; `raw`: PNGs of the camera's values; both in one ZIP file. `tiff`: its values as an OME-TIFF. */
export type ExportFormat = 'mp4' | 'webm' | 'gif' | 'png' | 'tiff' | 'raw'

/** How fast a video plays. */
export type ExportSpeed =
  /** Pictures per second. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  /** As it was, so many times faster. */
  | { readonly kind: 'real'; readonly times: number }

/** Axes whose places are chosen: channels are drawn over each other, or all of them kept. */
export type ExportAxis = Exclude<ImageAxis, 'c'>

/** First and last place on an axis, from 0. */
export type AxisRange = { readonly from: number; readonly to: number }

export type ExportChoices = {
  readonly format: ExportFormat
  /** Of what moves: along which the pictures follow each other. All else goes along all axes. */
  readonly axis: ExportAxis
  readonly ranges: Readonly<Record<ExportAxis, AxisRange>>
  /** Of each stack one picture, unless the stack itself moves. Absent: its planes. */
  readonly zProjection: ZProjection | undefined
  /** Of raw values: every channel, or those on show. */
  readonly channels: 'all' | 'shown'
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

/** Videos: pictures follow each other along one axis, with a play speed. */
export const isMoving = (format: ExportFormat): boolean => format !== 'png' && !keepsValues(format)

/** How stacks are drawn: a stack that moves is seen plane by plane. */
export function exportedProjection({
  format,
  axis,
  zProjection,
}: Pick<ExportChoices, 'format' | 'axis' | 'zProjection'>): ZProjection | undefined {
  return isMoving(format) && axis === 'z' ? undefined : zProjection
}
