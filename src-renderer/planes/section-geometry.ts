/** How cuts through a stack lie beside its plane. */
import type { ImageDataset, SectionCut } from '../../src-shared/gallery.ts'
import type { ShownFrame } from '../display/display-types.ts'
import type { SectionLayout } from '../display/section-image.ts'
import type { Size, ViewTransform } from '../display/view-transform.ts'
import { scaleOf } from './plane-level.ts'
import { wholeFrame } from './whole-frame.ts'

/** Across; what every graphics card draws, and more than any screen has. */
const mostAcrossPx = 8192

type Stack = Pick<ImageDataset, 'pixelSizeUm' | 'zStepUm' | 'sizes'>

/** Whether pixel size and z step are known, so that cuts have true proportions. */
export function isToScale(dataset: Stack): boolean {
  const { pixelSizeUm, zStepUm } = dataset
  if (pixelSizeUm === undefined || zStepUm === undefined) return false
  return (depthOf(dataset) * zStepUm) / pixelSizeUm <= mostAcrossPx
}

/** How thick the stack is, in pixels of its planes; a pixel for each plane where that is not known. */
export function thicknessPx(dataset: Stack): number {
  const { pixelSizeUm, zStepUm } = dataset
  const perPlane = pixelSizeUm === undefined || zStepUm === undefined ? 1 : zStepUm / pixelSizeUm
  return Math.max(1, Math.min(mostAcrossPx, Math.round(depthOf(dataset) * perPlane)))
}

/** Where plane `z` lies across a cut, in pixels of the planes: its middle. */
export function acrossOf(dataset: Stack, z: number): number {
  return ((z + 0.5) * thicknessPx(dataset)) / depthOf(dataset)
}

/** The plane at `across` of a cut. */
export function planeAcross(dataset: Stack, across: number): number {
  const depth = depthOf(dataset)
  return Math.max(0, Math.min(depth - 1, Math.floor((across * depth) / thicknessPx(dataset))))
}

/** A cut as the display knows images, of one of the smaller copies. */
export function sectionFrame(
  dataset: ImageDataset,
  cut: SectionCut,
  level: number,
): { readonly frame: ShownFrame; readonly layout: SectionLayout } {
  const whole = wholeFrame(dataset)
  const size = dataset.levels[level] ?? dataset
  const subsampling = level === 0 ? 1 : scaleOf(dataset, size)
  const thickness = thicknessPx(dataset)
  const acrossPx = Math.max(1, Math.round(thickness / subsampling))
  const upright = cut === 'yz'
  return {
    layout: { planes: depthOf(dataset), acrossPx, upright },
    frame: {
      ...whole,
      subsampling,
      ...(upright
        ? { width: acrossPx, height: size.height, originalWidth: thickness, originalHeight: dataset.height }
        : { width: size.width, height: acrossPx, originalWidth: dataset.width, originalHeight: thickness }),
    },
  }
}

/** The view of a cut that goes with `view` of the plane: side by side, and around plane `z`. */
export function sectionView(
  dataset: Stack,
  { cut, view, z, canvas }: { cut: SectionCut; view: ViewTransform; z: number; canvas: Size },
): ViewTransform {
  const thickness = thicknessPx(dataset)
  const seen = (cut === 'xz' ? canvas.height : canvas.width) / view.zoom
  const across =
    seen >= thickness
      ? thickness / 2
      : Math.max(seen / 2, Math.min(thickness - seen / 2, acrossOf(dataset, z)))
  return cut === 'xz' ? { ...view, centerY: across } : { ...view, centerX: across }
}

/** How wide the cuts are beside the plane, CSS px: so that all three are seen as large as there is room. */
export function sectionBreadth(dataset: ImageDataset, room: Size): number {
  const thickness = thicknessPx(dataset)
  const zoom = Math.min(room.width / (dataset.width + thickness), room.height / (dataset.height + thickness))
  const most = Math.max(leastBreadthPx, Math.min(room.width, room.height) * mostBreadth)
  return Math.round(Math.max(leastBreadthPx, Math.min(most, thickness * zoom)))
}

/** CSS px. */
const leastBreadthPx = 56
/** Part of the room. */
const mostBreadth = 0.4

function depthOf({ sizes }: Stack): number {
  return sizes.z ?? 1
}
