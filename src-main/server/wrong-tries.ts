const minuteMs = 60_000
/** Addresses remembered; above that all begin anew. */
const mostAddresses = 10_000

/**
 * Wrong tokens by address. More than a few a minute are answered with RATE_LIMITED; right ones always get in, as a whole
 * classroom may be behind the address of somebody who has an old link.
 */
export class WrongTries {
  readonly #most: number
  readonly #tries = new Map<string, { count: number; readonly sinceMs: number }>()

  constructor(most: number) {
    this.#most = most
  }

  /** Counts one at `nowMs` (any monotonic clock, ms); true when there were too many within a minute. */
  add(address: string, nowMs: number): boolean {
    const known = this.#tries.get(address)
    if (known !== undefined && nowMs - known.sinceMs < minuteMs) {
      known.count += 1
      return known.count > this.#most
    }
    if (this.#tries.size >= mostAddresses) this.#tries.clear()
    this.#tries.set(address, { count: 1, sinceMs: nowMs })
    return this.#most < 1
  }
}
