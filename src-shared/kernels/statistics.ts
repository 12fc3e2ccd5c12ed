import {
  type FrameStatistics,
  histogramBins,
  histogramBits as bitsOfHistogram,
} from '../frames/frame-statistics.ts'

/** Statistics of a frame with its histogram of 256 bins over 0 .. 2^histogramBits - 1 (numbers of samples). */
export type MeasuredFrame = {
  readonly statistics: FrameStatistics
  readonly histogram: number[]
  readonly histogramBits: number
}

const runLength = 32

/**
 * Every how many runs of 32 samples one is counted, so that about `maxSamples` are: chosen so that the runs of
 * successive rows (`rowSamples` long) do not lie below each other, which would see only some columns.
 */
export function samplingStep(samples: number, options: { rowSamples: number; maxSamples: number }): number {
  let step = Math.max(1, Math.ceil(samples / options.maxSamples))
  while (step > 1 && options.rowSamples % (runLength * step) === 0) step += 1
  return step
}

/**
 * Evaluates the counts of two tables (index = sample value) that were filled in turns, `sampled` counts altogether,
 * all between `min` and `max`.
 */
export function measure(counts: {
  readonly tableA: Uint32Array
  readonly tableB: Uint32Array
  readonly min: number
  readonly max: number
  readonly sampled: number
  readonly significantBits: number
}): MeasuredFrame {
  const { tableA, tableB, min, max, sampled, significantBits } = counts
  const largest = 2 ** significantBits - 1
  // Nearest rank: the smallest value that at least this many samples do not exceed.
  const rank001 = Math.max(1, Math.ceil(sampled * 0.001))
  const rank999 = Math.max(1, Math.ceil(sampled * 0.999))
  let seen = 0
  let sum = 0
  let saturated = 0
  let p001 = min
  let p999 = max
  for (let value = min; value <= max; value++) {
    const count = (tableA[value] ?? 0) + (tableB[value] ?? 0)
    if (count === 0) continue
    if (seen < rank001 && seen + count >= rank001) p001 = value
    if (seen < rank999 && seen + count >= rank999) p999 = value
    seen += count
    sum += value * count
    if (value >= largest) saturated += count
  }
  const histogramBits = bitsOfHistogram(p999, significantBits)
  return {
    histogram: binned(counts, histogramBits),
    histogramBits,
    statistics: { min, max, mean: sum / sampled, p001, p999, saturated: saturated / sampled },
  }
}

function binned(
  counts: {
    readonly tableA: Uint32Array
    readonly tableB: Uint32Array
    readonly min: number
    readonly max: number
  },
  histogramBits: number,
): number[] {
  const { tableA, tableB, min, max } = counts
  const histogram = new Array<number>(histogramBins).fill(0)
  for (let value = min; value <= max; value++) {
    const count = (tableA[value] ?? 0) + (tableB[value] ?? 0)
    const bin = Math.min(histogramBins - 1, (value * histogramBins) >>> histogramBits)
    histogram[bin] = (histogram[bin] ?? 0) + count
  }
  return histogram
}
