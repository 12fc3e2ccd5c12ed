/**
 * How many points per axis are averaged where the image is shown smaller. While the GPU is too slow for smooth
 * averaging, moving images are averaged less; a still one is drawn well.
 */
import { mostTaps } from './image-renderer.ts'

/** Median times to draw above and below which moving images are averaged less and more, ms. */
const slowDrawMs = 18
const quickDrawMs = 5
/** How long they are watched before the next change. */
const watchDrawingMs = 2500
/** An image is still when no frame has come for so long. */
export const stillAfterMs = 300

/** How finely images are drawn. */
export class DrawQuality {
  #movingTaps = 2
  #sinceMs = 0
  #lastFrameMs = 0

  /** A new frame is drawn. */
  frame(nowMs: number): void {
    this.#lastFrameMs = nowMs
  }

  /** Points per axis to average now. */
  taps(nowMs: number): number {
    return nowMs - this.#lastFrameMs > stillAfterMs ? mostTaps : this.#movingTaps
  }

  /**
   * Learns from the last frames.
   * @param wanted points per axis that the present magnification calls for
   * @param drawMs median time to draw a frame
   * @returns whether the image deserves to be drawn better once it is still
   */
  learn(nowMs: number, wanted: number, drawMs: number): boolean {
    if (nowMs - this.#sinceMs > watchDrawingMs) {
      const taps = Math.min(wanted, this.#movingTaps)
      if (drawMs > slowDrawMs && taps > 1) this.#movingTaps = taps > 2 ? 2 : 1
      if (drawMs < quickDrawMs && taps < wanted) this.#movingTaps *= 2
      this.#sinceMs = nowMs
    }
    return wanted > this.#movingTaps
  }
}
