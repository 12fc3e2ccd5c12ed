/** How far the host's clock is from ours, by round trips (as NTP does: the fastest of the last ones counts). */

const keptSamples = 8

type Sample = { readonly offsetMs: number; readonly roundTripMs: number }

export class ClockOffset {
  #samples: Sample[] = []

  /** Adds a round trip: asked at `sentMs`, answered at `receivedMs` (our clock), the host's clock read `hostTimeMs`. */
  add(sentMs: number, hostTimeMs: number, receivedMs: number): void {
    this.#samples.push({ offsetMs: hostTimeMs - (sentMs + receivedMs) / 2, roundTripMs: receivedMs - sentMs })
    if (this.#samples.length > keptSamples) this.#samples.shift()
  }

  /** Host's clock minus ours, ms, wrong by at most half the fastest round trip; undefined before the first one. */
  get offsetMs(): number | undefined {
    let best: Sample | undefined
    for (const sample of this.#samples)
      if (best === undefined || sample.roundTripMs < best.roundTripMs) best = sample
    return best?.offsetMs
  }

  /** Forgets all, for another host. */
  reset(): void {
    this.#samples = []
  }
}
