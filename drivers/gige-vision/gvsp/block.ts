/** One block (a frame on its way): which of its packets are there, and where its pixels go. */
import type { GvspLeader } from '../protocol/gvsp-leader.ts'
import type { ImageLayout } from './image-layout.ts'

/** Reused from frame to frame, so that nothing is allocated per packet. */
export class Block {
  blockId = 0
  extendedIds = false
  /** Number of the frame since the stream was started. */
  sequence = 0
  leader: GvspLeader | undefined
  /** When the leader came, host's monotonic clock, ns. */
  leaderHostNs = 0n
  /** How its bytes are read: as the leader says, or, before it is there, as that of the block before. */
  layout: ImageLayout | undefined
  /** Multipart: the part that is delivered. */
  part = 0
  /** Where the pixels go: the sink's slot, or a buffer of the pool. */
  target: Uint8Array | undefined
  /** The buffer of the pool, where it is one. */
  pooled: Uint8Array | undefined
  /** Data bytes in each packet but the last. */
  payloadBytes = 0
  /** Id of the last payload packet; 0: not known yet. */
  lastPayload = 0
  trailerSeen = false
  /** All packets that came, each once. */
  packets = 0
  /** Payload packets that are there, the highest id among all packets, and the lowest that may be missing. */
  received = 0
  highest = 0
  /** The highest id of the sweep before: what is missing below it did not just overtake. */
  settled = 0
  /** Packets asked for again, each time counted. */
  requested = 0
  lastPacketMs = 0
  /** True: it cannot be completed any more. */
  broken = false
  /** True: its leader was understood, but such an image cannot be taken. */
  refused = false
  /** 1 for each packet that is there, by id. */
  readonly present: Uint8Array
  /** How often each packet was asked for again, and when last, ms. */
  readonly requests: Uint8Array
  readonly requestedMs: Float64Array
  /** Bytes after the image: chunks. */
  readonly tail: Buffer
  tailBytes = 0

  constructor({ packets, tailBytes }: { readonly packets: number; readonly tailBytes: number }) {
    this.present = new Uint8Array(packets)
    this.requests = new Uint8Array(packets)
    this.requestedMs = new Float64Array(packets)
    this.tail = Buffer.alloc(tailBytes)
  }

  begin(start: {
    blockId: number
    extendedIds: boolean
    sequence: number
    payloadBytes: number
    nowMs: number
  }): void {
    this.blockId = start.blockId
    this.extendedIds = start.extendedIds
    this.sequence = start.sequence
    this.payloadBytes = start.payloadBytes
    this.lastPacketMs = start.nowMs
    this.leader = undefined
    this.layout = undefined
    this.part = 0
    this.target = undefined
    this.pooled = undefined
    this.lastPayload = 0
    this.trailerSeen = false
    this.packets = 0
    this.received = 0
    this.highest = 0
    this.settled = 0
    this.requested = 0
    this.broken = false
    this.refused = false
    this.tailBytes = 0
    this.present.fill(0)
    this.requests.fill(0)
  }

  /** All there is to have: leader and every payload packet. The trailer only where nothing else tells the length. */
  get complete(): boolean {
    return (
      !this.broken && this.leader !== undefined && this.lastPayload > 0 && this.received >= this.lastPayload
    )
  }

  /** True: it is no single packet, which may have been damaged, or be of somebody who wants to disturb. */
  get firm(): boolean {
    return this.packets > 1
  }

  /** A single packet says something where it is a whole image, or a leader that was understood and refused. */
  get credible(): boolean {
    return this.firm || this.complete || this.refused
  }

  /** The trailer was none: it came before the end of the image. */
  forgetTrailer(): void {
    this.present[this.lastPayload + 1] = 0
    this.packets -= 1
    this.trailerSeen = false
    this.lastPayload = 0
  }

  /** Marks a packet as there; false when it was already. */
  take(packetId: number, nowMs: number): boolean {
    if (this.present[packetId] === 1) return false
    this.present[packetId] = 1
    this.packets += 1
    if (packetId > this.highest) this.highest = packetId
    this.lastPacketMs = nowMs
    return true
  }
}
