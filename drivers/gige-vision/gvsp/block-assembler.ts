/**
 * Packets become frames. The pixels of each packet go straight to where they belong: a block that is the first in order
 * when it begins fills the sink's slot; one that begins while another still waits for packets fills a buffer of a small
 * pool, and is copied to the slot when its turn comes (about a millisecond for 4 MiB, only while packets are lost). So
 * frames are delivered in order, and nothing is allocated per packet.
 */
import type { FrameSink } from '../../sdk/driver.ts'
import { FrameMeter } from '../../sdk/frame-meter.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { GvspHeader, packetContent, payloadBytesPerPacket } from '../protocol/gvsp-header.ts'
import { statusCodes } from '../protocol/gvcp-status.ts'
import { Block } from './block.ts'
import { BlockOrder } from './block-order.ts'
import { BlockFiller } from './block-filler.ts'
import { type ImageLayout, placeRun } from './image-layout.ts'
import { requestMissing, resendTiming } from './resend-policy.ts'
import { noStreamCounts } from './stream-counts.ts'

/** A run of packets that are wanted again. */
export type ResendRequest = {
  readonly blockId: number
  readonly firstPacket: number
  readonly lastPacket: number
  readonly extendedIds: boolean
}

/** What an assembler is made from. */
export type AssemblerOptions = {
  readonly sink: FrameSink
  /** Packet size that the camera was set to, with IP and UDP headers. */
  readonly packetSize: number
  /** Bytes of a whole block as the camera announces them (PayloadSize). */
  readonly payloadSize: number
  /** Largest image in the slot, bytes. */
  readonly maxFrameBytes: number
  /** What the camera is set to send, for packets that come before their leader. */
  readonly expected: ImageLayout | undefined
  /** What becomes of frames with pixels missing. May change while the stream runs. */
  incomplete(): 'drop' | 'deliver'
  /** Asks the camera for packets; absent: lost ones stay lost. */
  readonly requestPackets?: (request: ResendRequest) => void
  /** Exposure, gain and time of a frame whose leader had this timestamp and arrived at `arrivalNs`. */
  describe(timestamp: bigint, arrivalNs: bigint): Pick<FrameInfo, 'timestampNs' | 'exposureMs' | 'gain'>
  /** The bytes after an image that has chunks, valid during the call; `imageBytes` came before them. */
  readonly onChunks?: (tail: Buffer, imageBytes: number) => void
}

/** Blocks open at once. */
const mostOpen = 4
/**
 * How long a block waits for packets after the last one came, ms: once the next block has begun, with resend and without;
 * and as long as none has, as then it may be the camera that pauses.
 */
const patienceMs = { resend: 100, plain: 20, newest: 1000 }
/** After so long without any packet, block ids may begin anew, ms. */
const restartMs = 500
/** Bytes of chunks kept per block at most. */
const mostTailBytes = 1 << 20

/** Makes frames of the packets of one stream. */
export class BlockAssembler {
  readonly counts = noStreamCounts()
  /** The frames that were delivered. */
  readonly meter = new FrameMeter(performance.now())
  readonly #options: AssemblerOptions
  readonly #header = new GvspHeader()
  readonly #spare: Block[] = []
  readonly #pool: Uint8Array[] = []
  /** In the order of their frames; the first is delivered next. Only the first may fill the slot. */
  readonly #open: Block[] = []
  readonly #zeros: Buffer
  readonly #packetCapacity: number
  readonly #filler: BlockFiller
  readonly #order = new BlockOrder()
  #nowMs = 0
  /** When a packet came last that was not the only one of its block. */
  #lastPacketMs = 0

  constructor(options: AssemblerOptions) {
    const { packetSize, payloadSize, expected, maxFrameBytes } = options
    this.#options = options
    const leastPayload = payloadBytesPerPacket(packetSize, true)
    // A block holds at most what was announced, or the largest image, with its chunks; and 64 packets for multipart.
    const mostBytes = Math.max(payloadSize, maxFrameBytes) + mostTailBytes
    this.#packetCapacity = Math.ceil(mostBytes / leastPayload) + 64
    const tailBytes = Math.min(mostTailBytes, Math.max(0, payloadSize))
    for (let i = 0; i < mostOpen; i++)
      this.#spare.push(new Block({ packets: this.#packetCapacity, tailBytes }))
    this.#zeros = Buffer.alloc(payloadBytesPerPacket(packetSize, false))
    this.#filler = new BlockFiller({
      header: this.#header,
      counts: this.counts,
      packetCapacity: this.#packetCapacity,
      maxFrameBytes,
      expected,
      fault: (error) => options.sink.fault(error),
    })
  }

  /** Takes one datagram of `length` bytes at the start of `packet`. Nothing of it is kept. */
  receive(packet: Buffer, length: number): void {
    const header = this.#header
    if (!header.read(packet, length) || header.packetId >= this.#packetCapacity) {
      this.counts.malformedPackets += 1
      return
    }
    if ((header.status & 0x8000) !== 0) return this.#unavailable()
    const block = this.#blockOf(header)
    if (block === undefined) return
    if (!this.#filler.take(block, packet, length, this.#nowMs)) this.counts.malformedPackets += 1
    if (block.credible) this.#lastPacketMs = this.#nowMs
    if (block.complete || block.broken) this.#deliver()
  }

  /**
   * To be called every few milliseconds: asks for missing packets, and gives up blocks that will not be completed.
   * A call that comes late (the thread was busy, packets wait in the socket) only sets the time.
   */
  sweep(nowMs: number, late: boolean): void {
    this.#nowMs = nowMs
    if (late) return
    const { requestPackets } = this.#options
    for (let i = 0; i < this.#open.length; i++) {
      const block = this.#open[i]
      if (block === undefined || block.complete || block.broken) continue
      // Not by one packet alone, which may be forged.
      const superseded = this.#open.some(({ firm }, j) => j > i && firm)
      const patience = superseded
        ? patienceMs[requestPackets === undefined ? 'plain' : 'resend']
        : patienceMs.newest
      if (nowMs - block.lastPacketMs > patience) block.broken = true
      else if (requestPackets !== undefined) {
        requestMissing(
          block,
          { ms: nowMs, superseded, expectedPackets: this.#expectedPackets(block) },
          resendTiming,
          this.counts,
          this.#request,
        )
      }
    }
    this.#deliver()
  }

  readonly #request = (block: Block, firstPacket: number, lastPacket: number): void => {
    const { blockId, extendedIds } = block
    this.#options.requestPackets?.({ blockId, firstPacket, lastPacket, extendedIds })
  }

  /** The open block of a packet, begun if it is a new one; undefined when it is too old, or not to be believed. */
  #blockOf({ blockId, extendedIds, content, packetId }: GvspHeader): Block | undefined {
    const open = this.#open
    for (let i = open.length - 1; i >= 0; i--) {
      const block = open[i]
      if (block !== undefined && block.blockId === blockId && block.extendedIds === extendedIds) return block
    }
    const isLeader = packetId === 0 && (content === packetContent.leader || content === packetContent.allIn)
    const afterPause = this.#nowMs - this.#lastPacketMs > restartMs && !open.some(({ firm }) => firm)
    const place = this.#order.place({ blockId, extendedIds, isLeader, afterPause }, open)
    if (place === 'late') this.counts.latePackets += 1
    else if (place === 'strange') this.counts.malformedPackets += 1
    else return this.#begin(blockId, extendedIds, place)
    return undefined
  }

  #begin(blockId: number, extendedIds: boolean, sequence: number): Block | undefined {
    if (this.#open.length === mostOpen) {
      const least = this.#open.find((open) => !open.credible) ?? this.#open[0]
      if (least === undefined || (least.credible && least.sequence > sequence)) return undefined
      this.#close(least)
    }
    const block = this.#spare.pop()
    if (block === undefined) return undefined
    const payloadBytes = payloadBytesPerPacket(this.#options.packetSize, extendedIds)
    block.begin({ blockId, extendedIds, sequence, payloadBytes, nowMs: this.#nowMs })
    block.layout = this.#filler.layout
    const later = this.#open.findIndex((other) => other.sequence > sequence)
    const at = later < 0 ? this.#open.length : later
    if (at === 0) {
      this.#vacateSlot()
      block.target = this.#options.sink.slot()
    } else {
      block.pooled = this.#takeBuffer()
      block.target = block.pooled
    }
    this.#open.splice(at, 0, block)
    return block
  }

  /** Moves the block that fills the slot, if one does, to a buffer of the pool: another one comes before it. */
  #vacateSlot(): void {
    const [first] = this.#open
    if (first?.target === undefined || first.pooled !== undefined) return
    const buffer = this.#takeBuffer()
    buffer.set(first.target.subarray(0, first.layout?.slotBytes ?? 0))
    first.pooled = buffer
    first.target = buffer
  }

  #takeBuffer(): Uint8Array {
    return this.#pool.pop() ?? new Uint8Array(this.#options.maxFrameBytes)
  }

  /** The camera says that it cannot send a packet that was asked for. */
  #unavailable(): void {
    const { status, blockId, packetId } = this.#header
    const block = this.#open.find((open) => open.blockId === blockId)
    this.counts.unavailablePackets += 1
    if (block === undefined || status === statusCodes.packetNotYetAvailable) return
    // Only what was asked for can be refused; a trailer is not needed where the length is known.
    const needed = block.lastPayload === 0 || packetId <= block.lastPayload
    if ((block.requests[packetId] ?? 0) === 0 || block.present[packetId] === 1 || !needed) return
    block.broken = true
    this.#deliver()
  }

  #expectedPackets(block: Block): number {
    const bytes = Math.max(this.#options.payloadSize, block.layout?.sentBytes ?? 0)
    return Math.min(Math.ceil(bytes / block.payloadBytes), this.#packetCapacity - 2)
  }

  /** Delivers the frames that are done, in order. */
  #deliver(): void {
    for (
      let block = this.#open[0];
      block !== undefined && (block.complete || block.broken);
      block = this.#open[0]
    ) {
      this.#close(block)
    }
  }

  /** Ends a block: with a frame, if it gives one. */
  #close(block: Block): void {
    this.#open.splice(this.#open.indexOf(block), 1)
    if (this.#order.end(block, this.#open)) {
      this.counts.packets += block.received
      if (block.complete) this.#commit(block)
      else this.#giveUp(block)
    } else this.counts.malformedPackets += 1
    if (block.pooled !== undefined) this.#pool.push(block.pooled)
    this.#spare.push(block)
  }

  #giveUp(block: Block): void {
    this.counts.incompleteFrames += 1
    if (this.#options.requestPackets === undefined && block.lastPayload > 0) {
      this.counts.lostPackets += Math.max(0, block.lastPayload - block.received)
    }
    const known = block.leader !== undefined && block.layout !== undefined && block.lastPayload > 0
    if (!known || block.received === 0 || this.#options.incomplete() === 'drop') return
    this.#clearMissing(block)
    this.#commit(block)
  }

  /** The slot still holds an older frame where packets are missing. */
  #clearMissing({ layout, target, present, payloadBytes, lastPayload, leader }: Block): void {
    if (layout === undefined || target === undefined || leader?.kind === 'multipart') return
    for (let id = 1; id <= lastPayload; id++) {
      const offset = (id - 1) * payloadBytes
      const end = Math.min(payloadBytes, layout.sentBytes - offset)
      if (present[id] !== 1 && end > 0) placeRun(layout, this.#zeros, 0, end, offset, target)
    }
  }

  #commit(block: Block): void {
    const { layout, leader, pooled, target } = block
    if (layout === undefined || leader === undefined || target === undefined) return
    const { sink, describe, onChunks } = this.#options
    layout.unpacking.finish?.(target, layout.pixels)
    if (pooled !== undefined) sink.slot().set(pooled.subarray(0, layout.slotBytes))
    sink.commit({
      sequence: block.sequence,
      width: layout.geometry.width,
      height: layout.geometry.height,
      pixelFormat: layout.unpacking.ringFormat,
      significantBits: layout.ring.significantBits,
      ...describe(leader.timestamp, block.leaderHostNs),
      ...(block.complete ? {} : { incomplete: true }),
    })
    this.meter.count(layout.sentBytes)
    if (block.tailBytes > 0 && block.complete)
      onChunks?.(block.tail.subarray(0, block.tailBytes), layout.sentBytes)
  }
}
