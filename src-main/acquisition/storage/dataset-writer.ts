/** What a file format has to do to keep an acquisition: one dataset per camera, one writer per dataset. */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { imageBytes, type PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import type { EventIndex } from '../../../src-shared/plan/acquisition-event.ts'

/** Axes of a dataset besides y and x; grid tiles and positions are one axis, `p`. */
export type DatasetAxis = 't' | 'p' | 'c' | 'z'

/** A place of the stage that images were taken at: a position, or a tile of a grid. */
export type DatasetPosition = {
  /** Unique within the dataset; letters, digits, `_` and `-`. */
  readonly name: string
  readonly xUm?: number | undefined
  readonly yUm?: number | undefined
  readonly zUm?: number | undefined
  /** Wells of a plate, from 0. */
  readonly well?: { readonly row: number; readonly column: number } | undefined
}

/** A channel of a plan. */
export type DatasetChannel = {
  readonly name: string
  /** CSS colour `#rrggbb`. */
  readonly color?: string | undefined
  readonly exposureMs?: number | undefined
}

/** All that is known of a dataset when its first frame is there. */
export type DatasetLayout = {
  /** Without extension; files of the dataset begin with it. */
  readonly name: string
  readonly camera: {
    readonly id: string
    readonly name: string
    readonly model: string
    readonly serialNumber?: string | undefined
  }
  readonly image: {
    readonly width: number
    readonly height: number
    readonly pixelFormat: PixelFormat
    readonly significantBits: number
    readonly pixelSizeUm?: number | undefined
  }
  /**
   * The axes in the order of acquisition, the last fastest, with their lengths. A length that is undefined (the first
   * axis only) is known at the end: a recording until it is stopped.
   */
  readonly axes: readonly { readonly axis: DatasetAxis; readonly length: number | undefined }[]
  readonly positions: readonly DatasetPosition[]
  readonly channels: readonly DatasetChannel[]
  /** Well plates: number of rows and columns, and the plate's name. */
  readonly plate?: { readonly name: string; readonly rows: number; readonly columns: number } | undefined
  /** Where even. */
  readonly timeStepS?: number | undefined
  readonly zStepUm?: number | undefined
  /** Unix time, ms. */
  readonly startedAt: number
  /** Name and version of this program. */
  readonly software: string
  /** The plan (MDASequence), device settings at the start and whatever else belongs to the whole, as JSON data. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Whether a dataset's images are so large that they are best written past the operating system's cache. */
export function isLarge({ image }: DatasetLayout): boolean {
  return imageBytes(image.pixelFormat, image.width, image.height) >= 256 * 2 ** 10
}

/** One frame to be kept. `record.index` has been brought to the dataset's axes: `p` counts positions and tiles alike. */
export type StoredFrame = {
  /** As in the ring (src-shared/frames/pixel-format.ts); not touched after `write` has resolved. */
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly record: Extract<FrameRecord, { kind: 'frame' }>
  readonly index: EventIndex
}

/** Calls `take` with each frame of a dataset that was reported as written, in the order of its frame log. */
export type EachFrame = (take: (record: StoredFrame['record']) => void) => Promise<unknown>

/**
 * Writes one dataset, in a worker of its own. Calls follow each other without waiting: a writer keeps their order, and
 * whoever calls bounds the bytes in flight.
 */
export interface DatasetWriter {
  /**
   * Keeps one frame; resolves when the operating system has it, and its pixels may be used again.
   * @throws CoverslipError DATA_FOLDER naming the file and the cause (disk full, folder removed); then the writer has
   *   ended, and what was written before can be read.
   */
  write(frame: StoredFrame): Promise<void>
  /**
   * Completes the dataset: sizes, metadata of all frames, index, what was skipped. Resolves when it is on the disk
   * (fsync). Safe to call twice.
   */
  close(): Promise<void>
}

/** Begins a dataset in `folder`, which exists; nothing that is there is overwritten. */
export type OpenDataset = (folder: string, layout: DatasetLayout) => Promise<DatasetWriter>
