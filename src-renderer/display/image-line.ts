/** A straight line in an image: how long it is, and the pixel values along it. */
import type { Probe } from './display-types.ts'
import type { Point } from './view-transform.ts'

/** In pixels of the whole image. */
export type ImageLine = { readonly from: Point; readonly to: Point }

/** Pixel values from one end of a line to the other, at equal distances; NaN outside of the image. */
export type LineProfile = readonly { readonly channel: number; readonly values: Float32Array }[]

/** Points of a profile, at most. */
const mostPoints = 4096

/** Length in pixels. */
export function lineLength({ from, to }: ImageLine): number {
  return Math.hypot(to.x - from.x, to.y - from.y)
}

/** From the horizontal, upwards, degrees: −180 to 180. */
export function lineAngle({ from, to }: ImageLine): number {
  return (Math.atan2(from.y - to.y, to.x - from.x) * 180) / Math.PI
}

/** The line turned to the next multiple of 45°. */
export function snappedLine(line: ImageLine): ImageLine {
  const step = Math.PI / 4
  const { from, to } = line
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step
  const length = lineLength(line)
  return { from, to: { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) } }
}

/**
 * The values of the pixels that the line goes through, about one for each.
 * @param line in pixels of the plane
 * @param valueAt the value at a point; undefined outside of the image
 */
export function valuesAlong(
  line: ImageLine,
  valueAt: (at: Point) => Probe['value'] | undefined,
): Float32Array {
  const { from, to } = line
  const values = new Float32Array(Math.min(mostPoints, Math.ceil(lineLength(line)) + 1))
  for (const i of values.keys()) {
    const part = values.length === 1 ? 0 : i / (values.length - 1)
    const value = valueAt({ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) })
    values[i] = value === undefined ? Number.NaN : greyOf(value)
  }
  return values
}

/** Of colours their mean. */
function greyOf(value: Probe['value']): number {
  return typeof value === 'number' ? value : (value[0] + value[1] + value[2]) / 3
}
