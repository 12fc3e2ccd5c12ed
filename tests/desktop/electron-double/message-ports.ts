import { EventEmitter } from 'node:events'

/** One end of a channel in the main process. Messages wait until `start`; the far end may be in a page. */
export class MessagePortMain extends EventEmitter<{ message: [{ data: unknown }]; close: [] }> {
  peer: MessagePortMain | undefined
  /** Takes what this port is to deliver, when it has gone to a page. */
  forward: ((data: unknown) => void) | undefined
  readonly #waiting: unknown[] = []
  #state: 'waiting' | 'started' | 'closed' = 'waiting'

  start(): void {
    this.#state = 'started'
    for (const data of this.#waiting.splice(0)) this.deliver(data)
  }

  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message)
    if (this.#state !== 'closed') setImmediate(() => this.peer?.deliver(data))
  }

  deliver(data: unknown): void {
    if (this.#state === 'closed') return
    if (this.forward !== undefined) this.forward(data)
    else if (this.#state === 'started') this.emit('message', { data })
    else this.#waiting.push(data)
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.emit('close')
    setImmediate(() => this.peer?.close())
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    this.port1.peer = this.port2
    this.port2.peer = this.port1
  }
}
