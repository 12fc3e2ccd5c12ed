/** How far the server's clock is ahead of this computer's, by pings over the data channel. */

const keptSamples = 20

export class HostClock {
  #samples = []

  /**
   * A pong has come.
   * @param sentAtMs when its ping was sent, and `nowMs`: both `performance.now()`; `hostTimeMs`: the server's Unix time
   */
  add({ sentAtMs, hostTimeMs }, nowMs) {
    const tripMs = nowMs - sentAtMs
    if (!(tripMs >= 0)) return
    this.#samples.push({ tripMs, aheadMs: hostTimeMs - (sentAtMs + nowMs) / 2 })
    if (this.#samples.length > keptSamples) this.#samples.shift()
  }

  /** Of the fastest ping, as in NTP: the less time it took, the less it can be wrong. Undefined before any. */
  get #best() {
    return this.#samples.reduce(
      (best, sample) => (best === undefined || sample.tripMs < best.tripMs ? sample : best),
      undefined,
    )
  }

  get known() {
    return this.#samples.length > 0
  }

  /** Time of `performance.now()` as the server's Unix time, ms; guessed to be this computer's before any pong. */
  toHostMs(localMs) {
    return localMs + (this.#best?.aheadMs ?? performance.timeOrigin)
  }
}
