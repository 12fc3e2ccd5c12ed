import { RateLimit } from './rate-limit.ts'

/** Keys remembered; above that all begin anew, which nobody can use to gain much. */
const mostKeys = 10_000

/** One rate limit for each of many (callers, addresses). */
export class RateLimits {
  readonly #perSecond: number
  readonly #limits = new Map<string, RateLimit>()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** As `RateLimit.allows`, for `key`. */
  allows(key: string, nowMs: number): boolean {
    const known = this.#limits.get(key)
    if (known !== undefined) return known.allows(nowMs)
    if (this.#limits.size >= mostKeys) this.#limits.clear()
    const limit = new RateLimit(this.#perSecond)
    this.#limits.set(key, limit)
    return limit.allows(nowMs)
  }
}
