import type { Socket } from 'socket.io'
import { z } from 'zod'
import type { Caller } from '../../../src-shared/access.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import type { Protocol } from '../../../src-shared/stream-params.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { FrameViewer } from '../../live-view/frame-viewer.ts'
import type { FrameTransport } from '../../live-view/stream-outlet.ts'
import { RateLimit } from '../../access/rate-limit.ts'
import { AckWindow, ackWindow } from './ack-window.ts'

/** Messages a client may send per second. */
const messagesPerSecond = 1000

/** Frames that may wait for the connection; an honest client has `ackWindow` at most. */
const mostWaiting = 3 * ackWindow

const ackSchema = z.object({ frame_id: z.number().int().optional() })

/** A stream that a client is shown. */
export type Shown = { readonly detectorName: string; readonly protocol: Protocol }

/** One socket.io client that speaks ImSwitch's protocol: it never subscribes, it gets what streams. */
export class ImSwitchClient {
  readonly id: string
  readonly callerId: string
  readonly #socket: Socket
  readonly #viewer: FrameViewer
  readonly #window = new AckWindow()
  /** Frames that wait because the connection is full. */
  #waiting = 0
  #shown: Shown | undefined

  constructor(options: {
    readonly socket: Socket
    readonly caller: Caller
    readonly engine: Engine
    readonly transport: FrameTransport
  }) {
    const { socket, engine, transport } = options
    const { id: callerId, label, role, address } = options.caller
    this.id = socket.id
    this.callerId = callerId
    this.#socket = socket
    const disconnect = () => socket.disconnect(true)
    this.#viewer = new FrameViewer({
      viewer: { id: socket.id, callerId, label, role, address, client: 'imswitch', disconnect },
      engine,
      transport,
    })
    const limit = new RateLimit(messagesPerSecond)
    socket.use((_event, next) => {
      if (limit.allows(performance.now())) next()
      else disconnect()
    })
    socket.conn.on('drain', () => {
      this.#waiting = 0
    })
    socket.on('frame_ack', (message: unknown) => {
      const ack = ackSchema.safeParse(message)
      // What is no acknowledgement acknowledges nothing.
      if (ack.success) this.#window.acknowledge(ack.data.frame_id)
    })
  }

  /** Goes over to another stream; undefined: to none. */
  show(stream: Shown | undefined): void {
    const before = this.#shown
    if (before?.detectorName === stream?.detectorName && before?.protocol === stream?.protocol) return
    this.#shown = stream
    if (before !== undefined) this.#viewer.unsubscribe(before)
    this.#window.reset()
    // WebRTC does not come this way.
    if (stream === undefined || stream.protocol === 'webrtc') return
    const { detectorName, protocol } = stream
    this.#viewer.subscribe({ detectorName, protocol, decodes: ['lz4', 'jpeg'] })
  }

  /** A frame has been handed to the connection. */
  sent(frameId: number, { detectorname: detectorName, metadata }: FrameMessage): void {
    this.#waiting += 1
    // It acknowledges what it cannot have got: only its memory here would grow.
    if (this.#waiting > mostWaiting) return this.disconnect()
    const shown = this.#shown
    const release = () => {
      // Frames of another stream may have the same numbers.
      if (this.#shown === shown) this.#viewer.acknowledge({ detectorName, frameId: metadata.frame_id })
    }
    this.#window.sent({ id: frameId, nowMs: performance.now(), release })
  }

  /** Forgets frames whose acknowledgement will not come, if the connection has taken all that was sent. */
  expire(nowMs: number): void {
    if (this.#socket.conn.transport.writable) this.#window.expire(nowMs)
  }

  disconnect(): void {
    this.#socket.disconnect(true)
  }

  leave(): void {
    this.#viewer.leave()
  }
}
