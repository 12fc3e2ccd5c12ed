/**
 * FrameHub: hands each encoded frame to the viewers that want it and are ready for it.
 *
 * A frame is encoded once; per viewer there is only bookkeeping. A viewer with `framesInFlight` unacknowledged frames
 * is not ready: it is passed over, and gets the newest frame there is as soon as it acknowledges one. So a slow viewer
 * skips frames and delays nobody. A packet's memory goes back to its encoder when the last viewer is done with it.
 */
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { FrameTransport, StreamOutlet } from './stream-outlet.ts'
import type { ViewerCounts } from './viewer-board.ts'

type Wish = {
  readonly viewerId: string
  readonly detectorName: string
  readonly transport: FrameTransport
  readonly decodes: readonly string[]
  /** Of which protocol, where a detector streams by several; absent: of the first. (WebRTC streams have no outlet.) */
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

  /** The viewer has gone; `dropped`: it was disconnected, because it took nothing any more. */
  leave(viewerId: string, { dropped = false }: { readonly dropped?: boolean } = {}): void {
    for (const { detectorName, ...wish } of [...this.#wishes.values()]) {
      if (wish.viewerId !== viewerId) continue
      if (dropped) this.#outletOf(viewerId, detectorName)?.drop(viewerId)
      this.unsubscribe(viewerId, detectorName)
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
    const outlet = this.#outlets
      .get(detectorName)
      ?.find((other) => protocol === undefined || other.protocol === protocol)
    outlet?.add(viewerId, transport, decodes)
  }
}

const wishKey = ({ viewerId, detectorName }: Pick<Wish, 'viewerId' | 'detectorName'>) =>
  `${viewerId}\n${detectorName}`
