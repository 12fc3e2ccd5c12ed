/**
 * Timestamps of a camera's clock on the host's monotonic clock. The two run apart by an offset that is never known
 * exactly: a leader arrives later than its timestamp by the readout, the network and this computer's delays, which
 * are never negative. So the smallest difference seen over a while is the best guess of the offset; a new one is sought
 * all the time, as clocks drift. A jump of the difference is none of these: the camera's clock was reset, or a timestamp
 * damaged, and the offset is sought anew.
 */
export class CameraClock {
  readonly #ticksPerSecond: bigint
  #offsetNs: bigint | undefined
  /** Smallest difference of the present window, and frames in it. */
  #windowNs: bigint | undefined
  #windowFrames = 0
  #lastNs = 0n

  /** @param ticksPerSecond 0 when the camera has no clock: frames are then dated by their arrival. */
  constructor(ticksPerSecond: bigint) {
    this.#ticksPerSecond = ticksPerSecond
  }

  /** The host's time of `ticks`, when the leader arrived at `arrivalNs`. Never before the one returned last. */
  toHostNs(ticks: bigint, arrivalNs: bigint): bigint {
    const mapped = this.#map(ticks, arrivalNs)
    this.#lastNs = mapped > this.#lastNs ? mapped : this.#lastNs
    return this.#lastNs
  }

  #map(ticks: bigint, arrivalNs: bigint): bigint {
    if (this.#ticksPerSecond === 0n || ticks === 0n) return arrivalNs
    const cameraNs = (ticks * 1_000_000_000n) / this.#ticksPerSecond
    const difference = arrivalNs - cameraNs
    if (this.#offsetNs !== undefined && isJump(difference - this.#offsetNs)) {
      this.#offsetNs = undefined
      this.#windowNs = undefined
      this.#windowFrames = 0
    }
    if (this.#windowNs === undefined || difference < this.#windowNs) this.#windowNs = difference
    this.#windowFrames += 1
    if (this.#offsetNs === undefined || difference < this.#offsetNs) this.#offsetNs = difference
    if (this.#windowFrames === windowFrames) {
      this.#offsetNs = this.#windowNs
      this.#windowNs = undefined
      this.#windowFrames = 0
    }
    return cameraNs + this.#offsetNs
  }
}

const windowFrames = 256
/** No leader comes so late, ns: what differs by more has another cause. */
const jumpNs = 2_000_000_000n

function isJump(changeNs: bigint): boolean {
  return changeNs > jumpNs || changeNs < -jumpNs
}
