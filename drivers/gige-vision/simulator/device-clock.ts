/** Ticks per second of the device's clock: nanoseconds. */
export const tickFrequency = 1_000_000_000n

/** The device's clock: ns since it was switched on or reset. */
export class DeviceClock {
  #startNs = process.hrtime.bigint()
  latched = 0n

  now(): bigint {
    return process.hrtime.bigint() - this.#startNs
  }

  latch(): void {
    this.latched = this.now()
  }

  reset(): void {
    this.#startNs = process.hrtime.bigint()
  }

  /** The tick at a time of `hostTimeMs`. */
  at(timeMs: number): bigint {
    const ticks = BigInt(Math.round(timeMs * 1e6)) - this.#startNs
    return ticks < 0n ? 0n : ticks
  }
}
