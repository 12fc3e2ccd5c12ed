/**
 * Records one camera: every frame of the ring, in order, into a dataset. Frames are copied once, from the ring into
 * memory that was set apart before the start; while all of it waits for the disk, frames wait in the ring. What the ring
 * then loses is written down by its sequence numbers. Until the recording begins, the newest frames are held in the same
 * memory.
 *
 * Between two frames the thread does what else there is to do, however many wait in the ring: only so does it hear that
 * the disk has taken frames, and the disk get the next ones, when frames come as fast as they can be copied.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { foundAtOnce } from '../../frames/find-memory.ts'
import { LosslessFrameReader } from '../../frames/lossless-frame-reader.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { ChangeWatch } from './change-watch.ts'
import { DatasetRecording } from './dataset-recording.ts'
import type { FrameBuffers } from './frame-buffers.ts'
import { HeldFrames, secondsAsNs } from './held-frames.ts'
import type {
  RecordingCounts,
  RecordingMessage,
  RecordingRequestMessage,
  RecordingWorkerData,
} from './recording-messages.ts'

const countsEveryMs = 250
/**
 * Share of the memory for frames that wait, and how long that may take at most: found before the first frame, as copying
 * into new memory may be slower than the camera. It is half a second of frames: by then the rest is found, too.
 */
const foundBefore = { share: 1 / 4, ms: 1000 }
const whyLost = 'Not in memory any more when its turn came, or never delivered by the camera'

export class RecordingLoop {
  readonly #data: RecordingWorkerData
  readonly #post: (message: RecordingMessage) => void
  readonly #reader: LosslessFrameReader
  readonly #buffers: FrameBuffers
  readonly #dataset: DatasetRecording
  readonly #held: HeldFrames
  readonly #watch: ChangeWatch | undefined
  readonly #writing = new Set<Promise<void>>()
  /** What it waits for; `present`: to have read what is in the ring. Undefined: it has begun. */
  #waiting: 'present' | 'word' | 'change' | undefined
  /** Frames that were in the ring at the start and are not read yet. */
  #before: number
  /** When it began, by the frames' clock, and of when its first frame may be; undefined: with the first that comes. */
  #beganNs: bigint | undefined
  #keptSinceNs: bigint | undefined
  readonly #layoutSaved: PromiseWithResolvers<void>
  #preRecorded = 0
  #temperatureC: number | undefined
  /** Frames still to be read after a stop: those that were there when it was asked for. */
  #left: number | undefined
  #failure: CoverslipError | undefined

  private constructor(
    data: RecordingWorkerData,
    parts: {
      readonly buffers: FrameBuffers
      readonly dataset: DatasetRecording
      readonly layoutSaved: PromiseWithResolvers<void>
      readonly post: (message: RecordingMessage) => void
    },
  ) {
    this.#data = data
    this.#post = parts.post
    this.#buffers = parts.buffers
    this.#dataset = parts.dataset
    this.#layoutSaved = parts.layoutSaved
    const { ring, begin, preRecordS, temperatureC } = data
    this.#temperatureC = temperatureC
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

  /**
   * Begins the log: the next frame is recorded, or watched.
   * @param buffers none of which is in use: the loop's until `run` is over
   * @throws CoverslipError DATA_FOLDER
   */
  static async open(
    data: RecordingWorkerData,
    buffers: FrameBuffers,
    post: (message: RecordingMessage) => void,
  ): Promise<RecordingLoop> {
    const { folder, layout, storage } = data
    const latestMs = performance.now() + foundBefore.ms
    while (buffers.foundBytes < foundBefore.share * data.bufferBytes && performance.now() < latestMs)
      buffers.find(foundAtOnce)
    const layoutSaved = Promise.withResolvers<void>()
    const begun = (known: DatasetLayout) => {
      post({ type: 'layout', layout: known })
      return layoutSaved.promise
    }
    const dataset = await DatasetRecording.create({ folder, layout, storage, begun })
    return new RecordingLoop(data, { buffers, dataset, layoutSaved, post })
  }

  /** Records until it is full, stopped or fails, and completes the files. Failures are told, not thrown. */
  async run(): Promise<void> {
    const timer = setInterval(() => this.#tellCounts(), countsEveryMs)
    this.#post({ type: 'ready' })
    const finding = this.#findMemory()
    try {
      while (this.#goesOn()) await this.#step()
    } catch (error) {
      this.#fail(error)
    }
    this.#held.clear()
    await Promise.all(this.#writing)
    await finding
    let isComplete = false
    try {
      await this.#dataset.close()
      isComplete = true
    } catch (error) {
      this.#fail(error)
    }
    clearInterval(timer)
    const failure = this.#failure
    this.#post({
      type: 'finished',
      counts: this.#counts(),
      isComplete,
      memoryBytes: this.#buffers.bytes,
      foundBytes: this.#buffers.foundBytes,
      ...(failure === undefined ? {} : { error: failure.serialize() }),
    })
  }

  hear(message: Exclude<RecordingRequestMessage, { type: 'prepare' | 'record' }>): void {
    switch (message.type) {
      case 'begin':
        return this.#begin(message.sinceNs)
      case 'layoutSaved':
        return this.#layoutSaved.resolve()
      case 'setting':
        return this.#follow(this.#dataset.note(message.record))
      case 'temperature':
        this.#temperatureC = message.temperatureC
        return
      case 'stop':
        return this.stop()
    }
  }

  /** Frames that have been published by now are still recorded. */
  stop(): void {
    const hasBegun = this.#waiting === undefined || this.#waiting === 'present'
    this.#left ??= hasBegun ? this.#held.count + this.#reader.backlog : 0
    this.#reader.interrupt()
    this.#buffers.interrupt()
  }

  #goesOn(): boolean {
    const { frames } = this.#data.most
    const full = frames !== undefined && this.#dataset.added - this.#preRecorded >= frames
    return this.#failure === undefined && this.#left !== 0 && !full
  }

  /**
   * Memory that a slow disk will need is found while frames are recorded already, and none waits. When all of it is in use
   * it has been found: nothing turns in circles while the disk stands still.
   */
  async #findMemory(): Promise<void> {
    while (this.#goesOn() && !this.#buffers.full) {
      if (this.#reader.backlog === 0 && !this.#buffers.find(foundAtOnce)) return
      await turn()
    }
  }

  async #step(): Promise<void> {
    if (this.#buffers.full) return this.#buffers.wait()
    let buffer: Uint8Array<ArrayBuffer> | undefined
    const read = this.#reader.read((pixels, { pixelFormat, width, height }) => {
      const bytes = imageBytes(pixelFormat, width, height)
      if (buffer !== undefined) this.#buffers.giveBack(buffer)
      buffer = this.#bufferFor(bytes)
      buffer?.set(pixels.subarray(0, bytes))
    })
    if (read.kind === 'frame') {
      this.#take(read.info, buffer ?? new Uint8Array())
      return turn()
    }
    if (buffer !== undefined) this.#buffers.giveBack(buffer)
    if (read.kind === 'lost') return this.#takeLoss(read)
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

  #take(info: FrameInfo, pixels: Uint8Array<ArrayBuffer>): void {
    if (this.#waiting === undefined) return this.#record(info, pixels)
    if (!isLike(this.#held.newest, info)) this.#held.clear()
    this.#held.add({ kind: 'frame', info, pixels }, Math.floor(this.#data.heldBytes / pixels.length))
    if (this.#waiting === 'present' && --this.#before <= 0) this.#begin(process.hrtime.bigint())
    if (this.#watch?.changed(pixels, info) !== true) return
    this.#post({ type: 'begun', sinceNs: info.timestampNs })
    this.#begin(info.timestampNs)
  }

  #takeLoss({ first, last }: { readonly first: number; readonly last: number }): void {
    if (this.#waiting === undefined) this.#follow(this.#dataset.lost(first, last, whyLost))
    else this.#held.lost(first, last)
  }

  #begin(sinceNs: bigint): void {
    if (this.#waiting === undefined) return
    this.#waiting = undefined
    this.#beganNs = sinceNs
    this.#keptSinceNs = sinceNs - secondsAsNs(this.#data.preRecordS)
    for (const held of this.#held.takeSince(this.#keptSinceNs)) {
      if (held.kind === 'frame') this.#record(held.info, held.pixels)
      else this.#takeLoss(held)
    }
  }

  #record(info: FrameInfo, pixels: Uint8Array<ArrayBuffer>): void {
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
    const place = {
      index: { t: this.#dataset.added },
      ...(temperatureC === undefined ? {} : { temperatureC }),
    }
    const isFirst = this.#dataset.added === 0
    const { written, logged } = this.#dataset.add(info, pixels, place)
    this.#follow(written.finally(() => this.#buffers.giveBack(pixels)))
    // Whoever has started it waits for that.
    this.#follow(isFirst ? logged.then(() => this.#tellCounts()) : logged)
  }

  /** Sees to it that `work` is over before the end, and that its failure is told. */
  #follow(work: Promise<void>): void {
    const followed = work
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#writing.delete(followed))
    this.#writing.add(followed)
  }

  #fail(error: unknown): void {
    this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
    this.#reader.interrupt()
    this.#buffers.interrupt()
  }

  #tellCounts(): void {
    this.#post({ type: 'counts', counts: this.#counts() })
  }

  #counts(): RecordingCounts {
    const { heldBytes } = this.#data
    return {
      ...this.#dataset.counts,
      preRecorded: this.#preRecorded,
      // What was held has memory of its own.
      bufferBytes: Math.max(0, this.#buffers.bytesInUse - heldBytes),
      bufferLimitBytes: this.#buffers.bytes - heldBytes,
      change: this.#waiting === 'change' ? this.#watch?.level : undefined,
    }
  }
}

/** Whether two images may be in one file. */
function isLike(before: FrameInfo | undefined, { width, height, pixelFormat }: FrameInfo): boolean {
  return before?.width === width && before.height === height && before.pixelFormat === pixelFormat
}
