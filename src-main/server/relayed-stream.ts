import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { FrameHub } from '../live-view/frame-hub.ts'
import type { FrameTransport } from '../live-view/stream-outlet.ts'
import { type RelayedStreamName, type StoredNote, streamKeyOf } from './front-messages.ts'
import type { RedisBus } from './redis-bus.ts'

type Options = {
  readonly stream: RelayedStreamName
  readonly hub: FrameHub
  readonly bus: RedisBus
  /** At most so many frames per second go to Redis. */
  readonly framesPerSecond: number
}

/**
 * One stream on its way to Redis: one viewer of the FrameHub, however many fronts there are. A frame counts as
 * acknowledged when a front has fetched it or a later one, so the fastest front sets the pace and slower ones skip; and
 * nothing is stored while none fetches.
 */
export class RelayedStream implements FrameTransport {
  readonly #options: Options
  readonly #viewerId: string
  /** Sent by the hub and not acknowledged → whether Redis has it, and when it may be acknowledged at the earliest. */
  readonly #inFlight = new Map<number, { stored: boolean; readonly dueMs: number }>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** The newest frame that a front has. */
  #taken = -1
  /** When the last frame sent may be acknowledged at the earliest (`performance.now()`). */
  #dueMs = 0
  #closed = false

  constructor(options: Options) {
    this.#options = options
    this.#viewerId = `redis/${streamKeyOf(options.stream)}`
    const { detectorName, protocol } = options.stream
    options.hub.subscribe({
      viewerId: this.#viewerId,
      detectorName,
      transport: this,
      decodes: ['lz4', 'zstd', 'jpeg'],
      protocol,
    })
  }

  get stream(): RelayedStreamName {
    return this.#options.stream
  }

  send(_viewerIds: readonly string[], message: FrameMessage, packet: Uint8Array<ArrayBuffer>): void {
    const frameId = message.metadata.frame_id
    const { bus, stream, framesPerSecond } = this.#options
    // From when it was sent: so a frame after a pause does not bring one more at once with its acknowledgement.
    this.#dueMs = Math.max(performance.now(), this.#dueMs) + 1000 / framesPerSecond
    const entry = { stored: false, dueMs: this.#dueMs }
    this.#inFlight.set(frameId, entry)
    const note: StoredNote = { startedAt: stream.startedAt, message }
    bus
      .store(streamKeyOf(stream), JSON.stringify(note), packet)
      .then(() => bus.send('frame_note', { ...stream, frameId }))
      // A connection that was lost: the bus says so, and the relay ends this stream.
      .catch(() => undefined)
      .finally(() => {
        entry.stored = true
        this.#settle()
      })
  }

  report(): void {
    // It decodes everything there is.
  }

  /** A front has fetched frame `frameId`. */
  taken(frameId: number): void {
    this.#taken = Math.max(this.#taken, frameId)
    this.#settle()
  }

  /** A front is ready and knows of no frame: whatever was stored, its note was lost. */
  awaited(): void {
    for (const frameId of this.#inFlight.keys()) this.#taken = Math.max(this.#taken, frameId)
    this.#settle()
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#options.hub.unsubscribe(this.#viewerId, this.#options.stream.detectorName)
  }

  #settle(): void {
    for (const [frameId, { stored, dueMs }] of [...this.#inFlight]) {
      if (!stored || frameId > this.#taken) continue
      this.#inFlight.delete(frameId)
      this.#acknowledge(frameId, dueMs)
    }
  }

  /** Tells the hub, not before the next frame is due: at most two frames are ahead of the rate at any time. */
  #acknowledge(frameId: number, dueMs: number): void {
    const { hub, stream } = this.#options
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (!this.#closed) hub.acknowledge(this.#viewerId, stream.detectorName, frameId)
      },
      Math.max(0, Math.ceil(dueMs - performance.now())),
    )
    this.#timers.add(timer)
  }
}
