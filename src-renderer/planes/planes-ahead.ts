import type { ImageAxis, ImageDataset, PlaneIndex } from '../../src-shared/gallery.ts'

/** How far planes are fetched in advance along the axis that plays, and along the others. */
const playedAhead = 6
const besideAhead = 1

/** Where one is in the image, and whereto one moves. */
export type AheadOptions = {
  readonly sizes: ImageDataset['sizes']
  readonly index: PlaneIndex
  /** The axis that plays, or whose slider was moved last. */
  readonly axis: ImageAxis | undefined
  readonly playing: boolean
  /** Of what plays, every so many planes are shown; absent: all. */
  readonly stride?: number
}

/** Where one probably looks next, the most probable first. */
export function indicesAhead({
  sizes,
  index,
  axis,
  playing,
  stride = 1,
}: AheadOptions): readonly PlaneIndex[] {
  const along = (moved: ImageAxis, by: number): PlaneIndex[] => {
    const size = sizes[moved] ?? 1
    const to = (index[moved] ?? 0) + by
    // What plays begins again at its end.
    if (playing) return [{ ...index, [moved]: to % size }]
    return to < 0 || to >= size ? [] : [{ ...index, [moved]: to }]
  }
  if (axis !== undefined && playing)
    return Array.from({ length: playedAhead }, (_, step) => along(axis, (step + 1) * stride)).flat()
  const axes: readonly ImageAxis[] = ['t', 'z']
  const order = axis === undefined ? axes : [axis, ...axes.filter((other) => other !== axis)]
  return order.flatMap((moved) => [...along(moved, besideAhead), ...along(moved, -besideAhead)])
}
