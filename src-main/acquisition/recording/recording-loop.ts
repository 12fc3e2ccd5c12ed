/**
 * Records one camera: every frame of the ring, in order, into a dataset. Frames are copied once, from the ring into one
 * of the buffers that were reserved before the start; while all of them wait for the disk, frames wait in the ring. What
 * the ring then loses is written down by its sequence numbers.
 */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { LosslessFrameReader } from '../../frames/frame-ring.ts'
import type { DatasetLayout, DatasetWriter } from '../storage/dataset-writer.ts'
import { openDataset } from '../storage/open-dataset.ts'
import { FrameLog } from './frame-log.ts'
import type { RecordingCounts, RecordingMessage, RecordingWorkerData } from './recording-messages.ts'

const countsEveryMs = 250
/** Fewer could not keep disk and camera busy at the same time. */
const fewestBuffers = 3

type Dataset = { readonly layout: DatasetLayout; readonly writer: DatasetWriter; readonly firstNs: bigint }

export class RecordingLoop {
  readonly #data: RecordingWorkerData
  readonly #post: (message: RecordingMessage) => void
  readonly #reader: LosslessFrameReader
  readonly #bufferCount: number
  readonly #free: Uint8Array<ArrayBuffer>[]
  #bufferFreed: (() => void) | undefined
  readonly #writing = new Set<Promise<void>>()
  #dataset: Dataset | undefined
  #log: FrameLog | undefined
  /** Resolves when the frame before is in the log. */
  #logged: Promise<void> = Promise.resolve()
  #taken = 0
  #written = 0
  #lost = 0
  #bytesWritten = 0
  /** Frames still to be read after a stop: those that were there when it was asked for. */
  #left: number | undefined
  #failure: CoverslipError | undefined

  /** Reserves the memory. @throws RangeError when there is not enough */
  constructor(data: RecordingWorkerData, post: (message: RecordingMessage) => void) {
    this.#data = data
    this.#post = post
    const { ring, bufferBytes } = data
    this.#bufferCount = Math.max(fewestBuffers, Math.floor(bufferBytes / ring.slotBytes))
    // Filled, so that the memory is really there before the first frame is.
    this.#free = Array.from({ length: this.#bufferCount }, () => new Uint8Array(ring.slotBytes).fill(1))
    this.#reader = new LosslessFrameReader(ring)
  }

  /** Records until it is full, stopped or fails, and completes the files. Failures are told, not thrown. */
  async run(): Promise<void> {
    const timer = setInterval(() => this.#post({ type: 'counts', counts: this.#counts() }), countsEveryMs)
    try {
      this.#log = await FrameLog.create(this.#data.folder)
      this.#post({ type: 'ready' })
      while (this.#goesOn()) await this.#step()
    } catch (error) {
      this.#fail(error)
    }
    await Promise.all(this.#writing)
    for (const file of [this.#dataset?.writer, this.#log]) {
      try {
        await file?.close()
      } catch (error) {
        this.#fail(error)
      }
    }
    clearInterval(timer)
    const failure = this.#failure
    this.#post({
      type: 'finished',
      counts: this.#counts(),
      ...(failure === undefined ? {} : { error: failure.serialize() }),
    })
  }

  /** Frames that have been published by now are still recorded. */
  stop(): void {
    this.#left ??= this.#reader.backlog
    this.#reader.interrupt()
    this.#bufferFreed?.()
  }

  #goesOn(): boolean {
    const { frames } = this.#data.most
    return this.#failure === undefined && this.#left !== 0 && (frames === undefined || this.#taken < frames)
  }

  async #step(): Promise<void> {
    const buffer = this.#free.pop()
    if (buffer === undefined) {
      await new Promise<void>((resolve) => {
        this.#bufferFreed = resolve
      })
      return
    }
    const read = this.#reader.read((pixels, { pixelFormat, width, height }) => {
      buffer.set(pixels.subarray(0, imageBytes(pixelFormat, width, height)))
    })
    if (read.kind === 'frame') return this.#record(read.info, buffer)
    this.#free.push(buffer)
    if (read.kind === 'lost') return this.#recordLoss(read.first, read.last)
    if (this.#left !== undefined) this.#left = 0
    else await this.#reader.wait()
  }

  async #record(info: FrameInfo, buffer: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#left !== undefined) this.#left -= 1
    const dataset = this.#dataset ?? (await this.#begin(info))
    const elapsedS = Number(info.timestampNs - dataset.firstNs) / 1e9
    const { seconds } = this.#data.most
    if (seconds !== undefined && elapsedS >= seconds) {
      this.#free.push(buffer)
      this.#left = 0
      return
    }
    refuseOtherSize(dataset.layout, info)
    const place = this.#taken++
    const record = this.#recordOf(info, { place, elapsedS })
    const pixels = buffer.subarray(0, imageBytes(info.pixelFormat, info.width, info.height))
    // Written in whatever order the disk likes, but told in theirs: what is in the log has everything before it.
    const logged = Promise.all([dataset.writer.write({ pixels, record, index: record.index }), this.#logged])
      .then(() => this.#log?.append(record))
      .then(() => {
        this.#written += 1
        this.#bytesWritten += pixels.length
      })
    this.#logged = logged
    const writing = logged
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#writing.delete(writing)
        this.#free.push(buffer)
        this.#bufferFreed?.()
      })
    this.#writing.add(writing)
  }

  async #begin(info: FrameInfo): Promise<Dataset> {
    const { width, height, pixelFormat, significantBits, pixelSizeUm } = info
    const image = { width, height, pixelFormat, significantBits, pixelSizeUm }
    const layout = { ...this.#data.layout, image }
    const writer = await openDataset(this.#data.folder, layout, this.#data.storage)
    const dataset = { layout, writer, firstNs: info.timestampNs }
    this.#dataset = dataset
    this.#post({ type: 'layout', layout })
    return dataset
  }

  #recordOf(info: FrameInfo, { place, elapsedS }: { readonly place: number; readonly elapsedS: number }) {
    const ageMs = Number(process.hrtime.bigint() - info.timestampNs) / 1e6
    return {
      kind: 'frame',
      camera: this.#data.layout.camera.id,
      index: { t: place },
      place,
      sequence: info.sequence,
      capturedAt: unixNowMs() - ageMs,
      timestampNs: String(info.timestampNs),
      hostTimeNs: String(info.hostTimeNs),
      elapsedS,
      exposureMs: info.exposureMs,
      gain: info.gain,
      ...(info.pixelSizeUm === undefined ? {} : { pixelSizeUm: info.pixelSizeUm }),
      ...(info.stage === undefined ? {} : { stage: info.stage }),
      ...(info.channel === undefined ? {} : { channel: info.channel }),
    } satisfies FrameRecord
  }

  /** Told in its place, after the frames before it. */
  async #recordLoss(first: number, last: number): Promise<void> {
    this.#lost += last - first + 1
    const { camera } = this.#data.layout
    await this.#logged
    await this.#log?.append({
      kind: 'lost',
      camera: camera.id,
      first,
      last,
      reason: 'Not in memory any more when its turn came, or never delivered by the camera',
    })
  }

  #fail(error: unknown): void {
    this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
    this.#reader.interrupt()
    this.#bufferFreed?.()
  }

  #counts(): RecordingCounts {
    const { slotBytes, slots } = this.#data.ring
    return {
      written: this.#written,
      lost: this.#lost,
      bytesWritten: this.#bytesWritten,
      bufferBytes: (this.#bufferCount - this.#free.length) * slotBytes,
      bufferLimitBytes: this.#bufferCount * slotBytes,
      backlog: this.#reader.backlog,
      ringSlots: slots,
    }
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
