/** The shortest time between frames, as the original design and ImSwitch give it, beside our frame rate. */

/** Frames per second of `throttleMs`, within what streams take. */
export function frameRateOf(throttleMs: number): number {
  return Math.min(1000, Math.max(0.1, 1000 / Math.max(1, throttleMs)))
}

/** Whole ms between frames at `frameRate`. */
export function throttleMsOf(frameRate: number): number {
  return Math.round(1000 / frameRate)
}
