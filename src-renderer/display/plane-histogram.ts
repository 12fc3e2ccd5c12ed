import { measure, samplingStep } from '../../src-shared/kernels/statistics.ts'
import type { Histogram } from './display-types.ts'
import { realHistogram } from './real-histogram.ts'

/** So many samples tell a plane's distribution well enough. */
const maxSamples = 2 ** 19

/** Consecutive samples are counted in runs: see `samplingStep`. */
const runLength = 32

const tableA = new Uint32Array(65_536)
/** Not used: `measure` takes the counts of two tables. */
const tableB = new Uint32Array(65_536)

type MeasuredPixels = {
  /** All samples, of all colours. */
  readonly pixels: Uint8Array | Uint16Array | Float32Array
  readonly rowSamples: number
  /** Undefined: of real numbers. */
  readonly significantBits: number | undefined
}

/** Distribution of the pixel values of a plane: the extremes of all of them, the rest from a part where there are many. */
export function planeHistogram({ pixels, rowSamples, significantBits = 16 }: MeasuredPixels): Histogram {
  if (pixels instanceof Float32Array) return realHistogram(pixels, rowSamples)
  tableA.fill(0)
  const step = samplingStep(pixels.length, { rowSamples, maxSamples }) * runLength
  let [min, max, sampled] = [65_535, 0, 0]
  for (const value of pixels) {
    if (value < min) min = value
    if (value > max) max = value
  }
  for (let start = 0; start < pixels.length; start += step) {
    const end = Math.min(pixels.length, start + runLength)
    for (let at = start; at < end; at++) {
      const value = pixels[at] ?? 0
      tableA[value] = (tableA[value] ?? 0) + 1
    }
    sampled += end - start
  }
  const { statistics, histogram, histogramBits } = measure({
    tableA,
    tableB,
    min,
    max,
    sampled,
    significantBits,
  })
  const { saturated, ...values } = statistics
  return {
    ...values,
    bins: Uint32Array.from(histogram),
    binsUpTo: 2 ** histogramBits - 1,
    maxValue: 2 ** significantBits - 1,
    saturatedFraction: saturated,
  }
}
