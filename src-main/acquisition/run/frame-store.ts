/**
 * Stores one camera's images of a plan. Each is copied once, from the ring into memory that was set apart before the
 * start; while all of that waits for the disk, the plan waits.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { NumberedFrameReader } from '../../frames/numbered-frame-reader.ts'
import { DatasetRecording } from '../recording/dataset-recording.ts'
import { FrameBuffers } from '../recording/frame-buffers.ts'
import type { StoreCounts, StoreMessage, StoreRequest, StoreWorkerData } from './store-messages.ts'

const countsEveryMs = 200

type Take = Extract<StoreRequest, { type: 'take' }>

export class FrameStore {
  readonly #post: (message: StoreMessage) => void
  readonly #buffers: FrameBuffers
  readonly #dataset: DatasetRecording
  readonly #layoutSaved: PromiseWithResolvers<void>
  readonly #timer: NodeJS.Timeout
  readonly #writing = new Set<Promise<void>>()
  #reader: NumberedFrameReader
  /** What was asked for, one after the other. */
  #turn: Promise<void> = Promise.resolve()
  #failure: CoverslipError | undefined

  private constructor(
    data: StoreWorkerData,
    parts: {
      readonly buffers: FrameBuffers
      readonly dataset: DatasetRecording
      readonly layoutSaved: PromiseWithResolvers<void>
      readonly post: (message: StoreMessage) => void
    },
  ) {
    this.#reader = new NumberedFrameReader(data.ring)
    this.#buffers = parts.buffers
    this.#dataset = parts.dataset
    this.#layoutSaved = parts.layoutSaved
    this.#post = parts.post
    this.#timer = setInterval(() => this.#post({ type: 'counts', counts: this.#counts() }), countsEveryMs)
  }

  /** Sets memory apart and begins the log. @throws CoverslipError DATA_FOLDER; INVALID_INPUT: not so much memory */
  static async open(data: StoreWorkerData, post: (message: StoreMessage) => void): Promise<FrameStore> {
    const { folder, layout, storage } = data
    const buffers = new FrameBuffers(data.bufferBytes)
    const layoutSaved = Promise.withResolvers<void>()
    const dataset = await DatasetRecording.create({
      folder,
      layout,
      storage,
      begun: (known) => {
        post({ type: 'layout', layout: known })
        return layoutSaved.promise
      },
    })
    return new FrameStore(data, { buffers, dataset, layoutSaved, post })
  }

  /** Does what is asked; resolves when all until this has been done. Failures are told, not thrown. */
  hear(request: StoreRequest): Promise<void> {
    // What is asked for before may wait for it.
    if (request.type === 'layoutSaved') {
      this.#layoutSaved.resolve()
      return this.#turn
    }
    this.#turn = this.#turn.then(() => this.#do(request)).catch((error: unknown) => this.#fail(error))
    return this.#turn
  }

  #do(request: Exclude<StoreRequest, { type: 'layoutSaved' }>): Promise<void> | void {
    switch (request.type) {
      case 'take':
        return this.#take(request)
      case 'note':
        return this.#failure === undefined ? this.#track(this.#dataset.note(request.record)) : undefined
      case 'ring':
        this.#reader = new NumberedFrameReader(request.ring)
        return
      case 'close':
        return this.#close()
    }
  }

  async #take({ number, sequence, place }: Take): Promise<void> {
    const buffer = await this.#bufferFor(sequence)
    const info =
      buffer === undefined
        ? undefined
        : this.#reader.take(sequence, (slot) => buffer.set(slot.subarray(0, buffer.length)))
    if (this.#failure !== undefined) return
    this.#post({ type: 'taken', number, result: info === undefined ? 'lost' : 'taken' })
    if (buffer === undefined) return
    if (info === undefined) return this.#buffers.giveBack(buffer)
    const { written, logged } = this.#dataset.add(info, buffer, place)
    this.#track(written.finally(() => this.#buffers.giveBack(buffer)))
    this.#track(logged)
  }

  /** Waits for memory for the frame; undefined: it is not in the ring any more, or nothing is taken any more. */
  async #bufferFor(sequence: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      const info = this.#reader.look(sequence)
      if (info === undefined || this.#failure !== undefined) return undefined
      const buffer = this.#buffers.take(imageBytes(info.pixelFormat, info.width, info.height))
      if (buffer !== undefined) return buffer
      await this.#buffers.wait()
    }
  }

  #track(written: Promise<void>): void {
    const writing = written
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = CoverslipError.from(error, 'DATA_FOLDER')
    this.#post({ type: 'failed', error: this.#failure.serialize() })
    this.#buffers.interrupt()
  }

  async #close(): Promise<void> {
    await Promise.all(this.#writing)
    let isComplete = false
    try {
      await this.#dataset.close()
      isComplete = true
    } catch (error) {
      this.#fail(error)
    }
    clearInterval(this.#timer)
    this.#post({ type: 'closed', counts: this.#counts(), isComplete })
  }

  #counts(): StoreCounts {
    const { written, incomplete, bytesWritten } = this.#dataset.counts
    return {
      written,
      incomplete,
      bytesWritten,
      bufferBytes: this.#buffers.bytesInUse,
      bufferLimitBytes: this.#buffers.bytes,
    }
  }
}
