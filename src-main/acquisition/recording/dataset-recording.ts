/**
 * One camera's dataset and its `frames.jsonl`, as they grow together. Frames are written in whatever order the disk likes
 * and told in theirs: what is in the log has everything before it in the file.
 */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import type { DatasetLayout, DatasetWriter, StoredFrame } from '../storage/dataset-writer.ts'
import { openDataset } from '../storage/open-dataset.ts'
import { unixTimeOf } from '../unix-time-of.ts'
import { FrameLog } from './frame-log.ts'
import type { LayoutStart } from './layout-start.ts'

type Options = {
  /** Exists; holds nothing yet. */
  readonly folder: string
  readonly layout: LayoutStart
  readonly storage: StorageOptions
  /**
   * The first frame is there, and with it all that is known of the dataset. No frame is reported as written before what
   * is returned resolves: without the layout on the disk, it could not be completed after a crash.
   */
  begun(layout: DatasetLayout): Promise<void> | void
}

/** What is known of a frame's place in the acquisition, besides what the camera says of it. */
export type FramePlace = Pick<StoredFrame, 'index'> &
  Pick<StoredFrame['record'], 'positionName' | 'channel' | 'temperatureC'> & {
    /** Where z was for certain, µm. */
    readonly zUm?: number
  }

type OpenedDataset = {
  readonly layout: DatasetLayout
  readonly writer: DatasetWriter
  readonly firstNs: bigint
  readonly saved: Promise<void> | void
}

export class DatasetRecording {
  readonly #options: Options
  readonly #log: FrameLog
  #dataset: Promise<OpenedDataset> | undefined
  /** Resolves when what came before is in the log. */
  #logged: Promise<void> = Promise.resolve()
  #added = 0
  #written = 0
  #lost = 0
  #incomplete = 0
  #bytesWritten = 0

  private constructor(options: Options, log: FrameLog) {
    this.#options = options
    this.#log = log
  }

  /** @throws CoverslipError DATA_FOLDER */
  static async create(options: Options): Promise<DatasetRecording> {
    return new DatasetRecording(options, await FrameLog.create(options.folder))
  }

  /** Frames taken in so far: the place of the next one. */
  get added(): number {
    return this.#added
  }

  get counts() {
    return {
      written: this.#written,
      lost: this.#lost,
      incomplete: this.#incomplete,
      bytesWritten: this.#bytesWritten,
    }
  }

  /**
   * Keeps a frame; calls follow each other without waiting, in the order of the file.
   * @param pixels of exactly this frame.
   * @returns `written`: it is in the file, and its pixels may be used again; `logged`: so is everything before it, and
   *   the log says so. When they fail, it is by CoverslipError DATA_FOLDER; DEVICE_FAILED: it is of another size or format
   *   than those before.
   */
  add(
    info: FrameInfo,
    pixels: Uint8Array<ArrayBuffer>,
    place: FramePlace,
  ): { readonly written: Promise<void>; readonly logged: Promise<void> } {
    const number = this.#added++
    this.#dataset ??= this.#begin(info)
    const kept = this.#keep(this.#dataset, { info, pixels, place, number })
    const bytes = pixels.length
    this.#logged = this.#logAfter(kept, bytes)
    return { written: kept.then(() => undefined), logged: this.#logged }
  }

  /** Frames `first` to `last` of the camera, which came after those added until now, are not there. */
  lost(first: number, last: number, reason: string): Promise<void> {
    this.#lost += last - first + 1
    const { camera } = this.#options.layout
    return this.#note({ kind: 'lost', camera: camera.id, first, last, reason })
  }

  /** Anything else, in its place between the frames. @throws CoverslipError DATA_FOLDER */
  note(record: Exclude<FrameRecord, { kind: 'frame' | 'lost' }>): Promise<void> {
    return this.#note(record)
  }

  /** Completes both files, once everything added is over. Safe to call twice. @throws CoverslipError DATA_FOLDER */
  async close(): Promise<void> {
    try {
      const dataset = await this.#dataset
      await dataset?.writer.close()
    } finally {
      await this.#log.close()
    }
  }

  async #logAfter(kept: Promise<StoredFrame['record']>, bytes: number): Promise<void> {
    const before = this.#logged
    const record = await kept
    const dataset = await this.#dataset
    await dataset?.saved
    await before
    await this.#log.append(record)
    this.#written += 1
    if (record.incomplete === true) this.#incomplete += 1
    this.#bytesWritten += bytes
  }

  #note(record: FrameRecord): Promise<void> {
    this.#logged = this.#logged.then(() => this.#log.append(record))
    return this.#logged
  }

  async #begin({ width, height, pixelFormat, significantBits, pixelSizeUm, timestampNs }: FrameInfo) {
    const { folder, storage, begun } = this.#options
    const image = { width, height, pixelFormat, significantBits, pixelSizeUm }
    const layout = { ...this.#options.layout, image, startedAt: unixTimeOf(timestampNs) }
    const writer = await openDataset(folder, layout, storage)
    return { layout, writer, firstNs: timestampNs, saved: begun(layout) }
  }

  async #keep(
    opening: Promise<OpenedDataset>,
    frame: {
      readonly info: FrameInfo
      readonly pixels: Uint8Array<ArrayBuffer>
      readonly place: FramePlace
      readonly number: number
    },
  ): Promise<StoredFrame['record']> {
    const { info, pixels, place, number } = frame
    const capturedAt = unixTimeOf(info.timestampNs)
    const { layout, writer, firstNs } = await opening
    refuseOtherSize(layout, info)
    const { index, zUm, ...rest } = place
    const stage = zUm === undefined ? info.stage : { ...info.stage, z: zUm }
    const record = {
      kind: 'frame',
      camera: layout.camera.id,
      index,
      place: number,
      sequence: info.sequence,
      capturedAt,
      timestampNs: String(info.timestampNs),
      hostTimeNs: String(info.hostTimeNs),
      elapsedS: Number(info.timestampNs - firstNs) / 1e9,
      exposureMs: info.exposureMs,
      gain: info.gain,
      ...(info.pixelSizeUm === undefined ? {} : { pixelSizeUm: info.pixelSizeUm }),
      ...(stage === undefined ? {} : { stage }),
      ...(info.channel === undefined ? {} : { channel: info.channel }),
      ...(info.incomplete === true ? { incomplete: true } : {}),
      ...rest,
    } satisfies FrameRecord
    await writer.write({ pixels, record, index })
    return record
  }
}

/** A file has images of one size and kind. @throws CoverslipError DEVICE_FAILED */
function refuseOtherSize({ image, camera }: DatasetLayout, info: FrameInfo): void {
  const { width, height, pixelFormat } = info
  if (width === image.width && height === image.height && pixelFormat === image.pixelFormat) return
  throw new CoverslipError(
    'DEVICE_FAILED',
    `${camera.name} changed from ${image.width} x ${image.height} ${image.pixelFormat} to ${width} x ${height} ${pixelFormat} while it was recorded`,
    { hint: 'Everything until then is kept. Change ROI, binning and pixel format before the start.' },
  )
}
