import type { CoverslipError } from '../../src-shared/errors.ts'
import type {
  ChannelReply,
  ClockReply,
  FrameAck,
  Subscribe,
  Unsubscribe,
} from '../../src-shared/frame-channel.ts'
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import type { FrameHub } from './frame-hub.ts'
import type { FrameTransport } from './stream-outlet.ts'
import type { ViewerBoard, ViewerIdentity } from './viewer-board.ts'

/** Where a viewer's frames come from: an engine, or a front server that relays one's. */
export type FrameSource = {
  readonly devices: {
    /** The camera of this id or name. @throws CoverslipError UNKNOWN_DEVICE. */
    camera(name: string): { readonly id: string }
  }
  readonly frames: FrameHub
  readonly viewers: ViewerBoard
}

type Options = {
  readonly viewer: ViewerIdentity
  readonly engine: FrameSource
  readonly transport: FrameTransport
  /** Unix time of the computer that the frames' times are of, ms; absent: of this one. */
  readonly hostTimeMs?: () => number
}

/** One viewer as the frame channel knows it, whatever carries its messages (see `src-shared/frame-channel.ts`). */
export class FrameViewer {
  readonly #options: Options
  /** What the viewer calls a detector (id or name) → its device id. */
  readonly #detectorIds = new Map<string, string>()
  /** Device id → what ends the entry on the board. */
  readonly #watching = new Map<string, () => void>()

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws CoverslipError UNKNOWN_DEVICE. */
  subscribe({ detectorName, decodes = [], protocol }: Subscribe): void {
    const { viewer, engine, transport } = this.#options
    const { devices, frames, viewers } = engine
    const { id } = devices.camera(detectorName)
    this.#detectorIds.set(detectorName, id)
    frames.subscribe({ viewerId: viewer.id, detectorName: id, transport, decodes, protocol })
    this.#watching.get(id)?.()
    const leave = viewers.join({
      viewer,
      detectorName: id,
      protocol: () => frames.protocolOf(viewer.id, id),
      counts: () => frames.countsOf(viewer.id, id),
    })
    this.#watching.set(id, leave)
  }

  unsubscribe({ detectorName }: Unsubscribe): void {
    const id = this.#idOf(detectorName)
    this.#options.engine.frames.unsubscribe(this.#options.viewer.id, id)
    this.#watching.get(id)?.()
    this.#watching.delete(id)
  }

  /** One of a frame that the viewer does not have (late, repeated, made up) changes nothing. */
  acknowledge({ detectorName, frameId }: FrameAck): void {
    this.#options.engine.frames.acknowledge(this.#options.viewer.id, this.#idOf(detectorName), frameId)
  }

  clock(): ClockReply {
    return { hostTimeMs: this.#options.hostTimeMs?.() ?? unixNowMs() }
  }

  /** The viewer has gone; `dropped`: it was disconnected, because it took nothing any more. */
  leave(options: { readonly dropped?: boolean } = {}): void {
    this.#options.engine.frames.leave(this.#options.viewer.id, options)
    for (const leave of this.#watching.values()) leave()
    this.#watching.clear()
  }

  #idOf(detectorName: string): string {
    return this.#detectorIds.get(detectorName) ?? detectorName
  }
}

/** How a refusal is told to a viewer. */
export function refusalReply({ code, message, hint }: CoverslipError): Extract<ChannelReply, { ok: false }> {
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) }
}
