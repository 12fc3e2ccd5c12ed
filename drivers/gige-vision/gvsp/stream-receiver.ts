import type { RemoteInfo, Socket } from 'node:dgram'
import type { BlockAssembler } from './block-assembler.ts'

/** How often missing packets are looked for, ms. */
const sweepEveryMs = 4
/** A sweep that comes later than this found the thread busy: packets wait in the socket, which are no lost ones. */
const lateMs = 12

/** Where packets come from, and who takes them. */
export type ReceiverOptions = {
  readonly socket: Socket
  /**
   * Where the camera sends from; packets of other senders are dropped and counted. `port` undefined: any. A port that
   * nothing has come from yet is not believed: cameras may choose another one when they begin to send.
   */
  readonly sender: { readonly address: string; readonly port: number | undefined }
  readonly assembler: BlockAssembler
}

/** Hands the packets of a socket to the assembler, from `start` to `stop`. */
export class StreamReceiver {
  readonly #options: ReceiverOptions
  readonly #receive: (packet: Buffer, from: RemoteInfo) => void
  #timer: NodeJS.Timeout | undefined
  #isPortTrue = false
  #lastSweepMs = 0

  constructor(options: ReceiverOptions) {
    this.#options = options
    const { assembler, sender } = options
    this.#receive = (packet, from) => {
      const isCamera = from.address === sender.address
      if (isCamera && from.port === sender.port) this.#isPortTrue = true
      if (isCamera && (from.port === sender.port || !this.#isPortTrue))
        assembler.receive(packet, packet.length)
      else assembler.counts.foreignPackets += 1
    }
  }

  start(): void {
    this.#options.socket.on('message', this.#receive)
    this.#lastSweepMs = performance.now()
    this.#sweep(this.#lastSweepMs, 0)
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      this.#sweep(nowMs, nowMs - this.#lastSweepMs)
    }, sweepEveryMs)
  }

  /** No packet is handed on after this. */
  stop(): void {
    clearInterval(this.#timer)
    this.#options.socket.off('message', this.#receive)
  }

  #sweep(nowMs: number, sinceMs: number): void {
    this.#lastSweepMs = nowMs
    this.#options.assembler.sweep(nowMs, sinceMs > lateMs)
  }
}
