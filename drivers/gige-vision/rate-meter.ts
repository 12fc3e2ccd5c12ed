/** How many per second, over the last whole second. */
export class RateMeter {
  #windowStartMs = performance.now()
  #countAtStart = 0
  #perSecond = 0

  /** The rate of a count that has reached `count` now; to be asked once a second or more often. */
  rate(count: number, nowMs = performance.now()): number {
    const elapsedMs = nowMs - this.#windowStartMs
    if (elapsedMs >= windowMs) {
      this.#perSecond = ((count - this.#countAtStart) * 1000) / elapsedMs
      this.#windowStartMs = nowMs
      this.#countAtStart = count
    }
    return this.#perSecond
  }
}

const windowMs = 900
