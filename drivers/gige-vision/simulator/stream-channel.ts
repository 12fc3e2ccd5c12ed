import type { Socket } from 'node:dgram'
import { ipFromNumber } from '../protocol/addresses.ts'
import { packetSizeFlags, streamChannel } from '../protocol/bootstrap-registers.ts'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { ipUdpHeaderBytes, nextBlockId } from '../protocol/gvsp-header.ts'
import { extendedIdsEnable, optionalRegister } from '../protocol/optional-registers.ts'
import { ImpairedLink } from './impaired-link.ts'
import type { RegisterMap } from './register-map.ts'
import { numberRegister } from './registers.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { SimulatedLink } from './simulator-options.ts'
import { StreamBlock } from './stream-block.ts'
import { type ResendRequest, StreamSender } from './stream-sender.ts'

/** The smallest packet, bytes with IP and UDP headers. */
export const minPacketSize = 220
/** The largest packet, bytes with IP and UDP headers. */
export const maxPacketSize = 65_000
/** Packet sizes are multiples of this. */
export const packetSizeStep = 4
const defaultPacketSize = 1400
/** Datagrams that may wait in the socket; fewer than the headers of an `ImpairedLink`. */
const maxSocketQueue = 256

/** What a stream channel is made from. */
export type StreamChannelOptions = {
  /** Where packets come from; used by this channel alone. */
  readonly socket: Socket
  readonly link: SimulatedLink
  readonly seed: number
  readonly keptBlocks: number
  readonly firstBlockId: number
  readonly extendedIds: boolean
  readonly counters: GigeSimulatorCounters
  /** Whether packets may be sent to this address. */
  readonly allows: (ip: string) => boolean
  readonly isPlugged: () => boolean
  readonly extendedStatus: () => boolean
  /** Called after a block's last packet. */
  readonly sent: (block: StreamBlock) => void
}

/** Stream channel 0: where its packets go, how large they are, and the blocks on their way. */
export class StreamChannel {
  readonly #options: StreamChannelOptions
  readonly #link: ImpairedLink
  readonly #sender: StreamSender
  #port = 0
  #destination = 0
  #packetSize = defaultPacketSize
  #delayNs = 0
  #extendedIds: boolean
  #nextBlockId: number
  #isConnected = false

  constructor(options: StreamChannelOptions) {
    const { socket, link, seed, counters, keptBlocks, extendedStatus, sent } = options
    this.#options = options
    this.#extendedIds = options.extendedIds
    this.#nextBlockId = options.firstBlockId
    this.#link = new ImpairedLink({ link, seed, counters, send: (parts) => this.#transmit(parts) })
    this.#sender = new StreamSender({
      // One more than are kept: it is being filled or sent.
      blocks: Array.from({ length: keptBlocks + 1 }, () => new StreamBlock()),
      link: this.#link,
      counters,
      timing: () => ({ delayNs: this.#delayNs, mbitPerSecond: this.#link.link.mbitPerSecond }),
      extendedStatus,
      isBusy: () => socket.getSendQueueCount() > maxSocketQueue,
      sent,
    })
  }

  get isOpen(): boolean {
    return this.#isConnected
  }

  get link(): SimulatedLink {
    return this.#link.link
  }

  setLink(link: SimulatedLink): void {
    this.#link.link = link
  }

  addRegisters(map: RegisterMap): void {
    const { socket } = this.#options
    map.add(
      numberRegister(
        streamChannel.port,
        () => this.#port,
        (value) => this.#setPort(value),
      ),
    )
    map.add(
      numberRegister(
        streamChannel.packetSize,
        () => this.#packetSize,
        (value) => this.#setPacketSize(value),
      ),
    )
    map.add(
      numberRegister(
        streamChannel.packetDelay,
        () => this.#delayNs,
        (value) => {
          this.#delayNs = value
          return 'success'
        },
      ),
    )
    map.add(
      numberRegister(
        streamChannel.destinationIp,
        () => this.#destination,
        (value) => this.#setDestination(value),
      ),
    )
    map.add(numberRegister(streamChannel.sourcePort, () => socket.address().port))
    map.add(
      numberRegister(
        optionalRegister.gvspConfiguration,
        () => (this.#extendedIds ? extendedIdsEnable : 0),
        (value) => {
          if (this.isOpen) return 'writeProtect'
          this.#extendedIds = (value & extendedIdsEnable) !== 0
          return 'success'
        },
      ),
    )
  }

  #setPort(value: number): GvcpStatus {
    if (value > 0xffff) return 'invalidParameter'
    this.#port = value
    this.#reconnect()
    return 'success'
  }

  #setDestination(value: number): GvcpStatus {
    if (value !== 0 && !this.#options.allows(ipFromNumber(value))) return 'invalidParameter'
    this.#destination = value
    this.#reconnect()
    return 'success'
  }

  #setPacketSize(value: number): GvcpStatus {
    const size = value & 0xffff
    if (size < minPacketSize || size > maxPacketSize) return 'invalidParameter'
    // Pixels of more than 8 bits are little endian only.
    if ((value & packetSizeFlags.bigEndianPixels) !== 0) return 'invalidParameter'
    const firesTest = (value & packetSizeFlags.fireTestPacket) !== 0
    if (firesTest && !this.isOpen) return 'wrongConfiguration'
    this.#packetSize = size - (size % packetSizeStep)
    if (firesTest) this.#sendTestPacket()
    return 'success'
  }

  /** A datagram of exactly the packet size; what is in it does not matter. */
  #sendTestPacket(): void {
    this.#link.transmit(Buffer.alloc(this.#packetSize - ipUdpHeaderBytes), new Uint8Array(0))
  }

  #reconnect(): void {
    const { socket, firstBlockId } = this.#options
    if (this.#isConnected) {
      this.#sender.stop()
      socket.disconnect()
      this.#isConnected = false
    }
    if (this.#port === 0 || this.#destination === 0) return
    this.#nextBlockId = firstBlockId
    socket.connect(this.#port, ipFromNumber(this.#destination))
    this.#isConnected = true
  }

  #transmit(parts: readonly Uint8Array[]): void {
    const { socket, isPlugged } = this.#options
    if (this.#isConnected && isPlugged()) socket.send(parts)
  }

  /** The next block, to be filled; undefined where the stream is closed or blocks wait to be sent. */
  take(bytes: number): StreamBlock | undefined {
    const block = this.isOpen ? this.#sender.take() : undefined
    if (block === undefined) return undefined
    const extendedIds = this.#extendedIds
    block.begin({ id: this.#nextBlockId, bytes, packetSize: this.#packetSize, extendedIds })
    this.#nextBlockId = nextBlockId(this.#nextBlockId, extendedIds)
    return block
  }

  send(block: StreamBlock): void {
    this.#sender.send(block)
  }

  resend(request: ResendRequest): void {
    if (this.isOpen) this.#sender.resend(request)
  }

  /** Sends packets of random bytes to the stream's destination. */
  sendGarbage(packets: readonly Uint8Array[]): void {
    for (const packet of packets) this.#transmit([packet])
  }

  /** Closes the stream, as when control ends. */
  close(): void {
    this.#port = 0
    this.#destination = 0
    this.#reconnect()
  }
}
