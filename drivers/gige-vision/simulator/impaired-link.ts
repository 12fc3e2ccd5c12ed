import { RandomStream } from '../../simulated-microscope/specimen/random.ts'
import { ipUdpHeaderBytes } from '../protocol/gvsp-header.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { SimulatedLink } from './simulator-options.ts'

/** A packet that is reordered lets at most this many pass. */
const longestDelayPackets = 8
/** Larger than any GVSP header. */
const headerBytes = 32
/** Headers that may wait in the socket at a time; see `StreamSocket.isFull`. */
const headerCount = 1024

type HeldPacket = { readonly packet: Buffer; passes: number }

/** Where packets go in the end: one datagram of these parts. */
export type SendPacket = (parts: readonly Uint8Array[]) => void

/** The way from the camera to its client: where packets are lost, delayed, doubled and damaged, by seeded chance. */
export class ImpairedLink {
  link: SimulatedLink
  readonly #random: RandomStream
  readonly #send: SendPacket
  readonly #counters: GigeSimulatorCounters
  readonly #headers = Array.from({ length: headerCount }, () => Buffer.alloc(headerBytes))
  #nextHeader = 0
  #held: HeldPacket[] = []

  constructor(options: {
    link: SimulatedLink
    seed: number
    send: SendPacket
    counters: GigeSimulatorCounters
  }) {
    this.link = options.link
    this.#random = new RandomStream(options.seed ^ 0x9165)
    this.#send = options.send
    this.#counters = options.counters
  }

  /** Memory for the header of the next packet; free again after `headerCount` more. */
  header(): Buffer {
    this.#nextHeader = (this.#nextHeader + 1) % headerCount
    return this.#headers[this.#nextHeader] ?? Buffer.alloc(headerBytes)
  }

  /** Sends a packet of a header and what follows it, or does not. */
  transmit(header: Uint8Array, content: Uint8Array): void {
    const { loss, reorder, duplicate, corrupt, mtu } = this.link
    const counters = this.#counters
    counters.packets += 1
    if (header.length + content.length + ipUdpHeaderBytes > mtu || this.#happens(loss)) {
      counters.lostPackets += 1
    } else if (this.#happens(reorder)) {
      counters.reorderedPackets += 1
      const passes = 1 + Math.floor(this.#random.next() * longestDelayPackets)
      this.#held.push({ packet: Buffer.concat([header, content]), passes })
      return
    } else if (this.#happens(corrupt)) {
      counters.corruptedPackets += 1
      this.#send([this.#damaged(Buffer.concat([header, content]))])
    } else {
      this.#send([header, content])
      if (this.#happens(duplicate)) {
        counters.duplicatedPackets += 1
        this.#send([header, content])
      }
    }
    this.#letPass()
  }

  /** Sends what is still held back: nothing follows that it could let pass. */
  flush(): void {
    for (const { packet } of this.#held.splice(0)) this.#send([packet])
  }

  #happens(share: number): boolean {
    return share > 0 && this.#random.next() < share
  }

  #letPass(): void {
    if (this.#held.length === 0) return
    for (const held of this.#held) held.passes -= 1
    const due = this.#held.filter(({ passes }) => passes <= 0)
    if (due.length === 0) return
    this.#held = this.#held.filter(({ passes }) => passes > 0)
    for (const { packet } of due) this.#send([packet])
  }

  /** UDP's checksum would catch bits that flip on a cable; this is a camera, or a switch, that garbles packets. */
  #damaged(packet: Buffer): Buffer {
    if (this.#random.next() < 0.5) return packet.subarray(0, Math.floor(this.#random.next() * packet.length))
    for (let count = 0; count < 4; count += 1) {
      // The header as likely as the rest.
      const reach = this.#random.next() < 0.5 ? Math.min(20, packet.length) : packet.length
      packet[Math.floor(this.#random.next() * reach)] = Math.floor(this.#random.next() * 256)
    }
    return packet
  }
}
