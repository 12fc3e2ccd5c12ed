/** Maps pixel values to 8-bit grey: `low` and below is black, `high` and above white, in between t^(1/gamma). */
export type GreyWindow = { readonly low: number; readonly high: number; readonly gamma: number }

/** A window with gamma 1 in the fixed-point numbers of the `window` kernels (see assembly/window.ts). */
export type LinearMap = {
  readonly low: number
  readonly range: number
  readonly scale: number
  readonly multiplier: number
}

/** `low` and `high` rounded to whole values in 0..65535, and at least 1 apart. */
export function wholeWindow(window: GreyWindow): { readonly low: number; readonly range: number } {
  const low = Math.round(Math.min(Math.max(window.low, 0), 65534))
  const high = Math.round(Math.min(Math.max(window.high, low + 1), 65535))
  return { low, range: high - low }
}

/** The fixed-point form of `window` to 0..`white`, without its gamma. Results differ from exact ones by at most 1. */
export function linearMap(window: GreyWindow, white = 255): LinearMap {
  const { low, range } = wholeWindow(window)
  // The power of two that brings the range to 2^14 .. 2^15 - 1; from 2^15 on the kernel halves instead.
  const scale = range >= 32768 ? 0 : 2 ** (14 - Math.floor(Math.log2(range)))
  const scaled = scale === 0 ? range / 2 : range * scale
  return { low, range, scale, multiplier: Math.round((white * 64 * 32768) / scaled) }
}

const curvePoints = 4096
let curve = { gamma: Number.NaN, values: new Uint8Array(curvePoints) }

function gammaCurve(gamma: number): Uint8Array {
  if (curve.gamma !== gamma) {
    const values = Uint8Array.from(
      { length: curvePoints },
      (_, i) => 255 * (i / (curvePoints - 1)) ** (1 / gamma) + 0.5,
    )
    curve = { gamma, values }
  }
  return curve.values
}

/** Fills `table` (entry = grey of that pixel value; 256 or 65536 entries) for `window` with its gamma. */
export function fillGreyTable(table: Uint8Array, window: GreyWindow): void {
  const { low, range } = wholeWindow(window)
  const values = gammaCurve(window.gamma)
  const scale = (curvePoints - 1) / range
  const end = Math.min(low + range, table.length)
  table.fill(0, 0, Math.min(low, table.length))
  for (let value = low; value < end; value++) table[value] = values[((value - low) * scale + 0.5) | 0] ?? 255
  table.fill(255, end)
}
