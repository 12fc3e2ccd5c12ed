/** Which frame a block is: the order of block ids, and which ids are believed. */
import type { Block } from './block.ts'

/** Standard ids go from 1 to 65535 and round again. */
const standardIds = 0xffff
/** What lies so far from the newest block must begin with its leader, and be more than one packet. */
const farAway = 64

type Place = Pick<Block, 'blockId' | 'extendedIds' | 'sequence'>

/** What a packet that begins a block tells of it. */
export type BlockStart = Pick<Block, 'blockId' | 'extendedIds'> & {
  /** The packet is the leader, or the whole block. */
  readonly isLeader: boolean
  /** The camera has sent nothing for a while. */
  readonly afterPause: boolean
}

/** How many blocks `to` comes after `from`; negative: before it. */
export function blockDistance(from: number, to: number, extendedIds: boolean): number {
  if (extendedIds) return to - from
  const forward = (to - from + standardIds) % standardIds
  return forward > standardIds / 2 ? forward - standardIds : forward
}

/**
 * Numbers the frames. The ids of blocks that are open count from the second of their packets on: one alone may have been
 * damaged, or be of somebody who wants to disturb. A whole block in one packet, and a leader of something that cannot be
 * taken, count where they lie near the others, or a second one follows.
 */
export class BlockOrder {
  /** The block that was over last. */
  #last: Place | undefined
  /** A block of one packet that lay far from all others. */
  #rumour: Place | undefined

  /** Number of the frame that a new block is; `late` when that is over, `strange` when its id is not believed. */
  place(start: BlockStart, open: readonly Block[]): number | 'late' | 'strange' {
    const doubtful = open.at(-1) ?? this.#rumour
    const known = newestFirm(open) ?? this.#last
    if (known === undefined) {
      if (doubtful === undefined) return 0
      if (isNear(doubtful, start)) return this.#inOrder(doubtful, start) ?? 'late'
      return start.isLeader ? 0 : 'strange'
    }
    const isAhead = known.extendedIds === start.extendedIds && isAfter(known, start)
    if (isNear(known, start) || (isAhead && start.isLeader)) {
      const sequence = this.#inOrder(known, start)
      if (sequence !== undefined) return sequence
    }
    // A camera that counts anew does so after a pause.
    if (start.afterPause && start.isLeader) return known.sequence + 1
    if (doubtful !== undefined && isNear(doubtful, start)) return this.#inOrder(doubtful, start) ?? 'late'
    return known.extendedIds === start.extendedIds && !isAhead ? 'late' : 'strange'
  }

  /** A block is over; the others that are open are `open`. False: it is not believed, and no frame. */
  end(block: Block, open: readonly Block[]): boolean {
    if (!block.credible) return false
    const { blockId, extendedIds, sequence } = block
    const place = { blockId, extendedIds, sequence }
    if (!block.firm && !this.#fits(block, open)) {
      this.#rumour = place
      return false
    }
    this.#rumour = undefined
    this.#last = place
    return true
  }

  #fits(block: Block, open: readonly Block[]): boolean {
    if (this.#rumour !== undefined && isNear(this.#rumour, block)) return true
    const known = this.#last ?? newestFirm(open)
    // The first frame may be one packet.
    return known === undefined ? block.complete : isNear(known, block)
  }

  /** Number of a block by its distance from `known`; undefined when it would come before what is over. */
  #inOrder(known: Place, { blockId, extendedIds }: BlockStart): number | undefined {
    const sequence = known.sequence + blockDistance(known.blockId, blockId, extendedIds)
    return sequence > (this.#last?.sequence ?? -1) ? sequence : undefined
  }
}

function newestFirm(open: readonly Block[]): Block | undefined {
  return open.findLast(({ firm }) => firm)
}

function isNear(a: Omit<Place, 'sequence'>, b: Omit<Place, 'sequence'>): boolean {
  const distance = blockDistance(a.blockId, b.blockId, a.extendedIds)
  return a.extendedIds === b.extendedIds && Math.abs(distance) <= farAway
}

function isAfter(a: Omit<Place, 'sequence'>, b: Omit<Place, 'sequence'>): boolean {
  return blockDistance(a.blockId, b.blockId, b.extendedIds) > 0
}
