/** Which pixel values are black and white. */
import type { Histogram } from '../display/display-types.ts'

/** ADU; `high` is above `low`. */
export type ValueWindow = { readonly low: number; readonly high: number }

/** The narrowest window: below it an even image would be shown as nothing but noise. */
const narrowest = 8
/** Changes of less than this part of the window's width are not followed, so that nothing flickers. */
const deadBand = 0.02
/** Part of the way to the new window that is gone per histogram (a few per second). */
const pace = 0.5

/** The window from the 0.1 % to the 99.9 % percentile of the image's pixels. */
export function windowOfHistogram(
  histogram: Pick<Histogram, 'p001' | 'p999' | 'maxValue' | 'real'>,
): ValueWindow {
  if (histogram.real !== undefined) {
    const { p001, p999 } = histogram
    return { low: p001, high: Math.max(p999, p001 + histogram.real.step) }
  }
  const low = Math.max(0, Math.floor(histogram.p001))
  const high = Math.min(histogram.maxValue, Math.ceil(histogram.p999))
  if (high - low >= narrowest) return { low, high }
  const start = Math.max(0, Math.min(low, histogram.maxValue - narrowest))
  return { low: start, high: Math.min(histogram.maxValue, start + narrowest) }
}

/** All values of an image of real numbers. */
export function wholeWindow({ min, max, real }: Pick<Histogram, 'min' | 'max' | 'real'>): ValueWindow {
  return { low: min, high: Math.max(max, min + (real?.step ?? 1)) }
}

/** One step of continuous auto-contrast from `current` towards `target`: steady on a steady image, soft on a new one. */
export function followWindow(current: ValueWindow | undefined, target: ValueWindow, step = 1): ValueWindow {
  if (current === undefined) return target
  const width = target.high - target.low
  const change = Math.max(Math.abs(target.low - current.low), Math.abs(target.high - current.high))
  if (change <= width * deadBand) return current
  // The last stretch is taken at once, so that it ends.
  if (change <= width * deadBand * 3) return target
  return {
    low: onGrid(current.low + (target.low - current.low) * pace, step),
    high: onGrid(current.high + (target.high - current.high) * pace, step),
  }
}

/** The next multiple of `step`, without the dust of binary fractions. */
export function onGrid(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12))
}

/**
 * `window` with both ends within 0 to `maxValue`, whole and at least one apart; of real numbers (`maxValue` undefined)
 * with `high` above `low`.
 */
export function clampWindow(window: ValueWindow, maxValue: number | undefined): ValueWindow {
  if (maxValue === undefined) {
    const { low, high } = window
    return { low, high: high > low ? high : low + (Math.abs(low) || 1) * 1e-6 }
  }
  const low = Math.max(0, Math.min(maxValue - 1, Math.round(window.low)))
  return { low, high: Math.max(low + 1, Math.min(maxValue, Math.round(window.high))) }
}
