/** Pixel values along a line as curves of a plot. */
import type { LineProfile } from '../../display/image-line.ts'

/** The values between which profiles are drawn. */
export type ProfileRange = { readonly low: number; readonly high: number }

/** The least and the largest finite value of all channels; undefined where there is none, as outside of the image. */
export function profileRange(profile: LineProfile): ProfileRange | undefined {
  let [low, high] = [Infinity, -Infinity]
  for (const { values } of profile) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low <= high ? { low, high } : undefined
}

/** Path in a plot of 1 × 1 (y downwards), for SVG's `d`; interrupted where there is no finite value. */
export function profilePath(values: Float32Array, { low, high }: ProfileRange): string {
  const span = high - low
  let path = ''
  let drawing = false
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) {
      drawing = false
      continue
    }
    const x = values.length === 1 ? 0 : i / (values.length - 1)
    // An even line lies in the middle.
    const y = span === 0 ? 0.5 : 1 - (value - low) / span
    path += `${drawing ? 'L' : 'M'}${x.toFixed(4)} ${y.toFixed(4)}`
    drawing = true
  }
  return path
}
