/**
 * Between the connection and the screen: the newest frame wins.
 *
 * One frame is decoded and waits to be drawn; one waits undecoded, and a newer one takes its place, so that no time is
 * spent on frames that nobody sees. A frame is acknowledged when it is ready to be drawn, so that the next one travels
 * meanwhile; one that was replaced, when something is drawn again. So a host with a faster camera sends at most two
 * frames for each that is drawn, and none while nothing is drawn because the page is hidden.
 */
import type { DecodedImage, ReceivedFrame } from './image-decoder.ts'

type Options = {
  decode(frame: ReceivedFrame): DecodedImage | Promise<DecodedImage>
  acknowledge(frameId: number): void
  /** A frame is ready: `take` it soon. */
  onReady(): void
  /** A frame could not be decoded. */
  onFailure(error: unknown): void
  onDecoded(decodeMs: number): void
  /** A frame was replaced before it was drawn. */
  onDropped(): void
  /** Monotonic clock, ms. */
  now(): number
}

export class FrameQueue {
  readonly #options: Options
  #waiting: ReceivedFrame | undefined
  #ready: DecodedImage | undefined
  /** Replaced since something was drawn. */
  #owed: number[] = []
  #decoding = false
  /** Counts resets: what was begun before one is void. */
  #generation = 0

  constructor(options: Options) {
    this.#options = options
  }

  push(frame: ReceivedFrame): void {
    const replaced = this.#waiting
    this.#waiting = frame
    if (replaced !== undefined) {
      this.#options.onDropped()
      this.#owed.push(replaced.message.metadata.frame_id)
    }
    this.decodeNext()
  }

  /** The frame to draw next, if there is one; its user releases it. Call `decodeNext` once there is time for it. */
  take(): DecodedImage | undefined {
    const image = this.#ready
    this.#ready = undefined
    for (const frameId of this.#owed) this.#options.acknowledge(frameId)
    this.#owed = []
    // The browser decodes JPEGs in another thread: while this image is drawn.
    if (this.#waiting?.message.format === 'jpeg') this.decodeNext()
    return image
  }

  /** Begins to decode the frame that waits, unless one is ready or being decoded. */
  decodeNext(): void {
    const frame = this.#waiting
    if (frame === undefined || this.#ready !== undefined || this.#decoding) return
    this.#waiting = undefined
    const startedMs = this.#options.now()
    try {
      const decoded = this.#options.decode(frame)
      if (decoded instanceof Promise) void this.#await(frame, decoded, startedMs)
      else this.#finish(decoded, startedMs)
    } catch (error) {
      this.#fail(frame, error)
    }
  }

  /** Forgets all frames, without acknowledging them: the subscription that they came by is over. */
  reset(): void {
    this.#generation += 1
    this.#waiting = undefined
    this.#ready?.release()
    this.#ready = undefined
    this.#owed = []
    this.#decoding = false
  }

  async #await(frame: ReceivedFrame, decoded: Promise<DecodedImage>, startedMs: number): Promise<void> {
    const generation = this.#generation
    this.#decoding = true
    try {
      const image = await decoded
      if (generation !== this.#generation) return image.release()
      this.#decoding = false
      this.#finish(image, startedMs)
    } catch (error) {
      if (generation !== this.#generation) return
      this.#decoding = false
      this.#fail(frame, error)
    }
  }

  #finish(image: DecodedImage, startedMs: number): void {
    this.#ready = image
    this.#options.onDecoded(this.#options.now() - startedMs)
    this.#options.acknowledge(image.message.metadata.frame_id)
    this.#options.onReady()
  }

  #fail(frame: ReceivedFrame, error: unknown): void {
    this.#options.acknowledge(frame.message.metadata.frame_id)
    this.#options.onFailure(error)
    this.decodeNext()
  }
}
