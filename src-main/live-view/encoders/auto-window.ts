import type { FrameStatistics } from '../../../src-shared/frames/frame-statistics.ts'

/** How fast the window follows slow changes, ms. */
const timeConstantMs = 300

/** A change larger than this part of the window is a new scene (shutter, lamp, exposure), and followed at once. */
const jump = 0.5

/** The window is at least this part of the full range wide, so that a dark image does not become glaring noise. */
const narrowest = 1 / 256

/**
 * The window that shows 0.1 to 99.9 % of the pixels, steadied so that noise does not make the picture flicker.
 * Belongs to one stream; times may be of any clock, in ms.
 */
export class AutoWindow {
  #low = 0
  #high = 0
  #timeMs: number | undefined

  /** The window for the next frame. */
  next(
    statistics: FrameStatistics,
    options: { significantBits: number; timeMs: number },
  ): { low: number; high: number } {
    const { timeMs, significantBits } = options
    const low = statistics.p001
    const high = Math.max(statistics.p999, low + 2 ** significantBits * narrowest)
    const span = this.#high - this.#low
    const change = Math.max(Math.abs(low - this.#low), Math.abs(high - this.#high))
    const elapsedMs =
      this.#timeMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, timeMs - this.#timeMs)
    const share = change > span * jump ? 1 : 1 - Math.exp(-elapsedMs / timeConstantMs)
    this.#low += (low - this.#low) * share
    this.#high += (high - this.#high) * share
    this.#timeMs = timeMs
    return { low: this.#low, high: this.#high }
  }
}
