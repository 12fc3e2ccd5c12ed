import type { CoverslipError } from '../../src-shared/errors.ts'
import type {
  ChannelReply,
  ClockReply,
  FrameAck,
  Subscribe,
  Unsubscribe,
} from '../../src-shared/frame-channel.ts'
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import type { DeviceRegistry } from '../devices/device-registry.ts'
import type { FrameHub, FrameTransport } from './frame-hub.ts'

type Options = {
  /** Unique among all viewers of the engine. */
  readonly id: string
  readonly engine: { readonly devices: DeviceRegistry; readonly frames: FrameHub }
  readonly transport: FrameTransport
}

/** One viewer as the frame channel knows it, whatever carries its messages (see `src-shared/frame-channel.ts`). */
export class FrameViewer {
  readonly #options: Options
  /** What the viewer calls a detector (id or name) → its device id. */
  readonly #detectorIds = new Map<string, string>()

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws CoverslipError UNKNOWN_DEVICE. */
  subscribe({ detectorName, decodes = [] }: Subscribe): void {
    const { id: viewerId, engine, transport } = this.#options
    const { id } = engine.devices.camera(detectorName)
    this.#detectorIds.set(detectorName, id)
    engine.frames.subscribe({ viewerId, detectorName: id, transport, decodes })
  }

  unsubscribe({ detectorName }: Unsubscribe): void {
    this.#options.engine.frames.unsubscribe(this.#options.id, this.#idOf(detectorName))
  }

  /** One of a frame that the viewer does not have (late, repeated, made up) changes nothing. */
  acknowledge({ detectorName, frameId }: FrameAck): void {
    this.#options.engine.frames.acknowledge(this.#options.id, this.#idOf(detectorName), frameId)
  }

  clock(): ClockReply {
    return { hostTimeMs: unixNowMs() }
  }

  /** The viewer has gone. */
  leave(): void {
    this.#options.engine.frames.leave(this.#options.id)
  }

  #idOf(detectorName: string): string {
    return this.#detectorIds.get(detectorName) ?? detectorName
  }
}

/** How a refusal is told to a viewer. */
export function refusalReply({ code, message, hint }: CoverslipError): Extract<ChannelReply, { ok: false }> {
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) }
}
