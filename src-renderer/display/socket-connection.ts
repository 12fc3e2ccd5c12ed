/** Frames over socket.io, WebSocket only; reconnects and subscribes again by itself. */
import { io, type Socket } from 'socket.io-client'
import type { FrameAck, Subscribe, Unsubscribe } from '../../src-shared/frame-channel.ts'
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

/** How long the host may take to answer, ms. */
const answerTimeoutMs = 5000
/** Pause before a new attempt when the host has closed the connection on purpose, ms. */
const refusedPauseMs = 2000

export class SocketConnection implements FrameConnection {
  readonly #socket: Socket
  readonly #listener: ConnectionListener
  readonly #filter = new SubscriptionFilter()
  #detectorName: string | undefined
  #protocol: SocketProtocol | undefined
  #subscriptions = 0
  #reconnect: ReturnType<typeof setTimeout> | undefined

  constructor(url: string, path: string, listener: ConnectionListener) {
    this.#listener = listener
    this.#socket = io(url, {
      path,
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 300,
      reconnectionDelayMax: 3000,
    })
    listener.onConnection('connecting')
    this.#socket.on('connect', () => {
      listener.onConnection('connected')
      listener.onError(undefined)
      if (this.#detectorName !== undefined) this.#sendSubscribe(this.#detectorName)
    })
    this.#socket.on('disconnect', (reason) => {
      listener.onConnection('lost')
      // socket.io does not come back by itself when it was the server that closed.
      if (reason === 'io server disconnect')
        this.#reconnect = setTimeout(() => this.#socket.connect(), refusedPauseMs)
    })
    this.#socket.on('connect_error', (error) => {
      listener.onConnection('lost')
      listener.onError({
        code: 'DEVICE_UNAVAILABLE',
        message: `Coverslip at ${url} does not answer (${error.message}).`,
        hint: 'Check that it runs and that this computer can reach it; the page connects by itself when it does.',
      })
    })
    this.#socket.on('frame', (message: unknown, packet: unknown) => {
      if (!isFrameMessage(message) || !(packet instanceof ArrayBuffer)) {
        listener.onError(errorOf(undefined))
      } else if (this.#filter.accepts(message)) {
        listener.onFrame(message, new Uint8Array(packet))
      }
    })
    this.#socket.on('channel_error', (error: unknown) => listener.onError(errorOf(error)))
  }

  subscribe({ detectorName, protocol }: SocketSubscription): void {
    const before = this.#detectorName
    if (before === detectorName && this.#protocol === protocol) return
    this.#detectorName = detectorName
    this.#protocol = protocol
    if (before !== detectorName) this.#filter.begin()
    this.#listener.onSubscribe()
    this.#listener.onError(undefined)
    if (!this.#socket.connected) return
    if (before !== undefined && before !== detectorName)
      this.#socket.emit('unsubscribe', { detectorName: before } satisfies Unsubscribe)
    if (detectorName !== undefined) this.#sendSubscribe(detectorName)
  }

  acknowledge(frameId: number): void {
    if (this.#detectorName === undefined || !this.#socket.connected) return
    this.#socket.emit('frame_ack', { detectorName: this.#detectorName, frameId } satisfies FrameAck)
  }

  async hostTimeMs(): Promise<number | undefined> {
    if (!this.#socket.connected) return undefined
    try {
      const reply: unknown = await this.#socket.timeout(answerTimeoutMs).emitWithAck('clock')
      return hostTimeOf(reply)
    } catch {
      // No answer in time: the latency stays unknown, and a lost connection is reported by `disconnect`.
      return undefined
    }
  }

  close(): void {
    clearTimeout(this.#reconnect)
    this.#socket.disconnect()
  }

  #sendSubscribe(detectorName: string): void {
    const subscription = ++this.#subscriptions
    this.#listener.onSubscribe()
    const request: Subscribe = {
      detectorName,
      decodes: [...decodes],
      ...(this.#protocol === undefined ? {} : { protocol: this.#protocol }),
    }
    this.#socket
      .timeout(answerTimeoutMs)
      .emit('subscribe', request, (timeout: Error | null, reply: unknown) => {
        if (subscription !== this.#subscriptions) return
        this.#filter.confirmed()
        if (timeout === null) this.#listener.onError(errorOf(reply))
      })
  }
}
