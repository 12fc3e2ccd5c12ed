/** The histogram as a curve, and which part of the value axis is on show. */
import type { Histogram } from '../display/display-types.ts'
import type { ValueWindow } from '../stores/auto-window.ts'

/** Values (ADU) at the left and right end of the plot. */
export type ValueAxis = { readonly from: number; readonly to: number }

/** Part of the axis left free beside the data and the window. */
const margin = 0.05

/**
 * The axis: the camera's whole range (of real numbers the image's), or what the image and the window need of it.
 * Its ends are round values, so that it stands still while the image's noise changes.
 */
export function valueAxis(
  range: 'full' | 'data',
  window: ValueWindow,
  histogram: Pick<Histogram, 'maxValue' | 'min' | 'p001' | 'p999' | 'real'> | undefined,
): ValueAxis {
  if (histogram?.real !== undefined) return realAxis(range, window, histogram)
  const maxValue = histogram?.maxValue ?? Math.max(255, window.high)
  if (range === 'full' || histogram === undefined) return { from: 0, to: maxValue }
  const low = Math.min(window.low, histogram.p001)
  const high = Math.max(window.high, histogram.p999)
  const span = Math.max(10, high - low)
  const grid = Math.max(1, 10 ** Math.floor(Math.log10(span)) / 5)
  const from = Math.floor((low - span * margin) / grid) * grid
  const to = Math.ceil((high + span * margin) / grid) * grid
  return { from: Math.max(0, from), to: Math.min(maxValue, to) }
}

function realAxis(
  range: 'full' | 'data',
  window: ValueWindow,
  { min, maxValue, p001, p999, real }: Pick<Histogram, 'maxValue' | 'min' | 'p001' | 'p999' | 'real'>,
): ValueAxis {
  const [low, high] = range === 'full' ? [min, maxValue] : [p001, p999]
  const from = Math.min(window.low, low)
  const to = Math.max(window.high, high, from + (real?.step ?? 1))
  return { from: from - (to - from) * margin, to: to + (to - from) * margin }
}

/** Height of a bin that holds `count` values where the plot's full height stands for `top`, 0 to 1. */
function heightOf(count: number, top: number, scale: 'linear' | 'log'): number {
  if (top <= 0) return 0
  return Math.min(1, scale === 'linear' ? count / top : Math.log1p(count) / Math.log1p(top))
}

/**
 * Path of the area under the histogram in a plot of 1 × 1 (y downwards), for SVG's `d`.
 * On the linear scale the one largest bin is left out of account, so that black background does not flatten the rest.
 */
export function histogramPath(
  { bins, binsUpTo, real }: Pick<Histogram, 'bins' | 'binsUpTo' | 'real'>,
  { from, to }: ValueAxis,
  scale: 'linear' | 'log',
): string {
  const start = real?.from ?? 0
  const binWidth = (real === undefined ? binsUpTo + 1 : binsUpTo - start) / bins.length
  const placeOf = (bin: number) => start + bin * binWidth
  const first = Math.max(0, Math.floor((from - start) / binWidth))
  const last = Math.min(bins.length - 1, Math.floor((to - start) / binWidth))
  const counts = [...bins.slice(first, last + 1)].sort((a, b) => b - a)
  const top = (scale === 'linear' ? (counts[1] ?? counts[0]) : counts[0]) ?? 0
  const x = (value: number) =>
    ((Math.max(from, Math.min(to, value)) - from) / Math.max(1e-30, to - from)).toFixed(4)
  let path = `M${x(placeOf(first))} 1`
  for (let bin = first; bin <= last; bin++) {
    const y = (1 - heightOf(bins[bin] ?? 0, top, scale)).toFixed(4)
    path += `L${x(placeOf(bin))} ${y}L${x(placeOf(bin + 1))} ${y}`
  }
  return `${path}L${x(placeOf(last + 1))} 1Z`
}

/** Path of the transfer curve (value → brightness) in a plot of 1 × 1. */
export function transferPath(window: ValueWindow, gamma: number, { from, to }: ValueAxis): string {
  const span = Math.max(1e-30, to - from)
  const points = [`M${((Math.min(from, window.low) - from) / span).toFixed(4)} 1`]
  const steps = gamma === 1 ? 1 : 24
  for (let step = 0; step <= steps; step++) {
    const part = step / steps
    const value = window.low + part * (window.high - window.low)
    points.push(`L${((value - from) / span).toFixed(4)} ${(1 - part ** (1 / gamma)).toFixed(4)}`)
  }
  points.push(`L${((Math.max(to, window.high) - from) / span).toFixed(4)} 0`)
  return points.join('')
}
