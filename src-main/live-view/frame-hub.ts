/**
 * FrameHub: hands each encoded frame to the viewers that want it and are ready for it.
 *
 * A frame is encoded once; per viewer there is only bookkeeping. A viewer with `framesInFlight` unacknowledged frames
 * is not ready: it is passed over, and gets the newest frame there is as soon as it acknowledges one. So a slow viewer
 * skips frames and delays nobody. A packet's memory goes back to its encoder when the last viewer is done with it.
 */
import { CoverslipError } from '../../src-shared/errors.ts'
import { framesInFlight } from '../../src-shared/frame-channel.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { ViewerCounts } from './viewer-board.ts'

/** One encoded frame of a stream. */
export type EncodedFrame = {
  /** Running number of the stream's encoded frames. */
  readonly frameId: number
  readonly message: FrameMessage
  readonly packet: Uint8Array<ArrayBuffer>
  /** What a viewer must be able to decode, besides `none`. */
  readonly encoding: 'lz4' | 'zstd' | 'none' | 'jpeg'
  /** Called once when nobody uses the packet's memory any more. */
  recycle(): void
}

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

export type NetworkCounts = {
  readonly viewers: number
  readonly sent: number
  readonly skipped: number
  readonly bytes: number
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

/** A packet with a count of its users. */
class SharedPacket {
  readonly frame: EncodedFrame
  #users = 1
  #lost = false

  constructor(frame: EncodedFrame) {
    this.frame = frame
  }

  retain(): this {
    this.#users += 1
    return this
  }

  release(): void {
    this.#users -= 1
    if (this.#users === 0 && !this.#lost) this.frame.recycle()
  }

  /** A viewer left without saying that it is done: its transport may still hold the memory, so it is never reused. */
  forfeit(): void {
    this.#lost = true
    this.release()
  }
}

/** One stream's place in the hub. */
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

  constructor(options: {
    detectorName: string
    protocol: Protocol
    /** Called when the number of viewers, or whether any is ready, has changed. */
    audienceChanged(audience: StreamAudience): void
  }) {
    this.detectorName = options.detectorName
    this.protocol = options.protocol
    this.#audienceChanged = (audience) => options.audienceChanged(audience)
  }

  get counts(): NetworkCounts {
    return { viewers: this.#subscriptions.size, sent: this.#sent, skipped: this.#skipped, bytes: this.#bytes }
  }

  /** Takes the newest frame of the stream and sends it to all who are ready. */
  publish(frame: EncodedFrame): void {
    this.#latest?.release()
    const shared = new SharedPacket(frame)
    this.#latest = shared
    const groups = new Map<FrameTransport, string[]>()
    for (const subscription of this.#subscriptions.values()) {
      if (!this.#decodable(subscription, frame) || subscription.inFlight.size >= framesInFlight) continue
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
    const { frames, skipped, bytes } = subscription
    return { frames, skipped, bytes }
  }

  #forgetLatest(): void {
    this.#latest?.release()
    this.#latest = undefined
  }

  /** Sends the newest frame to a viewer that has room again and has not had it. */
  #catchUp(subscription: Subscription): void {
    const latest = this.#latest
    if (latest === undefined || subscription.inFlight.size >= framesInFlight) return
    if (latest.frame.frameId <= subscription.lastFrameId || !this.#decodable(subscription, latest.frame))
      return
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

  #decodable(subscription: Subscription, { encoding }: EncodedFrame): boolean {
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
    for (const { inFlight } of this.#subscriptions.values()) if (inFlight.size < framesInFlight) ready += 1
    const changed = (ready === 0) !== (this.#ready === 0)
    this.#ready = ready
    if (changed || options.always === true)
      this.#audienceChanged({ viewers: this.#subscriptions.size, ready })
  }
}

type Wish = {
  readonly viewerId: string
  readonly detectorName: string
  readonly transport: FrameTransport
  readonly decodes: readonly string[]
  /** Of which protocol, where a detector streams by several; absent: of the first that a hub viewer can have. */
  readonly protocol?: Protocol | undefined
}

/** All streams and all viewers. A viewer may subscribe before its detector streams; it is connected when it does. */
export class FrameHub {
  readonly #outlets = new Map<string, StreamOutlet[]>()
  readonly #wishes = new Map<string, Wish>()

  /** A stream begins. */
  open(outlet: StreamOutlet): void {
    const outlets = this.#outlets.get(outlet.detectorName) ?? []
    this.#outlets.set(outlet.detectorName, [...outlets, outlet])
    this.#connectAll(outlet.detectorName)
  }

  /** A stream ends; its viewers go over to another stream of the detector when there is one. */
  close(outlet: StreamOutlet): void {
    outlet.close()
    const outlets = (this.#outlets.get(outlet.detectorName) ?? []).filter((other) => other !== outlet)
    this.#outlets.set(outlet.detectorName, outlets)
    this.#connectAll(outlet.detectorName)
  }

  subscribe(wish: Wish): void {
    this.#wishes.set(wishKey(wish), wish)
    for (const outlet of this.#outlets.get(wish.detectorName) ?? []) outlet.remove(wish.viewerId)
    this.#connect(wish)
  }

  /** The stream that a subscriber gets now; undefined while it waits for one. */
  protocolOf(viewerId: string, detectorName: string): Protocol | undefined {
    return this.#outletOf(viewerId, detectorName)?.protocol
  }

  /** What a subscriber has been sent of the stream it gets now. */
  countsOf(viewerId: string, detectorName: string): ViewerCounts {
    return this.#outletOf(viewerId, detectorName)?.countsOf(viewerId) ?? { frames: 0, bytes: 0, skipped: 0 }
  }

  unsubscribe(viewerId: string, detectorName: string): void {
    this.#wishes.delete(wishKey({ viewerId, detectorName }))
    for (const outlet of this.#outlets.get(detectorName) ?? []) outlet.remove(viewerId)
  }

  /** The viewer has gone. */
  leave(viewerId: string): void {
    for (const wish of [...this.#wishes.values()]) {
      if (wish.viewerId === viewerId) this.unsubscribe(viewerId, wish.detectorName)
    }
  }

  /** False when the viewer had no such frame. */
  acknowledge(viewerId: string, detectorName: string, frameId: number): boolean {
    return (this.#outlets.get(detectorName) ?? []).some((outlet) => outlet.acknowledge(viewerId, frameId))
  }

  #outletOf(viewerId: string, detectorName: string): StreamOutlet | undefined {
    return this.#outlets.get(detectorName)?.find((outlet) => outlet.countsOf(viewerId) !== undefined)
  }

  /** Streams have come or gone: connects the detector's viewers that have none. */
  #connectAll(detectorName: string): void {
    for (const wish of this.#wishes.values()) if (wish.detectorName === detectorName) this.#connect(wish)
  }

  #connect({ viewerId, detectorName, transport, decodes, protocol }: Wish): void {
    if (this.#outletOf(viewerId, detectorName) !== undefined) return
    // WebRTC frames do not come through the hub.
    const outlet = this.#outlets
      .get(detectorName)
      ?.find((other) => (protocol === undefined ? other.protocol !== 'webrtc' : other.protocol === protocol))
    outlet?.add(viewerId, transport, decodes)
  }
}

const wishKey = ({ viewerId, detectorName }: Pick<Wish, 'viewerId' | 'detectorName'>) =>
  `${viewerId}\n${detectorName}`
