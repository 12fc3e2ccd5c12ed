/** A SocketConnection in a worker of its own, see connection-worker.ts. */
import type { ConnectionEvent, ConnectionRequest } from './connection-messages.ts'
import type { ConnectionListener, FrameConnection, SocketSubscription } from './frame-connection.ts'

export class WorkerConnection implements FrameConnection {
  readonly #worker = new Worker(new URL('./connection-worker.ts', import.meta.url), { type: 'module' })
  readonly #listener: ConnectionListener
  readonly #replies = new Map<number, (hostTimeMs: number | undefined) => void>()
  #nextId = 0
  #epoch = 0

  constructor(url: string, path: string, listener: ConnectionListener) {
    this.#listener = listener
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ConnectionEvent>) => this.#receive(data))
    this.#worker.addEventListener('error', ({ message }) => {
      listener.onConnection('lost')
      listener.onError({
        code: 'INTERNAL',
        message: `The connection has failed (${message}).`,
        hint: 'Reload the page.',
      })
    })
    this.#post({ type: 'open', url, path })
  }

  subscribe(subscription: SocketSubscription): void {
    this.#epoch += 1
    this.#listener.onSubscribe()
    this.#post({ type: 'subscribe', subscription, epoch: this.#epoch })
  }

  acknowledge(frameId: number): void {
    this.#post({ type: 'acknowledge', frameId })
  }

  hostTimeMs(): Promise<number | undefined> {
    return new Promise((resolve) => {
      const id = this.#nextId++
      this.#replies.set(id, resolve)
      this.#post({ type: 'host-time', id })
    })
  }

  close(): void {
    this.#post({ type: 'close' })
  }

  #receive(event: ConnectionEvent): void {
    switch (event.type) {
      case 'frame':
        // Frames of an earlier subscription may still have been under way between the workers.
        if (event.epoch === this.#epoch) this.#listener.onFrame(event.message, event.packet)
        return
      case 'subscribed-anew':
        return this.#listener.onSubscribe()
      case 'connection':
        return this.#listener.onConnection(event.connection)
      case 'error':
        return this.#listener.onError(event.error)
      case 'host-time': {
        const resolve = this.#replies.get(event.id)
        this.#replies.delete(event.id)
        resolve?.(event.hostTimeMs)
      }
    }
  }

  #post(request: ConnectionRequest): void {
    this.#worker.postMessage(request)
  }
}
