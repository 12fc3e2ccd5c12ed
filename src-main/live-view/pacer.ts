/**
 * Decides which camera frames a stream of a lower frame rate sends.
 *
 * The schedule advances by whole periods, so the rate is exact on average. A frame is due when it lies nearer to the
 * scheduled moment than the next camera frame will: without that tolerance, a camera whose period jitters around the
 * stream's would lose every other frame. When the camera is late, the frame that comes is sent at once; after a pause
 * of more than a period the schedule starts anew, so that nothing is made up for in a burst.
 */
export class Pacer {
  #periodMs: number
  #nextMs: number | undefined
  #lastFrameMs: number | undefined
  #cameraPeriodMs: number | undefined

  constructor(frameRate: number) {
    this.#periodMs = 1000 / frameRate
  }

  set frameRate(frameRate: number) {
    this.#periodMs = 1000 / frameRate
    this.#nextMs = undefined
  }

  /**
   * Is the frame taken at `frameMs` (ms, any monotonic clock, never decreasing) to be sent? Call once per frame looked
   * at; `framesSince` counts camera frames since the last one looked at, this one included.
   */
  due(frameMs: number, framesSince = 1): boolean {
    this.#learnCameraPeriod(frameMs, framesSince)
    this.#nextMs ??= frameMs
    const toleranceMs = Math.min(this.#periodMs, this.#cameraPeriodMs ?? 0) / 2
    if (frameMs < this.#nextMs - toleranceMs) return false
    const nextMs = this.#nextMs + this.#periodMs
    this.#nextMs = nextMs >= frameMs ? nextMs : frameMs + this.#periodMs
    return true
  }

  #learnCameraPeriod(frameMs: number, framesSince: number): void {
    if (this.#lastFrameMs !== undefined) {
      const periodMs = (frameMs - this.#lastFrameMs) / framesSince
      const knownMs = this.#cameraPeriodMs ?? periodMs
      // A pause of the camera says little about its period.
      this.#cameraPeriodMs = knownMs + (Math.min(periodMs, 2 * knownMs) - knownMs) / 8
    }
    this.#lastFrameMs = frameMs
  }
}
