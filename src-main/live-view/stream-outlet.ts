import { CoverslipError } from '../../src-shared/errors.ts'
import { framesInFlight } from '../../src-shared/frame-channel.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import { type EncodedFrame, type FrameEncoding, SharedPacket } from './encoded-frame.ts'
import type { ViewerCounts } from './viewer-board.ts'

/** A way to viewers; all viewers of one transport get a frame by one call, so that it is serialised once. */
export interface FrameTransport {
  send(viewerIds: readonly string[], message: FrameMessage, packet: Uint8Array<ArrayBuffer>): void
  /** Tells one viewer why it gets nothing. */
  report(viewerId: string, error: CoverslipError): void
}

/** What a stream knows of its viewers. */
export type StreamAudience = {
  readonly viewers: number
  /** Viewers that could take a frame now. */
  readonly ready: number
}

/** What has gone out to a stream's viewers since it started; `viewers`: now. */
export type NetworkCounts = {
  readonly viewers: number
  readonly sent: number
  readonly skipped: number
  readonly bytes: number
  /** Viewers that were disconnected because they took nothing any more. */
  readonly dropped: number
}

type Subscription = {
  readonly viewerId: string
  readonly transport: FrameTransport
  readonly decodes: ReadonlySet<string>
  readonly inFlight: Map<number, SharedPacket>
  lastFrameId: number
  frames: number
  skipped: number
  bytes: number
  /** Encoding this viewer was told it cannot decode. */
  reported: string | undefined
}

/**
 * One stream's place in the hub: its viewers, and what each of them has of it.
 *
 * `encoding` says ahead what the stream's frames will need: a viewer that cannot decode them is told, and does not
 * count as ready, as nothing should be encoded for it alone.
 */
export class StreamOutlet {
  readonly detectorName: string
  readonly protocol: Protocol
  readonly #audienceChanged: (audience: StreamAudience) => void
  readonly #subscriptions = new Map<string, Subscription>()
  #latest: SharedPacket | undefined
  #ready = 0
  #sent = 0
  #skipped = 0
  #bytes = 0
  #dropped = 0
  #encoding: FrameEncoding

  constructor(options: {
    detectorName: string
    protocol: Protocol
    /** Absent: not known ahead, so that every viewer counts as ready. */
    encoding?: FrameEncoding
    /** Called when the number of viewers, or whether any is ready, has changed. */
    audienceChanged(audience: StreamAudience): void
  }) {
    this.detectorName = options.detectorName
    this.protocol = options.protocol
    this.#encoding = options.encoding ?? 'none'
    this.#audienceChanged = (audience) => options.audienceChanged(audience)
  }

  get counts(): NetworkCounts {
    return {
      viewers: this.#subscriptions.size,
      sent: this.#sent,
      skipped: this.#skipped,
      bytes: this.#bytes,
      dropped: this.#dropped,
    }
  }

  /** The stream's parameters have changed: from now on its frames are encoded so. */
  set encoding(encoding: FrameEncoding) {
    this.#encoding = encoding
    this.#tellAudience()
  }

  /** Takes the newest frame of the stream and sends it to all who are ready. */
  publish(frame: EncodedFrame): void {
    // It was being encoded when the last viewer left.
    if (this.#subscriptions.size === 0) return new SharedPacket(frame).release()
    this.#latest?.release()
    const shared = new SharedPacket(frame)
    this.#latest = shared
    const groups = new Map<FrameTransport, string[]>()
    for (const subscription of this.#subscriptions.values()) {
      if (!this.#decodable(subscription, frame.encoding) || subscription.inFlight.size >= framesInFlight)
        continue
      this.#take(subscription, shared)
      const group = groups.get(subscription.transport)
      if (group === undefined) groups.set(subscription.transport, [subscription.viewerId])
      else group.push(subscription.viewerId)
    }
    for (const [transport, viewerIds] of groups) transport.send(viewerIds, frame.message, frame.packet)
    this.#tellAudience()
  }

  add(viewerId: string, transport: FrameTransport, decodes: readonly string[]): void {
    this.remove(viewerId)
    const subscription: Subscription = {
      viewerId,
      transport,
      decodes: new Set(decodes),
      inFlight: new Map(),
      lastFrameId: this.#latest === undefined ? -1 : this.#latest.frame.frameId - 1,
      frames: 0,
      skipped: 0,
      bytes: 0,
      reported: undefined,
    }
    this.#subscriptions.set(viewerId, subscription)
    this.#catchUp(subscription)
    this.#tellAudience({ always: true })
  }

  remove(viewerId: string): void {
    const subscription = this.#subscriptions.get(viewerId)
    if (subscription === undefined) return
    this.#subscriptions.delete(viewerId)
    for (const packet of subscription.inFlight.values()) packet.forfeit()
    // Nothing is encoded while nobody watches: the next viewer must not get a frame of long ago.
    if (this.#subscriptions.size === 0) this.#forgetLatest()
    this.#tellAudience({ always: true })
  }

  /** Removes a viewer that takes nothing any more. */
  drop(viewerId: string): void {
    if (this.#subscriptions.has(viewerId)) this.#dropped += 1
    this.remove(viewerId)
  }

  /** The viewer is done with a frame. False when it did not have it: late, repeated or made up. */
  acknowledge(viewerId: string, frameId: number): boolean {
    const subscription = this.#subscriptions.get(viewerId)
    const packet = subscription?.inFlight.get(frameId)
    if (subscription === undefined || packet === undefined) return false
    subscription.inFlight.delete(frameId)
    packet.release()
    this.#catchUp(subscription)
    this.#tellAudience()
    return true
  }

  /** The stream has ended. */
  close(): void {
    for (const viewerId of [...this.#subscriptions.keys()]) this.remove(viewerId)
    this.#forgetLatest()
  }

  /** What a viewer has been sent of this stream. */
  countsOf(viewerId: string): ViewerCounts | undefined {
    const subscription = this.#subscriptions.get(viewerId)
    if (subscription === undefined) return undefined
    const { frames, bytes, lastFrameId } = subscription
    // Who takes nothing at the moment skips all the same: the frames that came before the newest.
    const newestId = this.#latest?.frame.frameId ?? lastFrameId
    const skipping = frames === 0 ? 0 : Math.max(0, newestId - lastFrameId - 1)
    return { frames, skipped: subscription.skipped + skipping, bytes }
  }

  #forgetLatest(): void {
    this.#latest?.release()
    this.#latest = undefined
  }

  /** Sends the newest frame to a viewer that has room again and has not had it. */
  #catchUp(subscription: Subscription): void {
    const latest = this.#latest
    if (latest === undefined || subscription.inFlight.size >= framesInFlight) return
    if (latest.frame.frameId <= subscription.lastFrameId) return
    if (!this.#decodable(subscription, latest.frame.encoding)) return
    this.#take(subscription, latest)
    subscription.transport.send([subscription.viewerId], latest.frame.message, latest.frame.packet)
  }

  #take(subscription: Subscription, packet: SharedPacket): void {
    const { frameId, packet: bytes } = packet.frame
    const skipped = subscription.lastFrameId < 0 ? 0 : frameId - subscription.lastFrameId - 1
    this.#skipped += skipped
    subscription.skipped += skipped
    subscription.frames += 1
    subscription.bytes += bytes.byteLength
    subscription.lastFrameId = frameId
    subscription.inFlight.set(frameId, packet.retain())
    this.#sent += 1
    this.#bytes += bytes.byteLength
  }

  #decodable(subscription: Subscription, encoding: FrameEncoding): boolean {
    if (encoding === 'none' || subscription.decodes.has(encoding)) return true
    if (subscription.reported !== encoding) {
      subscription.reported = encoding
      subscription.transport.report(
        subscription.viewerId,
        new CoverslipError(
          'PROTOCOL_UNAVAILABLE',
          `${this.detectorName} streams ${encoding}, which this viewer does not decode`,
          {
            hint: 'Choose another compression or protocol, or use a viewer that says it decodes this one.',
          },
        ),
      )
    }
    return false
  }

  #tellAudience(options: { always?: boolean } = {}): void {
    let ready = 0
    for (const subscription of this.#subscriptions.values()) {
      const decodable = this.#decodable(subscription, this.#encoding)
      if (decodable && subscription.inFlight.size < framesInFlight) ready += 1
    }
    const changed = (ready === 0) !== (this.#ready === 0)
    this.#ready = ready
    if (changed || options.always === true)
      this.#audienceChanged({ viewers: this.#subscriptions.size, ready })
  }
}
