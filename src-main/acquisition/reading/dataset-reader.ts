/** How images on disk are read, whatever their format: one reader per dataset, in the gallery's worker. */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { PlaneFormat } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'

/** One plane in memory of its own. */
export type ImagePlane = {
  readonly width: number
  readonly height: number
  readonly pixelFormat: PlaneFormat
  /** 32 of real numbers. */
  readonly significantBits: number
  /** As in a FrameRing slot (src-shared/frames/pixel-format.ts): rows without padding, little endian. */
  readonly pixels: Uint8Array<ArrayBuffer>
}

/** Some rows of a plane. */
export type RowRange = { readonly top: number; readonly count: number }

/** Which records are asked for: a part of all of them, or of those of the plane `index`. */
export type FrameRange = {
  readonly offset: number
  readonly limit: number
  readonly index?: PlaneIndex | undefined
}

/** A part of a list whose whole length is `total`. */
export type FrameRecords = { readonly records: readonly FrameRecord[]; readonly total: number }

/**
 * Reads one dataset. Nothing is read before it is asked for, and nothing is kept in memory that grows with the pixels.
 * The file may be under way, cut off or foreign: what is there is told and read, and the rest is absent. Calls may
 * overlap.
 */
export interface DatasetReader {
  /**
   * What the file says of itself as a whole, as JSON data: of our own files the metadata they were written with (plan
   * or request, device settings), of others whatever text they carry. Bounded: texts of megabytes are cut.
   */
  readonly metadata: Readonly<Record<string, unknown>>
  /** What is there now: a dataset under way has more planes each time. @throws CoverslipError UNREADABLE_IMAGE */
  describe(): Promise<ImageDataset>
  /**
   * One plane. Axes that `index` does not name are 0; `level` counts the smaller copies of `describe().levels`.
   * @returns undefined when it is not there: skipped, not yet written, cut off, or beyond the sizes.
   * @throws CoverslipError UNREADABLE_IMAGE naming file and reason; TOO_LARGE beyond `maxImageBytes`.
   */
  readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined>
  /**
   * As `readPlane`, of some rows only: what does not hold any of them is not read. The plane is as high as there are rows.
   * Absent: the format has no such parts.
   * @param rows within the plane
   */
  readRows?(index: PlaneIndex, level: number, rows: RowRange): Promise<ImagePlane | undefined>
  /**
   * What is known of each frame: of `frames.jsonl` beside the dataset (see `openStoredPlanes`), else of the file's own
   * metadata; nothing where nothing is known. @throws CoverslipError UNREADABLE_IMAGE
   */
  records(range: FrameRange): Promise<FrameRecords>
  /** Closes its files; reads under way still end. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens the datasets of a file or folder of one format; mostly one, but a file may hold images of several sizes.
 * @param path exists, and lies within the data folder.
 * @throws CoverslipError UNREADABLE_IMAGE naming file and reason.
 */
export type OpenDatasets = (path: string) => Promise<readonly DatasetReader[]>
