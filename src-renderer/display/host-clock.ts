/** The host's clock as seen from here, compared now and then over the connection. */
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import { ClockOffset } from './clock-offset.ts'

/** Round trips when a connection begins, and pause between later ones. */
const firstRounds = 6
const everyMs = 10_000

export class HostClock {
  readonly #ask: () => Promise<number | undefined>
  readonly #offset = new ClockOffset()
  #nextMs = 0

  /** @param ask the host's Unix time, ms; undefined when it does not answer. */
  constructor(ask: () => Promise<number | undefined>) {
    this.#ask = ask
  }

  /** How long ago it was `hostTimeMs` at the host, ms; undefined while the clocks have not been compared. */
  since(hostTimeMs: number): number | undefined {
    const { offsetMs } = this.#offset
    return offsetMs === undefined ? undefined : unixNowMs() + offsetMs - hostTimeMs
  }

  /** A connection has begun, perhaps to another host. */
  restart(): void {
    this.#offset.reset()
    void this.#compare(firstRounds)
  }

  /** Compares again if that was long ago. */
  keepUp(nowMs: number): void {
    if (nowMs >= this.#nextMs) void this.#compare(1)
  }

  async #compare(rounds: number): Promise<void> {
    this.#nextMs = performance.now() + everyMs
    for (let round = 0; round < rounds; round++) {
      const sentMs = unixNowMs()
      const hostTimeMs = await this.#ask()
      if (hostTimeMs === undefined) return
      this.#offset.add(sentMs, hostTimeMs, unixNowMs())
    }
  }
}
