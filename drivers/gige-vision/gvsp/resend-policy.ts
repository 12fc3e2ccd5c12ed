/** Which packets of a block to ask for again, and when. */
import type { Block } from './block.ts'

/** When packets are asked for, and how often. */
export type ResendTiming = {
  /** Nothing came for so long: the last few packets of the block are asked for too, ms. */
  readonly idleMs: number
  /** So many packets at the end of a block are a few; more are rather on their way from a camera that pauses. */
  readonly shortTail: number
  /** Nothing came for so long: all that is missing at the end is asked for, ms. */
  readonly longIdleMs: number
  /** The same packet is not asked for again before, ms. */
  readonly repeatMs: number
  /** Times that a packet is asked for. */
  readonly attempts: number
  /** Packets asked for, as a share of the block's: beyond, the link is too bad, and asking makes it worse. */
  readonly budget: number
}
/** The timing that is used. */
export const resendTiming: ResendTiming = {
  idleMs: 8,
  shortTail: 16,
  longIdleMs: 40,
  repeatMs: 15,
  attempts: 5,
  budget: 0.25,
}

/** Small blocks may ask for so many packets, whatever their share. */
const leastBudget = 16

/** Counts that the policy keeps; see `StreamCounts`. */
export type ResendCounts = { lostPackets: number; resendRequests: number }

/**
 * Asks for all packets that are due, runs of them by one request. A packet is due when a later one had come by the
 * sweep before (so packets that merely overtook each other are not asked for), when nothing came for a while, or when the
 * next block has begun.
 */
export function requestMissing(
  block: Block,
  now: { readonly ms: number; readonly superseded: boolean; readonly expectedPackets: number },
  timing: ResendTiming,
  counts: ResendCounts,
  request: (block: Block, first: number, last: number) => void,
): void {
  const payloads = block.lastPayload || now.expectedPackets
  const idleMs = now.ms - block.lastPacketMs
  const patienceMs = payloads - block.highest <= timing.shortTail ? timing.idleMs : timing.longIdleMs
  const ended = now.superseded || block.trailerSeen || idleMs >= patienceMs
  // Behind the last payload packet comes the trailer, which is only needed where nothing else tells the length.
  const last = ended ? Math.max(block.highest, block.lastPayload || payloads + 1) : block.settled
  block.settled = block.highest
  const budget = Math.max(leastBudget, Math.ceil(payloads * timing.budget))
  let runStart = -1
  for (let id = 0; id <= last + 1; id++) {
    const wanted = id <= last && block.requested < budget && isDue(block, id, now.ms, timing)
    if (wanted) {
      if (block.requests[id] === 0) counts.lostPackets += 1
      block.requests[id] = (block.requests[id] ?? 0) + 1
      block.requestedMs[id] = now.ms
      block.requested += 1
      if (runStart < 0) runStart = id
    } else if (runStart >= 0) {
      counts.resendRequests += 1
      request(block, runStart, id - 1)
      runStart = -1
    }
  }
}

function isDue(block: Block, id: number, nowMs: number, timing: ResendTiming): boolean {
  if (id >= block.present.length || block.present[id] === 1) return false
  const requests = block.requests[id] ?? 0
  if (requests === 0) return true
  return requests < timing.attempts && nowMs - (block.requestedMs[id] ?? 0) >= timing.repeatMs
}
