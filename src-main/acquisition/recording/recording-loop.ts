/**
 * Records one camera: every frame of the ring, in order, into a dataset. Frames are copied once, from the ring into
 * memory that was reserved before the start; while all of it waits for the disk, frames wait in the ring. What the ring
 * then loses is written down by its sequence numbers. Until the recording begins, the newest frames are held in the same
 * memory.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { LosslessFrameReader } from '../../frames/lossless-frame-reader.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { ChangeWatch } from './change-watch.ts'
import { DatasetRecording } from './dataset-recording.ts'
import { FrameBuffers } from './frame-buffers.ts'
import { HeldFrames, secondsAsNs } from './held-frames.ts'
import type {
  RecordingCounts,
  RecordingMessage,
  RecordingRequestMessage,
  RecordingWorkerData,
} from './recording-messages.ts'

const countsEveryMs = 250
const whyLost = 'Not in memory any more when its turn came, or never delivered by the camera'

export class RecordingLoop {
  readonly #data: RecordingWorkerData
  readonly #post: (message: RecordingMessage) => void
  readonly #reader: LosslessFrameReader
  readonly #buffers: FrameBuffers
  readonly #held: HeldFrames
  readonly #watch: ChangeWatch | undefined
  readonly #writing = new Set<Promise<void>>()
  #dataset: DatasetRecording | undefined
  /** What it waits for; `present`: to have read what is in the ring. Undefined: it has begun. */
  #waiting: 'present' | 'word' | 'change' | undefined
  /** Frames that were in the ring at the start and are not read yet. */
  #before: number
  /** When it began, by the frames' clock, and of when its first frame may be; undefined: with the first that comes. */
  #beganNs: bigint | undefined
  #keptSinceNs: bigint | undefined
  readonly #layoutSaved = Promise.withResolvers<void>()
  #preRecorded = 0
  #temperatureC: number | undefined
  /** Frames still to be read after a stop: those that were there when it was asked for. */
  #left: number | undefined
  #failure: CoverslipError | undefined

  /** Reserves the memory. @throws RangeError when there is not enough */
  constructor(data: RecordingWorkerData, post: (message: RecordingMessage) => void) {
    this.#data = data
    this.#post = post
    const { ring, begin, preRecordS, bufferBytes, heldBytes, temperatureC } = data
    this.#temperatureC = temperatureC
    this.#buffers = new FrameBuffers(bufferBytes + heldBytes)
    this.#held = new HeldFrames({
      seconds: preRecordS,
      letGo: (pixels) => this.#buffers.giveBack(pixels),
    })
    this.#watch = begin.kind === 'change' ? new ChangeWatch(begin.threshold) : undefined
    const now = process.hrtime.bigint()
    const sinceNs = preRecordS > 0 ? now - secondsAsNs(preRecordS) : undefined
    this.#reader = new LosslessFrameReader(ring, { sinceNs })
    this.#before = this.#reader.backlog
    if (begin.kind === 'change') this.#waiting = 'change'
    else if (begin.kind !== 'now') this.#waiting = 'word'
    else if (preRecordS > 0) this.#waiting = 'present'
  }

  /** Records until it is full, stopped or fails, and completes the files. Failures are told, not thrown. */
  async run(): Promise<void> {
    const timer = setInterval(() => this.#post({ type: 'counts', counts: this.#counts() }), countsEveryMs)
    try {
      const { folder, layout, storage } = this.#data
      const begun = (known: DatasetLayout) => {
        this.#post({ type: 'layout', layout: known })
        return this.#layoutSaved.promise
      }
      this.#dataset = await DatasetRecording.create({ folder, layout, storage, begun })
      this.#post({ type: 'ready' })
      while (this.#goesOn(this.#dataset)) await this.#step(this.#dataset)
    } catch (error) {
      this.#fail(error)
    }
    this.#held.clear()
    await Promise.all(this.#writing)
    try {
      await this.#dataset?.close()
    } catch (error) {
      this.#fail(error)
    }
    clearInterval(timer)
    const failure = this.#failure
    this.#post({
      type: 'finished',
      counts: this.#counts(),
      ...(failure === undefined ? {} : { error: failure.serialize() }),
    })
  }

  hear(message: RecordingRequestMessage): void {
    switch (message.type) {
      case 'begin':
        return this.#begin(message.sinceNs)
      case 'layoutSaved':
        return this.#layoutSaved.resolve()
      case 'setting':
        return this.#follow(this.#dataset?.note(message.record))
      case 'temperature':
        this.#temperatureC = message.temperatureC
        return
      case 'stop':
        return this.stop()
    }
  }

  /** Frames that have been published by now are still recorded. */
  stop(): void {
    this.#left ??= this.#waiting === undefined ? this.#reader.backlog : 0
    this.#reader.interrupt()
    this.#buffers.interrupt()
  }

  #goesOn({ added }: DatasetRecording): boolean {
    const { frames } = this.#data.most
    const full = frames !== undefined && added - this.#preRecorded >= frames
    return this.#failure === undefined && this.#left !== 0 && !full
  }

  async #step(dataset: DatasetRecording): Promise<void> {
    if (this.#buffers.full) return this.#buffers.wait()
    let buffer: Uint8Array<ArrayBuffer> | undefined
    const read = this.#reader.read((pixels, { pixelFormat, width, height }) => {
      const bytes = imageBytes(pixelFormat, width, height)
      if (buffer !== undefined) this.#buffers.giveBack(buffer)
      buffer = this.#bufferFor(bytes)
      buffer?.set(pixels.subarray(0, bytes))
    })
    if (read.kind === 'frame') return this.#take(dataset, read.info, buffer ?? new Uint8Array())
    if (buffer !== undefined) this.#buffers.giveBack(buffer)
    if (read.kind === 'lost') return this.#takeLoss(dataset, read)
    if (this.#waiting === 'present') this.#begin(process.hrtime.bigint())
    if (this.#left !== undefined) this.#left = 0
    else await this.#reader.wait()
  }

  /** Undefined: images of another size are being written, so that none of this size can be. */
  #bufferFor(frameBytes: number): Uint8Array<ArrayBuffer> | undefined {
    const buffer = this.#buffers.take(frameBytes)
    if (buffer !== undefined || this.#waiting === undefined) return buffer
    this.#held.clear()
    return this.#buffers.take(frameBytes)
  }

  #take(dataset: DatasetRecording, info: FrameInfo, pixels: Uint8Array<ArrayBuffer>): void {
    if (this.#waiting === undefined) return this.#record(dataset, info, pixels)
    this.#held.add({ kind: 'frame', info, pixels }, Math.floor(this.#data.heldBytes / pixels.length))
    if (this.#waiting === 'present' && --this.#before <= 0) this.#begin(process.hrtime.bigint())
    if (this.#watch?.changed(pixels, info) !== true) return
    this.#post({ type: 'begun', sinceNs: info.timestampNs })
    this.#begin(info.timestampNs)
  }

  #takeLoss(
    dataset: DatasetRecording,
    { first, last }: { readonly first: number; readonly last: number },
  ): void {
    if (this.#waiting === undefined) this.#follow(dataset.lost(first, last, whyLost))
    else this.#held.lost(first, last)
  }

  #begin(sinceNs: bigint): void {
    const dataset = this.#dataset
    if (this.#waiting === undefined || dataset === undefined) return
    this.#waiting = undefined
    this.#beganNs = sinceNs
    this.#keptSinceNs = sinceNs - secondsAsNs(this.#data.preRecordS)
    for (const held of this.#held.takeSince(this.#keptSinceNs)) {
      if (held.kind === 'frame') this.#record(dataset, held.info, held.pixels)
      else this.#takeLoss(dataset, held)
    }
  }

  #record(dataset: DatasetRecording, info: FrameInfo, pixels: Uint8Array<ArrayBuffer>): void {
    if (this.#left !== undefined) this.#left -= 1
    const { timestampNs } = info
    const began = (this.#beganNs ??= timestampNs)
    const { seconds } = this.#data.most
    const over = seconds !== undefined && timestampNs - began >= secondsAsNs(seconds)
    if (over) this.#left = 0
    if (over || (this.#keptSinceNs !== undefined && timestampNs < this.#keptSinceNs))
      return this.#buffers.giveBack(pixels)
    if (timestampNs < began) this.#preRecorded += 1
    const temperatureC = this.#temperatureC
    const place = { index: { t: dataset.added }, ...(temperatureC === undefined ? {} : { temperatureC }) }
    const { written, logged } = dataset.add(info, pixels, place)
    this.#follow(written.finally(() => this.#buffers.giveBack(pixels)))
    this.#follow(logged)
  }

  /** Sees to it that `work` is over before the end, and that its failure is told. */
  #follow(work: Promise<void> | undefined): void {
    const followed = (work ?? Promise.resolve())
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#writing.delete(followed))
    this.#writing.add(followed)
  }

  #fail(error: unknown): void {
    this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
    this.#reader.interrupt()
    this.#buffers.interrupt()
  }

  #counts(): RecordingCounts {
    const { bufferBytes, heldBytes } = this.#data
    return {
      ...(this.#dataset?.counts ?? { written: 0, lost: 0, bytesWritten: 0 }),
      preRecorded: this.#preRecorded,
      // What was held has memory of its own.
      bufferBytes: Math.max(0, this.#buffers.bytesInUse - heldBytes),
      bufferLimitBytes: bufferBytes,
      change: this.#waiting === 'change' ? this.#watch?.level : undefined,
    }
  }
}
