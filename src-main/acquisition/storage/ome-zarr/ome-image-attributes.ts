/** `attributes.ome` of an image (OME-Zarr 0.5, "multiscales" and "omero"). */
import { pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import type { DatasetLayout } from '../dataset-writer.ts'
import type { JsonObject } from './zarr-json.ts'

/** Of OME-Zarr, as every `ome` names it. */
export const omeVersion = '0.5'

/** Grey values that are shown black and white at first. */
export type DisplayWindow = { readonly low: number; readonly high: number }

type ImageFacts = {
  readonly name: string
  /** Seconds between planes of t; undefined where not even. */
  readonly timeStepS: number | undefined
  /** By channel of the plan; undefined: not measured, the whole range. */
  readonly windows: readonly (DisplayWindow | undefined)[]
}

/** Attributes of an image that has its first level only. */
export function omeImageAttributes(layout: DatasetLayout, facts: ImageFacts): JsonObject {
  const { pixelSizeUm } = layout.image
  const { timeStepS } = facts
  const zStepUm = layout.zStepUm === undefined || layout.zStepUm === 0 ? undefined : layout.zStepUm
  // Without a unit where the size is not known, as 1 would be a lie then.
  const space = (name: string, sizeUm: number | undefined) => ({
    name,
    type: 'space',
    ...(sizeUm === undefined ? {} : { unit: 'micrometer' }),
  })
  return {
    version: omeVersion,
    multiscales: [
      {
        name: facts.name,
        axes: [
          { name: 't', type: 'time', ...(timeStepS === undefined ? {} : { unit: 'second' }) },
          { name: 'c', type: 'channel' },
          space('z', zStepUm),
          space('y', pixelSizeUm),
          space('x', pixelSizeUm),
        ],
        datasets: [
          levelAttributes(0, [timeStepS ?? 1, 1, Math.abs(zStepUm ?? 1), pixelSizeUm ?? 1, pixelSizeUm ?? 1]),
        ],
        type: 'mean',
      },
    ],
    omero: {
      channels: omeroChannels(layout, facts.windows),
      rdefs: { defaultT: 0, defaultZ: 0, model: isSingleGrey(layout) ? 'greyscale' : 'color' },
    },
  }
}

/**
 * An entry of `datasets`: level n, whose pixels are the mean of 2^n x 2^n.
 * @param scale of the first level: t, c, z, y, x.
 */
export function levelAttributes(level: number, scale: readonly number[]): JsonObject {
  const factor = 2 ** level
  const isInPlane = (axis: number) => axis >= 3
  const levelScale = scale.map((value, axis) => (isInPlane(axis) ? value * factor : value))
  // A pixel's place is its centre's.
  const shift = scale.map((value, axis) => (isInPlane(axis) ? (value * (factor - 1)) / 2 : 0))
  return {
    path: String(level),
    coordinateTransformations: [
      { type: 'scale', scale: levelScale },
      ...(level === 0 ? [] : [{ type: 'translation', translation: shift }]),
    ],
  }
}

const rgbChannels = [
  { label: 'Red', color: 'FF0000' },
  { label: 'Green', color: '00FF00' },
  { label: 'Blue', color: '0000FF' },
] as const

/** For channels that have no colour of their own, where there are several. */
const colors = ['00FF00', 'FF00FF', '00FFFF', 'FFFF00', 'FF0000', '0000FF'] as const

/** One entry for each c of the array. */
function omeroChannels(
  { image, camera, channels }: DatasetLayout,
  windows: ImageFacts['windows'],
): readonly JsonObject[] {
  const max = 2 ** image.significantBits - 1
  const all = channels.length === 0 ? [{ name: camera.name, color: undefined }] : channels
  return all.flatMap(({ name, color }, c) => {
    const { low = 0, high = max } = windows[c] ?? {}
    const display = { active: true, window: { min: 0, max, start: low, end: high } }
    if (pixelLayout(image.pixelFormat).kind === 'rgb') {
      const prefix = channels.length > 1 ? `${name} ` : ''
      return rgbChannels.map((rgb) => ({ ...display, label: `${prefix}${rgb.label}`, color: rgb.color }))
    }
    const fallback = all.length === 1 ? 'FFFFFF' : (colors[c % colors.length] ?? 'FFFFFF')
    return [{ ...display, label: name, color: color?.slice(1).toUpperCase() ?? fallback }]
  })
}

function isSingleGrey({ image, channels }: DatasetLayout): boolean {
  return channels.length <= 1 && pixelLayout(image.pixelFormat).kind !== 'rgb'
}
