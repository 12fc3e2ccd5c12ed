/**
 * Live frames over a message port: the messages of `src-shared/frame-channel.ts`, for one viewer. Knows no Electron,
 * so that any pair of ports will do.
 */
import type { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import {
  type ChannelReply,
  type ClockReply,
  type PortMessage,
  portRequestSchema,
} from '../../src-shared/frame-channel.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import { localCaller } from '../access/local-caller.ts'
import type { Engine } from '../engine/create-engine.ts'
import type { FrameTransport } from '../live-view/stream-outlet.ts'
import { FrameViewer, refusalReply } from '../live-view/frame-viewer.ts'
import type { ViewerIdentity } from '../live-view/viewer-board.ts'

/** One end of a channel whose other end is in the page. */
export interface FramePort {
  /** Copies the message; the packet's memory is free again when this returns. */
  postMessage(message: PortMessage): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

type PortRequest = z.infer<typeof portRequestSchema>

type Options = {
  readonly port: FramePort
  readonly engine: Pick<Engine, 'devices' | 'frames' | 'viewers'>
  /** Unique among all viewers of the engine. */
  readonly viewerId: string
}

/** Bad messages that are answered per second; more are dropped without a word. */
const complaintsPerSecond = 20

/** One display of the desktop window as a viewer. */
export class PortFrameChannel implements FrameTransport {
  readonly #port: FramePort
  readonly #viewer: FrameViewer
  #closed = false
  #complaints = 0
  #complaintsSinceMs = 0

  constructor({ port, engine, viewerId }: Options) {
    this.#port = port
    const viewer: ViewerIdentity = {
      ...localCaller,
      id: viewerId,
      callerId: localCaller.id,
      client: 'app',
      disconnect: () => this.close(),
    }
    this.#viewer = new FrameViewer({ viewer, engine, transport: this })
    port.onMessage((message) => this.#receive(message))
    port.onClose(() => this.close())
  }

  /** Sends a frame; called by the hub. */
  send(_viewerIds: readonly string[], message: FrameMessage, packet: Uint8Array<ArrayBuffer>): void {
    if (!this.#closed) this.#port.postMessage({ type: 'frame', message, packet })
  }

  /** Says why there are no frames; called by the hub. */
  report(_viewerId: string, error: CoverslipError): void {
    if (!this.#closed) this.#port.postMessage({ type: 'channel_error', error: refusalReply(error) })
  }

  /** Ends the viewer's subscriptions and closes the port. Safe to call more than once. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#viewer.leave()
    this.#port.close()
  }

  #receive(message: unknown): void {
    if (this.#closed) return
    const parsed = portRequestSchema.safeParse(message)
    if (!parsed.success) return this.#complain(message, parsed.error)
    const request = parsed.data
    if (request.type === 'frame_ack') return this.#viewer.acknowledge(request)
    this.#reply(request.id, this.#answer(request))
  }

  #answer(request: Exclude<PortRequest, { type: 'frame_ack' }>): ChannelReply | ClockReply {
    if (request.type === 'clock') return this.#viewer.clock()
    try {
      if (request.type === 'subscribe') this.#viewer.subscribe(request)
      else this.#viewer.unsubscribe(request)
      return { ok: true }
    } catch (error) {
      return refusalReply(CoverslipError.from(error))
    }
  }

  #complain(message: unknown, { issues }: z.ZodError): void {
    const now = performance.now()
    if (now - this.#complaintsSinceMs > 1000) {
      this.#complaintsSinceMs = now
      this.#complaints = 0
    }
    this.#complaints += 1
    if (this.#complaints > complaintsPerSecond) return
    const problem = issues
      .map(({ path, message: why }) => `${path.join('.') || 'message'}: ${why}`)
      .join('; ')
    const error = refusalReply(
      new CoverslipError('INVALID_INPUT', `Frame channel: ${problem}`, {
        hint: 'The messages are described in src-shared/frame-channel.ts.',
      }),
    )
    const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : undefined
    if (typeof id === 'number') this.#reply(id, error)
    else this.#port.postMessage({ type: 'channel_error', error })
  }

  #reply(id: number, reply: ChannelReply | ClockReply): void {
    this.#port.postMessage({ type: 'reply', id, reply })
  }
}
