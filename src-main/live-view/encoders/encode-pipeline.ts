import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { BinaryEncoder } from './binary-encoder.ts'
import { describeFrame, type FrameParts } from './describe-frame.ts'
import type { EncoderParams, Packet } from './frame-encoder.ts'
import { FrameMeter } from './frame-meter.ts'
import { JpegEncoder } from './jpeg-encoder.ts'
import { PacketPool } from './packet-pool.ts'
import { WorkArea } from './work-area.ts'

/** A frame ready to be sent: the two parts of the message `frame`. */
export type EncodedFrame = Packet & { readonly message: FrameMessage }

/**
 * Encodes the frames of one stream. While the thread pool compresses one frame, the next can be copied, filtered and
 * measured on the calling thread: there are two work areas. Frames come out in the order in which they went in.
 *
 * ```ts
 * await pipeline.room()
 * const info = reader.take((pixels, info) => pipeline.load(pixels, info))
 * if (info !== undefined) pipeline.encode(info).then(send, report)
 * ```
 */
export class EncodePipeline {
  /** Where packets come from, and go back to when they have been sent. */
  readonly pool = new PacketPool()
  /** Apply from the next `load` on; the protocol may change, too. */
  params: EncoderParams

  readonly #detectorName: string
  readonly #binary = new BinaryEncoder(this.pool)
  readonly #jpeg = new JpegEncoder(this.pool)
  readonly #meter = new FrameMeter()
  readonly #free = [new WorkArea(), new WorkArea()]
  readonly #waiting: (() => void)[] = []
  #loaded: Loaded | undefined
  #last: Promise<unknown> = Promise.resolve()
  #nextId = 0

  constructor(options: { readonly detectorName: string; readonly params: EncoderParams }) {
    this.#detectorName = options.detectorName
    this.params = options.params
  }

  /** Whether another frame can be loaded now. */
  get hasRoom(): boolean {
    return this.#loaded !== undefined || this.#free.length > 0
  }

  /** Resolves when another frame can be loaded. */
  async room(): Promise<void> {
    if (!this.hasRoom) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /**
   * Copies out of the ring what will be encoded: the callback for `LiveFrameReader.take`, which calls it again when
   * the frame was overwritten meanwhile.
   * @throws Error when there is no room.
   */
  load(pixels: Uint8Array, info: FrameInfo): void {
    const area = this.#loaded?.area ?? this.#free.pop()
    if (area === undefined) throw new Error('load() while all work areas are busy')
    const { params } = this
    this.#loaded = { area, params, startedMs: performance.now() }
    area.load(pixels, info, params)
  }

  /**
   * Encodes what `load` copied. Resolves after all earlier frames have.
   * @throws CoverslipError (by rejection) when this frame cannot be encoded; the next may all the same.
   */
  encode(info: FrameInfo): Promise<EncodedFrame> {
    if (this.#loaded === undefined) throw new Error('encode() without load()')
    const { area, params, startedMs } = this.#loaded
    this.#loaded = undefined
    const encoded = this.#inArea(area, info, params)
    const result = this.#inOrder(this.#last, encoded, startedMs)
    this.#last = result.catch(() => undefined)
    return result
  }

  async #inArea(
    area: WorkArea,
    info: FrameInfo,
    params: EncoderParams,
  ): Promise<Omit<FrameParts, 'frameId' | 'encodeMs'>> {
    const capturedMs = unixNowMs() - Number(process.hrtime.bigint() - info.timestampNs) / 1e6
    try {
      const image = area.prepare(this.#meter)
      const captured = { unixMs: capturedMs }
      const packet =
        params.protocol === 'binary'
          ? await this.#binary.encode(image, params, captured)
          : await this.#jpeg.encode(image, params, captured)
      return { detectorName: this.#detectorName, packet, image, info, params, capturedMs }
    } catch (error) {
      throw CoverslipError.from(error)
    } finally {
      this.#free.push(area)
      this.#waiting.shift()?.()
    }
  }

  async #inOrder(
    before: Promise<unknown>,
    encoded: Promise<Omit<FrameParts, 'frameId' | 'encodeMs'>>,
    startedMs: number,
  ): Promise<EncodedFrame> {
    const [parts] = await Promise.all([encoded, before])
    const { buffer, bytes } = parts.packet
    const message = describeFrame({
      ...parts,
      frameId: this.#nextId++,
      encodeMs: performance.now() - startedMs,
    })
    return { buffer, bytes, message }
  }
}

/** A copied frame with the parameters it was copied for. */
type Loaded = { readonly area: WorkArea; readonly params: EncoderParams; readonly startedMs: number }
