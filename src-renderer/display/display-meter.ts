/** Counts and times what reaches the screen. */
import type { DisplayStats } from './display-types.ts'

/** Rates and medians are of the last so many ms. */
const windowMs = 2000

/** Values of the last two seconds with their times. */
class RecentValues {
  #times: number[] = []
  #values: number[] = []

  add(timeMs: number, value: number): void {
    this.#times.push(timeMs)
    this.#values.push(value)
  }

  forgetBefore(timeMs: number): void {
    const kept = this.#times.findIndex((time) => time >= timeMs)
    const count = kept < 0 ? this.#times.length : kept
    this.#times.splice(0, count)
    this.#values.splice(0, count)
  }

  /** Values per second, from the times between them; 0 when there are fewer than two. */
  get perSecond(): number {
    const first = this.#times[0]
    const last = this.#times.at(-1)
    if (first === undefined || last === undefined || last <= first) return 0
    return ((this.#times.length - 1) * 1000) / (last - first)
  }

  get sum(): number {
    return this.#values.reduce((sum, value) => sum + value, 0)
  }

  /** The value below which `share` of the values lie. */
  quantile(share: number): number | undefined {
    const sorted = this.#values.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  }
}

export class DisplayMeter {
  readonly #received = new RecentValues()
  readonly #decodeMs = new RecentValues()
  readonly #shown = new RecentValues()
  readonly #latencyMs = new RecentValues()
  #lastFrameId: number | undefined
  #missed = 0
  #dropped = 0
  #lastReceivedMs = Number.NEGATIVE_INFINITY

  /** A new subscription: its frames are counted from 0. */
  restart(): void {
    this.#lastFrameId = undefined
    this.#missed = 0
    this.#dropped = 0
  }

  received(timeMs: number, frameId: number, bytes: number): void {
    this.#lastReceivedMs = timeMs
    this.#received.add(timeMs, bytes)
    // A smaller number than before: the stream was started anew and counts from 0 again.
    if (this.#lastFrameId !== undefined && frameId > this.#lastFrameId)
      this.#missed += frameId - this.#lastFrameId - 1
    this.#lastFrameId = frameId
  }

  decoded(timeMs: number, decodeMs: number): void {
    this.#decodeMs.add(timeMs, decodeMs)
  }

  dropped(): void {
    this.#dropped += 1
  }

  /** A frame is on the canvas. `latencyMs` is undefined while the host's clock is not known. */
  shown(timeMs: number, drawMs: number, latencyMs: number | undefined): void {
    this.#shown.add(timeMs, drawMs)
    if (latencyMs !== undefined) this.#latencyMs.add(timeMs, latencyMs)
  }

  /** Median time to draw a frame, ms. */
  get drawMs(): number {
    return this.#shown.quantile(0.5) ?? 0
  }

  /** Whether there is anything to tell: frames came in within the time that the figures are about. */
  isActive(timeMs: number): boolean {
    return timeMs - this.#lastReceivedMs <= windowMs
  }

  stats(timeMs: number): DisplayStats {
    for (const values of [this.#received, this.#decodeMs, this.#shown, this.#latencyMs]) {
      values.forgetBefore(timeMs - windowMs)
    }
    return {
      receivedFps: this.#received.perSecond,
      shownFps: this.#shown.perSecond,
      latencyMs: this.#latencyMs.quantile(0.5),
      latencyP95Ms: this.#latencyMs.quantile(0.95),
      decodeMs: this.#decodeMs.quantile(0.5) ?? 0,
      drawMs: this.drawMs,
      bytesPerSecond: (this.#received.sum * 1000) / windowMs,
      missed: this.#missed,
      dropped: this.#dropped,
    }
  }
}
