/** A token bucket: allows `perSecond` events per second on average, and that many at once. */
export class RateLimit {
  readonly #perSecond: number
  #tokens: number
  #lastMs: number | undefined

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#tokens = perSecond
  }

  /** Takes a token at `nowMs` (any monotonic clock, ms); false when there is none. */
  allows(nowMs: number): boolean {
    const elapsedMs = nowMs - (this.#lastMs ?? nowMs)
    this.#lastMs = nowMs
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs * this.#perSecond) / 1000)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
