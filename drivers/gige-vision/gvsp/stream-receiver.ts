import type { RemoteInfo, Socket } from 'node:dgram'
import type { BlockAssembler } from './block-assembler.ts'

/** How often missing packets are looked for, ms. */
const sweepEveryMs = 4
/** A sweep that comes later than this found the thread busy: packets wait in the socket, which are no lost ones. */
const lateMs = 12

export type ReceiverOptions = {
  readonly socket: Socket
  /** Address of the camera; packets of other senders are dropped and counted. */
  readonly cameraAddress: string
  readonly assembler: BlockAssembler
}

/** Hands the packets of a socket to the assembler, from `start` to `stop`. */
export class StreamReceiver {
  readonly #options: ReceiverOptions
  readonly #receive: (packet: Buffer, from: RemoteInfo) => void
  #timer: NodeJS.Timeout | undefined
  #lastSweepMs = 0

  constructor(options: ReceiverOptions) {
    this.#options = options
    const { assembler, cameraAddress } = options
    this.#receive = (packet, from) => {
      if (from.address === cameraAddress) assembler.receive(packet, packet.length)
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
