import { hostTimeMs } from '../../simulated-microscope/host-clock.ts'
import { type GvcpStatus, statusCodes } from '../protocol/gvcp-status.ts'
import { packetContent, writeGvspHeader } from '../protocol/gvsp-header.ts'
import type { ImpairedLink } from './impaired-link.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { StreamBlock } from './stream-block.ts'

/** Packets sent in one turn of the event loop: commands are answered in between. */
const packetsPerTurn = 128
/** What the link may be behind by before the time is given up as lost, ms. */
const patienceMs = 20
/** Packets that may wait to be sent again; requests beyond that are ignored, as a camera with little memory does. */
const maxQueuedResends = 20_000
/** Packets of a block that is not kept that are answered for one request. */
const maxRefusals = 256
const maxStandardPacketId = 0xff_ffff
/** Around what a GVSP packet holds: UDP, IP and Ethernet headers, check sum, preamble and gap. */
const wireOverheadBytes = 28 + 38
const noContent = new Uint8Array(0)

/** Packets that a client wants again. */
export type ResendRequest = {
  readonly blockId: number
  readonly firstPacket: number
  readonly lastPacket: number
  readonly extendedIds: boolean
}

type Resend = { readonly request: ResendRequest; readonly last: number; next: number }

/** How fast packets may follow each other. */
export type SenderTiming = {
  /** Pause after each packet, ns. */
  readonly delayNs: number
  /** Speed of the link, Mbit/s. */
  readonly mbitPerSecond: number
}

/** What a sender is made from. */
export type SenderOptions = {
  readonly blocks: readonly StreamBlock[]
  readonly link: ImpairedLink
  readonly counters: GigeSimulatorCounters
  readonly timing: () => SenderTiming
  /** Whether missing packets may be told apart by the status codes of GigE Vision 1.1. */
  readonly extendedStatus: () => boolean
  /** Whether the socket takes no more for now. */
  readonly isBusy: () => boolean
  /** Called after a block's last packet. */
  readonly sent: (block: StreamBlock) => void
}

/**
 * Sends blocks packet by packet, at the speed of the link, and again what is asked for. Blocks stay for that until
 * their memory is needed.
 */
export class StreamSender {
  readonly #options: SenderOptions
  /** All blocks, oldest first; the last ones may not have been sent yet. */
  #kept: StreamBlock[]
  #waiting: StreamBlock[] = []
  #current: { readonly block: StreamBlock; next: number } | undefined
  #resends: Resend[] = []
  #queuedResends = 0
  /** When the link is free for the next packet (`hostTimeMs`). */
  #freeAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #turn: NodeJS.Immediate | undefined

  constructor(options: SenderOptions) {
    this.#options = options
    this.#kept = [...options.blocks]
  }

  /** The block to fill next, the oldest that is kept; undefined while blocks still wait to be sent. */
  take(): StreamBlock | undefined {
    if (this.#waiting.length > 0) return undefined
    const oldest = this.#kept[0]
    return oldest === this.#current?.block ? undefined : oldest
  }

  /** Sends a block that `take` gave, once it has been filled. */
  send(block: StreamBlock): void {
    this.#kept = [...this.#kept.filter((kept) => kept !== block), block]
    this.#waiting.push(block)
    this.#schedule()
  }

  resend(request: ResendRequest): void {
    this.#options.counters.resendRequests += 1
    const { firstPacket } = request
    const block = this.#find(request)
    const last = Math.min(
      request.lastPacket,
      block === undefined ? firstPacket + maxRefusals - 1 : block.packetCount - 1,
    )
    const packets = last - firstPacket + 1
    if (packets < 1 || request.blockId < 1 || this.#queuedResends + packets > maxQueuedResends) return
    if (!request.extendedIds && last > maxStandardPacketId) return
    this.#queuedResends += packets
    this.#resends.push({ request, last, next: firstPacket })
    this.#schedule()
  }

  #find({ blockId, extendedIds }: ResendRequest): StreamBlock | undefined {
    return this.#kept.find((block) => block.id === blockId && block.extendedIds === extendedIds)
  }

  /** Forgets everything: the stream is closed. */
  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#turn)
    this.#timer = undefined
    this.#turn = undefined
    this.#current = undefined
    this.#waiting = []
    this.#resends = []
    this.#queuedResends = 0
    this.#options.link.flush()
    for (const block of this.#kept) block.id = 0
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#turn !== undefined) return
    if (this.#current === undefined && this.#waiting.length === 0 && this.#resends.length === 0) {
      this.#options.link.flush()
      return
    }
    if (this.#freeAtMs > hostTimeMs() || this.#options.isBusy()) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#sendSome()
      }, 1)
      return
    }
    this.#turn = setImmediate(() => {
      this.#turn = undefined
      this.#sendSome()
    })
  }

  #sendSome(): void {
    const now = hostTimeMs()
    this.#freeAtMs = Math.max(this.#freeAtMs, now - patienceMs)
    for (
      let count = 0;
      count < packetsPerTurn && this.#freeAtMs <= now && !this.#options.isBusy();
      count += 1
    ) {
      if (!this.#sendResend() && !this.#sendNext()) break
    }
    this.#schedule()
  }

  #sendResend(): boolean {
    const [resend] = this.#resends
    if (resend === undefined) return false
    const packetId = resend.next
    resend.next += 1
    this.#queuedResends -= 1
    if (resend.next > resend.last) this.#resends.shift()
    const { counters, extendedStatus } = this.#options
    const block = this.#find(resend.request)
    if (block === undefined || packetId >= block.packetLimit) {
      counters.unavailablePackets += 1
      this.#refuse(resend.request, packetId, extendedStatus() ? 'packetRemoved' : 'packetUnavailable')
    } else if (!this.#isYetToCome(block, packetId)) {
      counters.resentPackets += 1
      this.#transmit(block, packetId, 'packetResend')
    } else if (extendedStatus()) {
      counters.unavailablePackets += 1
      this.#refuse(resend.request, packetId, 'packetNotYetAvailable')
    }
    return true
  }

  #isYetToCome(block: StreamBlock, packetId: number): boolean {
    if (block === this.#current?.block) return packetId >= this.#current.next
    return this.#waiting.includes(block)
  }

  #sendNext(): boolean {
    this.#current ??= this.#begin()
    const current = this.#current
    if (current === undefined) return false
    const { block } = current
    if (current.next < block.packetLimit) this.#transmit(block, current.next, 'success')
    current.next += 1
    if (current.next >= Math.min(block.packetCount, block.packetLimit)) {
      this.#current = undefined
      this.#options.sent(block)
    }
    return true
  }

  #begin() {
    const block = this.#waiting.shift()
    return block === undefined ? undefined : { block, next: 0 }
  }

  #transmit(block: StreamBlock, packetId: number, status: GvcpStatus): void {
    const { link } = this.#options
    const header = link.header()
    const length = block.writeHeader(header, packetId, statusCodes[status])
    this.#put(header.subarray(0, length), block.content(packetId))
  }

  /** Says by a header alone that a packet cannot be sent again. */
  #refuse({ blockId, extendedIds }: ResendRequest, packetId: number, status: GvcpStatus): void {
    const header = this.#options.link.header()
    const length = writeGvspHeader(header, {
      status: statusCodes[status],
      extendedIds,
      blockId,
      packetId,
      content: packetContent.payload,
    })
    this.#put(header.subarray(0, length), noContent)
  }

  #put(header: Uint8Array, content: Uint8Array): void {
    const { delayNs, mbitPerSecond } = this.#options.timing()
    const bits = 8 * (header.length + content.length + wireOverheadBytes)
    this.#freeAtMs += bits / (mbitPerSecond * 1000) + delayNs / 1e6
    this.#options.link.transmit(header, content)
  }
}
