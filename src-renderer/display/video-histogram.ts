/** The distribution of pixel values of a video frame, computed back from its grey values. */
import { sampleBitmap } from './bitmap-pixels.ts'
import type { Histogram } from './display-types.ts'
import { aduOfGrey } from './pixel-probe.ts'
import type { VideoImage } from './video-frame.ts'

/** Points per axis that are looked at. */
const samples = 192

/** The histogram of a picture of a video. */
export function videoHistogram({ bitmap, frame }: VideoImage): Histogram {
  const pixels = sampleBitmap(bitmap, samples)
  const counts = new Uint32Array(256)
  for (let i = 0; i < pixels.length; i += 4) {
    const grey = pixels[i] ?? 0
    counts[grey] = (counts[grey] ?? 0) + 1
  }
  const { maxValue, windowed } = frame
  const toAdu = (grey: number) => (windowed === undefined ? grey : aduOfGrey(grey, windowed))
  return histogramOfGreys(counts, toAdu, maxValue)
}

/**
 * @param counts of the grey values 0–255
 * @param toAdu pixel value that became a grey value; must grow with it
 */
export function histogramOfGreys(
  counts: Uint32Array,
  toAdu: (grey: number) => number,
  maxValue: number,
): Histogram {
  const bins = new Uint32Array(256)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const quantiles = { p001: 0, p999: 0 }
  let seen = 0
  let weighted = 0
  for (const [grey, count] of counts.entries()) {
    if (count === 0) continue
    const value = toAdu(grey)
    // A grey value stands for all pixel values that become it.
    const first = binOf(toAdu(Math.max(0, grey - 0.5)), maxValue)
    const last = binOf(toAdu(Math.min(255, grey + 0.5)), maxValue)
    const share = Math.round(count / (last - first + 1))
    for (let bin = first; bin <= last; bin++) bins[bin] = (bins[bin] ?? 0) + share
    if (seen < total * 0.001) quantiles.p001 = value
    if (seen < total * 0.999) quantiles.p999 = value
    seen += count
    weighted += value * count
  }
  const present = [...counts.keys()].filter((grey) => counts[grey] !== 0).map(toAdu)
  return {
    bins,
    binsUpTo: maxValue,
    maxValue,
    min: Math.round(present[0] ?? 0),
    max: Math.round(present.at(-1) ?? 0),
    mean: total === 0 ? 0 : weighted / total,
    p001: Math.round(quantiles.p001),
    p999: Math.round(quantiles.p999),
    // What lies above the window is not known.
    saturatedFraction: 0,
  }
}

function binOf(value: number, maxValue: number): number {
  return Math.max(0, Math.min(255, Math.floor((value * 256) / (maxValue + 1))))
}
