/** Distribution of real numbers, whatever their range: a few outliers do not hide where most of them lie. */
import { histogramBins } from '../../src-shared/frames/frame-statistics.ts'
import type { Histogram } from './display-types.ts'

/** So many values tell the distribution well enough. */
const maxSamples = 2 ** 16

/**
 * Extremes and mean of all finite values, the rest from a part where there are many. Bins reach as far beyond the 0.1 %
 * and 99.9 % percentiles as these lie apart, or to the extremes; the outermost count what is beyond them.
 */
export function realHistogram(pixels: Float32Array, rowSamples: number): Histogram {
  const { min, max, mean } = extremesOf(pixels)
  const sorted = sampleOf(pixels, rowSamples).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  const [p001, p999] = [at(0.001), at(0.999)]
  const spread = p999 > p001 ? p999 - p001 : max - min
  const from = Math.max(min, p001 - spread)
  const step = stepFor(spread > 0 ? spread : Math.abs(min))
  const to = Math.max(Math.min(max, p999 + spread), from + step)
  const bins = new Uint32Array(histogramBins)
  for (const value of sorted) {
    const bin = Math.floor(((value - from) / (to - from)) * histogramBins)
    const inside = Math.max(0, Math.min(histogramBins - 1, bin))
    bins[inside] = (bins[inside] ?? 0) + 1
  }
  return {
    bins,
    binsUpTo: to,
    maxValue: max,
    min,
    max,
    mean,
    p001,
    p999,
    saturatedFraction: 0,
    real: { from, step },
  }
}

/** Zeros where nothing is finite. */
function extremesOf(pixels: Float32Array): {
  readonly min: number
  readonly max: number
  readonly mean: number
} {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const value of pixels) {
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    count += 1
  }
  return count === 0 ? { min: 0, max: 0, mean: 0 } : { min, max, mean: sum / count }
}

/** Finite values at even distances, which are not always in the same columns. */
function sampleOf(pixels: Float32Array, rowSamples: number): Float32Array {
  let step = Math.max(1, Math.ceil(pixels.length / maxSamples))
  while (step > 1 && rowSamples % step === 0) step += 1
  const sample = new Float32Array(Math.ceil(pixels.length / step))
  let count = 0
  for (let at = 0; at < pixels.length; at += step) {
    const value = pixels[at] ?? 0
    if (Number.isFinite(value)) sample[count++] = value
  }
  return sample.subarray(0, count)
}

/** A power of ten, about a thousandth of `spread`. */
function stepFor(spread: number): number {
  return 10 ** (Math.floor(Math.log10(spread > 0 ? spread : 1)) - 3)
}
