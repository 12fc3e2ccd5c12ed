/** Where the stage lies in the map: pure functions between µm and CSS pixels. Like the live image, y grows downwards. */
import type { Point, Size } from '../../../display/view-transform.ts'
import type { Box } from '../../../../src-shared/plan/polygon.ts'

export type MapFrame = {
  /** µm at the middle of the map. */
  readonly centreX: number
  readonly centreY: number
  /** CSS pixels per µm. */
  readonly scale: number
}

/** The map cannot be zoomed beyond these, CSS pixels per µm. */
const limits = { min: 1e-4, max: 50 }

const inLimits = (scale: number) => Math.max(limits.min, Math.min(limits.max, scale))

/** From the stage, µm, to the map, CSS pixels from its upper left corner. */
export function toMap({ centreX, centreY, scale }: MapFrame, size: Size, um: Point): Point {
  return { x: size.width / 2 + (um.x - centreX) * scale, y: size.height / 2 + (um.y - centreY) * scale }
}

/** From the map, CSS pixels from its upper left corner, to the stage, µm. */
export function toStage({ centreX, centreY, scale }: MapFrame, size: Size, px: Point): Point {
  return { x: centreX + (px.x - size.width / 2) / scale, y: centreY + (px.y - size.height / 2) / scale }
}

/** Shows `box` (µm) as large as the map allows, with some room around it. */
export function fitBox({ left, right, top, bottom }: Box, size: Size): MapFrame {
  const width = Math.max(1, right - left)
  const height = Math.max(1, top - bottom)
  const scale = Math.min(size.width / width, size.height / height) * 0.86
  return {
    centreX: (left + right) / 2,
    centreY: (top + bottom) / 2,
    scale: inLimits(Number.isFinite(scale) && scale > 0 ? scale : 1),
  }
}

/** Zooms by `factor`; what lies under `at` (CSS pixels) stays there. */
export function zoomFrame(frame: MapFrame, size: Size, factor: number, at: Point): MapFrame {
  const scale = inLimits(frame.scale * factor)
  const fixed = toStage(frame, size, at)
  return {
    scale,
    centreX: fixed.x - (at.x - size.width / 2) / scale,
    centreY: fixed.y - (at.y - size.height / 2) / scale,
  }
}

/** The same map of what lies `by` µm further. */
export function movedFrame({ centreX, centreY, scale }: MapFrame, by: Point): MapFrame {
  return { centreX: centreX + by.x, centreY: centreY + by.y, scale }
}

/** Moves what is shown by CSS pixels. */
export function panFrame(frame: MapFrame, dx: number, dy: number): MapFrame {
  return { ...frame, centreX: frame.centreX - dx / frame.scale, centreY: frame.centreY - dy / frame.scale }
}

/** A round distance of about `px` CSS pixels, µm: 1, 2 or 5 times a power of ten. */
export function roundDistanceUm({ scale }: MapFrame, px: number): number {
  const rough = px / scale
  const decade = 10 ** Math.floor(Math.log10(rough))
  const factor = [5, 2, 1].find((each) => each * decade <= rough) ?? 1
  return factor * decade
}

/** The part of `box` that is not absurdly far from the stage's travel: a slip in one position leaves the map useful. */
export function nearTravel(box: Box, travel: Box | undefined): Box {
  if (travel === undefined) return box
  const [x, y] = [(travel.left + travel.right) / 2, (travel.bottom + travel.top) / 2]
  const [dx, dy] = [farTravels * (travel.right - travel.left), farTravels * (travel.top - travel.bottom)]
  const within = (value: number, middle: number, reach: number) =>
    Math.max(middle - reach, Math.min(middle + reach, value))
  return {
    left: within(box.left, x, dx),
    right: within(box.right, x, dx),
    bottom: within(box.bottom, y, dy),
    top: within(box.top, y, dy),
  }
}

/** A plate is larger than the travel of a stage that does not suit it, but not so much. */
const farTravels = 8

/** The smallest box around all of `boxes`; undefined when there are none. */
export function unionOf(boxes: readonly Box[]): Box | undefined {
  const [first, ...others] = boxes
  if (first === undefined) return undefined
  return others.reduce(
    (all, { left, right, top, bottom }) => ({
      left: Math.min(all.left, left),
      right: Math.max(all.right, right),
      bottom: Math.min(all.bottom, bottom),
      top: Math.max(all.top, top),
    }),
    first,
  )
}
