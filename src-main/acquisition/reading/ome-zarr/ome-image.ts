/** One image of an OME-Zarr: its axes, sizes, smaller copies and channels. */
import { join } from 'node:path'
import { type Multiscale, omeImageSchema, omeOf } from './ome-schema.ts'
import { type OwnImage, ownImage } from './own-attributes.ts'
import { unreadablePart } from './unreadable-part.ts'
import { parsed, readZarrArray, type ZarrArray, type ZarrNode } from './zarr-metadata.ts'

/** Numbers of the array's axes. */
type ImageAxes = {
  readonly y: number
  readonly x: number
  readonly t: number | undefined
  readonly c: number | undefined
  readonly z: number | undefined
}

export type OmeImage = {
  readonly folder: string
  readonly name: string | undefined
  readonly axes: ImageAxes
  readonly first: ZarrArray
  /** Folders of the arrays, the largest first. */
  readonly levels: readonly string[]
  readonly channels: readonly OmeChannel[]
  /** Size of a pixel along x; of a step of z, t; undefined where the file does not say. */
  readonly pixelSizeUm: number | undefined
  readonly zStepUm: number | undefined
  readonly timeStepS: number | undefined
  readonly own: OwnImage | undefined
}

type OmeChannel = {
  readonly name?: string
  readonly color?: string
  readonly windowLow?: number
  readonly windowHigh?: number
}

/** Reads the image of a node, of the dataset `root`, that was found to be one. @throws CoverslipError UNREADABLE_IMAGE */
export async function readOmeImage(
  folder: string,
  { attributes }: Pick<ZarrNode, 'attributes'>,
  root: string,
): Promise<OmeImage> {
  const { multiscales, omero } = parsed(omeImageSchema, omeOf(attributes), folder)
  const [multiscale] = multiscales
  if (multiscale === undefined) throw unreadablePart(folder, 'it has no image')
  const axes = axesOf(folder, multiscale)
  const levels = multiscale.datasets.map(({ path }) => join(folder, path))
  const first = await readZarrArray(levels[0] ?? folder, root)
  if (first.shape.length !== multiscale.axes.length)
    throw unreadablePart(
      folder,
      `its array has ${first.shape.length} axes, and its metadata ${multiscale.axes.length}`,
    )
  const stepOf = (axis: number | undefined) => (axis === undefined ? undefined : stepAlong(multiscale, axis))
  return {
    folder,
    name: multiscale.name,
    axes,
    first,
    levels,
    channels: (omero?.channels ?? []).map(({ label, color, window }) => ({
      ...(label === undefined ? {} : { name: label }),
      ...(color === undefined ? {} : { color: `#${color.replace('#', '').slice(0, 6).toLowerCase()}` }),
      ...(window === undefined || window.end <= window.start
        ? {}
        : { windowLow: window.start, windowHigh: window.end }),
    })),
    pixelSizeUm: stepOf(axes.x),
    zStepUm: stepOf(axes.z),
    timeStepS: stepOf(axes.t),
    own: ownImage(attributes),
  }
}

function axesOf(folder: string, { axes }: Multiscale): ImageAxes {
  const numberOf = (name: string) => {
    const number = axes.findIndex((axis) => axis.name === name)
    return number === -1 ? undefined : number
  }
  const [y, x] = [numberOf('y'), numberOf('x')]
  const others = axes.filter(({ name }) => !['t', 'c', 'z', 'y', 'x'].includes(name))
  if (y === undefined || x === undefined || others.length > 0)
    throw unreadablePart(
      folder,
      `its axes are ${axes.map(({ name }) => name).join(', ')}; Coverslip knows t, c, z, y, x`,
    )
  return { y, x, t: numberOf('t'), c: numberOf('c'), z: numberOf('z') }
}

/** Micrometres of units of space, seconds of units of time (UDUNITS-2 names, as OME-Zarr has them). */
const units: Readonly<Record<string, number>> = {
  angstrom: 1e-4,
  picometer: 1e-6,
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
  nanosecond: 1e-9,
  microsecond: 1e-6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
}

/** Of the first level; undefined without a unit, when the number means nothing. */
function stepAlong(
  { axes, datasets, coordinateTransformations }: Multiscale,
  axis: number,
): number | undefined {
  const unit = units[axes[axis]?.unit ?? '']
  if (unit === undefined) return undefined
  const own = datasets[0]?.coordinateTransformations ?? []
  const step = [...own, ...coordinateTransformations].reduce(
    (product, { type, scale }) => (type === 'scale' ? product * (scale?.[axis] ?? 1) : product),
    unit,
  )
  return Number.isFinite(step) && step > 0 ? step : undefined
}
