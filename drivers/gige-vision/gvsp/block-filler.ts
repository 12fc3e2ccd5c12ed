/** Puts the packets of a block where they belong: pixels into its target, and what they tell into the block. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type GvspHeader, packetContent } from '../protocol/gvsp-header.ts'
import { decodeLeader, imageLeaderBytes, payloadType } from '../protocol/gvsp-leader.ts'
import { chunkTrailerBytes, decodeTrailer, trailerBytes } from '../protocol/gvsp-trailer.ts'
import { multipartOffset, multipartPart, multipartPrefixBytes } from '../protocol/multipart-prefix.ts'
import type { Block } from './block.ts'
import { type ImageLayout, imageLayout, placeRun, sameLayout } from './image-layout.ts'
import type { StreamCounts } from './stream-counts.ts'

/** What a filler is made from. */
export type FillerOptions = {
  /** The header of the packet that is being put away. */
  readonly header: GvspHeader
  readonly counts: StreamCounts
  /** Packet ids are below this. */
  readonly packetCapacity: number
  /** Largest image in the slot, bytes. */
  readonly maxFrameBytes: number
  /** What the camera is set to send, for packets that come before their leader. */
  readonly expected: ImageLayout | undefined
  /** Told once per stream of each thing that keeps images from being understood. */
  fault(error: CoverslipError): void
}

/** Puts packets away, one at a time. */
export class BlockFiller {
  readonly #options: FillerOptions
  readonly #header: GvspHeader
  readonly #reported = new Set<string>()
  #layout: ImageLayout | undefined
  #nowMs = 0

  constructor(options: FillerOptions) {
    this.#options = options
    this.#header = options.header
    this.#layout = options.expected
  }

  /** The layout of the newest image: what the next one probably has. */
  get layout(): ImageLayout | undefined {
    return this.#layout
  }

  /** Puts a packet into its block; false when it cannot be one of it. */
  take(block: Block, packet: Buffer, length: number, nowMs: number): boolean {
    const { content, packetId, bytes } = this.#header
    this.#nowMs = nowMs
    switch (content) {
      case packetContent.payload:
        return this.#takePayload(block, packet, bytes, length)
      case packetContent.multipart:
        return this.#takePart(block, packet, bytes, length)
      case packetContent.leader:
        return packetId === 0 && this.#takeLeader(block, packet.subarray(bytes, length))
      case packetContent.trailer:
        return this.#takeTrailer(block, packet.subarray(bytes, length))
      case packetContent.allIn:
        return packetId === 0 && this.#takeAllIn(block, packet, bytes, length)
      default:
        return false
    }
  }

  #takePayload(block: Block, packet: Buffer, start: number, end: number): boolean {
    const { packetId } = this.#header
    const size = end - start
    if (packetId === 0 || size > block.payloadBytes) return false
    // Some cameras fill up their blocks with packets behind the image.
    if (block.lastPayload > 0 && packetId > block.lastPayload) return true
    const offset = (packetId - 1) * block.payloadBytes
    // Each packet is full but the last, which must bring the rest of the image.
    if (size < block.payloadBytes && block.lastPayload > packetId) return false
    if (packetId === block.lastPayload && offset + size < (block.layout?.sentBytes ?? 0)) return false
    if (!this.#mark(block, packetId)) return true
    block.received += 1
    const { layout, target } = block
    if (layout === undefined || target === undefined) {
      block.broken = true
      return true
    }
    const imageEnd = Math.min(end, start + layout.sentBytes - offset)
    if (imageEnd > start) placeRun(layout, packet, start, imageEnd, offset, target)
    if (imageEnd < end) this.#keepTail(block, packet, Math.max(start, imageEnd), end, offset, start)
    return true
  }

  /** Keeps what follows the image: chunks. */
  #keepTail(block: Block, packet: Buffer, from: number, end: number, offset: number, start: number): void {
    const at = offset + (from - start) - (block.layout?.sentBytes ?? 0)
    if (at + (end - from) > block.tail.length) return
    packet.copy(block.tail, at, from, end)
    block.tailBytes = Math.max(block.tailBytes, at + (end - from))
  }

  #takePart(block: Block, packet: Buffer, start: number, end: number): boolean {
    const { packetId } = this.#header
    const dataStart = start + multipartPrefixBytes
    if (packetId === 0 || dataStart >= end) return false
    const part = multipartPart(packet, start)
    const offset = multipartOffset(packet, start)
    if (!this.#mark(block, packetId)) return true
    block.received += 1
    // Which part is the image only the leader says, so a part that came before it cannot be placed.
    if (block.leader === undefined || block.layout === undefined || block.target === undefined) {
      block.broken = true
      return true
    }
    if (part !== block.part || offset >= block.layout.sentBytes) return true
    const imageEnd = Math.min(end, dataStart + block.layout.sentBytes - offset)
    placeRun(block.layout, packet, dataStart, imageEnd, offset, block.target)
    return true
  }

  #takeLeader(block: Block, data: Buffer): boolean {
    const leader = decodeLeader(data)
    if (leader === undefined) return false
    if (!this.#mark(block, 0)) return true
    block.leader = leader
    block.leaderHostNs = process.hrtime.bigint()
    const layout = this.#layoutOf(block, leader)
    if (layout === undefined) {
      block.broken = true
      block.refused = true
      return true
    }
    // Pixels that came before the leader were placed as those of the block before.
    if (block.received > 0 && (block.layout === undefined || !sameLayout(layout, block.layout)))
      block.broken = true
    block.layout = layout
    this.#layout = layout
    if (block.trailerSeen && block.lastPayload < leastPayloads(block)) block.forgetTrailer()
    if (leader.kind === 'image' && !leader.chunks && !block.trailerSeen)
      this.#setLastPayload(block, leastPayloads(block))
    return true
  }

  #layoutOf(block: Block, leader: NonNullable<Block['leader']>): ImageLayout | undefined {
    const { maxFrameBytes, expected } = this.#options
    try {
      if (leader.kind === 'image') return this.#sameOrNew(leader.image, maxFrameBytes)
      if (leader.kind === 'multipart') {
        block.part = Math.max(
          0,
          leader.parts.findIndex(({ width, height }) => width > 0 && height > 0),
        )
        const part = leader.parts[block.part]
        return part === undefined ? undefined : this.#sameOrNew(part, maxFrameBytes)
      }
      // Chunk data say nothing of the image in them: it is the first chunk, and as the camera is set.
      if (leader.payloadType === payloadType.chunkData && expected !== undefined) return expected
      throw new CoverslipError(
        'DEVICE_FAILED',
        `The camera sends data of type ${leader.payloadType}, not images`,
        {
          hint: 'Choose an image as its output, in the category of its image format.',
        },
      )
    } catch (error) {
      this.#report(CoverslipError.from(error, 'DEVICE_FAILED'))
      return undefined
    }
  }

  #sameOrNew(geometry: ImageLayout['geometry'], maxFrameBytes: number): ImageLayout {
    const known = this.#layout
    const same =
      known !== undefined &&
      known.geometry.pixelCode === geometry.pixelCode &&
      known.geometry.width === geometry.width &&
      known.geometry.height === geometry.height &&
      known.geometry.paddingX === geometry.paddingX &&
      known.geometry.paddingY === geometry.paddingY
    return same ? known : imageLayout(geometry, maxFrameBytes)
  }

  #takeTrailer(block: Block, data: Buffer): boolean {
    const { packetId } = this.#header
    if (packetId === 0 || decodeTrailer(data) === undefined) return false
    // One that comes before the end of the image may be forged; if the camera did stop there, time will show.
    if (packetId - 1 < Math.max(block.lastPayload, leastPayloads(block))) return false
    if (!this.#mark(block, packetId)) return true
    block.trailerSeen = true
    if (block.lastPayload === 0) this.#setLastPayload(block, packetId - 1)
    return true
  }

  /** All-in: leader, trailer (with the length of chunks, where they follow) and data in one packet. */
  #takeAllIn(block: Block, packet: Buffer, start: number, end: number): boolean {
    if (!this.#takeLeader(block, packet.subarray(start, end))) return false
    const { leader, layout, target } = block
    if (leader?.kind !== 'image' || layout === undefined || target === undefined) return false
    const data = start + imageLeaderBytes + (leader.chunks ? chunkTrailerBytes : trailerBytes)
    block.lastPayload = 1
    if (end - data < layout.sentBytes) {
      block.broken = true
      return true
    }
    block.present[1] = 1
    block.received = 1
    placeRun(layout, packet, data, data + layout.sentBytes, 0, target)
    this.#keepTail(block, packet, data + layout.sentBytes, end, 0, data)
    return true
  }

  #setLastPayload(block: Block, lastPayload: number): void {
    const tooFew = block.highest > lastPayload + 1
    if (lastPayload < 1 || lastPayload + 1 >= this.#options.packetCapacity || tooFew) block.broken = true
    block.lastPayload = lastPayload
  }

  /** Marks a packet as there; false when it came before. */
  #mark(block: Block, packetId: number): boolean {
    if (!block.take(packetId, this.#nowMs)) {
      this.#options.counts.duplicatePackets += 1
      return false
    }
    if ((block.requests[packetId] ?? 0) > 0) this.#options.counts.resentPackets += 1
    return true
  }

  /** Tells of an error once per stream: it comes with every frame. */
  #report(error: CoverslipError): void {
    if (this.#reported.has(error.message) || this.#reported.size >= 16) return
    this.#reported.add(error.message)
    this.#options.fault(error)
  }
}

/** Payload packets that the image needs which the leader announces; 0 where it does not tell. */
function leastPayloads({ leader, layout, payloadBytes }: Block): number {
  return leader?.kind === 'image' && layout !== undefined ? Math.ceil(layout.sentBytes / payloadBytes) : 0
}
