/** Frames over a MessagePort, in the desktop window. */
import type { PortRequest } from '../../src-shared/frame-channel.ts'
import { isFrameMessage } from '../../src-shared/frames/frame-message.ts'
import {
  type ConnectionListener,
  decodes,
  errorOf,
  type FrameConnection,
  hostTimeOf,
  type SocketProtocol,
  type SocketSubscription,
  SubscriptionFilter,
} from './frame-connection.ts'

export class PortConnection implements FrameConnection {
  readonly #port: MessagePort
  readonly #listener: ConnectionListener
  readonly #filter = new SubscriptionFilter()
  readonly #replies = new Map<number, (reply: unknown) => void>()
  #nextId = 0
  #detectorName: string | undefined
  #protocol: SocketProtocol | undefined
  #subscriptions = 0

  constructor(port: MessagePort, listener: ConnectionListener) {
    this.#port = port
    this.#listener = listener
    port.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data))
    port.addEventListener('close', () => listener.onConnection('lost'))
    port.start()
    // Not before the caller has this object.
    queueMicrotask(() => listener.onConnection('connected'))
  }

  subscribe({ detectorName, protocol }: SocketSubscription): void {
    const before = this.#detectorName
    if (before === detectorName && this.#protocol === protocol) return
    this.#detectorName = detectorName
    this.#protocol = protocol
    const subscription = ++this.#subscriptions
    if (before !== detectorName) this.#filter.begin()
    this.#listener.onSubscribe()
    this.#listener.onError(undefined)
    if (before !== undefined && before !== detectorName)
      this.#send({ type: 'unsubscribe', id: this.#nextId++, detectorName: before })
    if (detectorName === undefined) return
    const wish = { detectorName, decodes: [...decodes], ...(protocol === undefined ? {} : { protocol }) }
    this.#ask({ type: 'subscribe', id: this.#nextId++, ...wish }, (reply) => {
      if (subscription !== this.#subscriptions) return
      this.#filter.confirmed()
      this.#listener.onError(errorOf(reply))
    })
  }

  acknowledge(frameId: number): void {
    if (this.#detectorName === undefined) return
    this.#send({ type: 'frame_ack', detectorName: this.#detectorName, frameId })
  }

  hostTimeMs(): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#ask({ type: 'clock', id: this.#nextId++ }, (reply) => resolve(hostTimeOf(reply)))
    })
  }

  close(): void {
    this.#port.close()
  }

  #ask(request: Exclude<PortRequest, { type: 'frame_ack' }>, onReply: (reply: unknown) => void): void {
    this.#replies.set(request.id, onReply)
    this.#send(request)
  }

  #send(request: PortRequest): void {
    this.#port.postMessage(request)
  }

  #receive(data: unknown): void {
    if (typeof data !== 'object' || data === null || !('type' in data)) return
    if (data.type === 'frame' && 'message' in data && 'packet' in data)
      this.#receiveFrame(data.message, data.packet)
    if (data.type === 'reply' && 'id' in data && 'reply' in data && typeof data.id === 'number') {
      const onReply = this.#replies.get(data.id)
      this.#replies.delete(data.id)
      onReply?.(data.reply)
    }
    if (data.type === 'channel_error' && 'error' in data) this.#listener.onError(errorOf(data.error))
  }

  #receiveFrame(message: unknown, packet: unknown): void {
    if (!isFrameMessage(message) || !isBytes(packet)) this.#listener.onError(errorOf(undefined))
    else if (this.#filter.accepts(message)) this.#listener.onFrame(message, packet)
  }
}

/** Whatever comes through a port was copied: its buffer is never shared. */
function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer
}
