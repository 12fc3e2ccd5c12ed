/** Tiles as the editor shows them, and from one kind to another. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type GridPlan, needsFieldOfView } from '../../../src-shared/plan/grid-plan.ts'
import { type FieldOfView, tilesOf } from '../../../src-shared/plan/grid-tiles.ts'
import { type Box, boundsOf, type Point } from '../../../src-shared/plan/polygon.ts'
import { roundedUm } from '../../stores/plan-defaults.ts'

/** Ways to say which tiles there are. */
export type GridKind = GridPlan['kind']

export const gridKinds: readonly { readonly value: GridKind; readonly label: string }[] = [
  { value: 'rowsColumns', label: 'Rows × columns around each position' },
  { value: 'widthHeight', label: 'Width × height around each position' },
  { value: 'edges', label: 'Area of the stage' },
  { value: 'polygon', label: 'Polygon on the stage' },
  { value: 'random', label: 'Random points around each position' },
  { value: 'point', label: 'One point beside each position' },
]

/** How tiles lie beside each other. */
export type Tiling = Pick<
  Extract<GridPlan, { kind: 'edges' }>,
  'overlap' | 'order' | 'fovWidthUm' | 'fovHeightUm'
>

/** Side of an image where it is not known, µm. */
const assumedFovUm = 200
/** Least side of an area, µm: what `roundedUm` keeps. */
const leastUm = 0.001

function sizeOf(plan: GridPlan, fov: FieldOfView): { readonly widthUm: number; readonly heightUm: number } {
  switch (plan.kind) {
    case 'edges':
      return { widthUm: plan.right - plan.left, heightUm: plan.top - plan.bottom }
    case 'polygon': {
      const { left, right, top, bottom } = boundsOf(plan.vertices)
      return { widthUm: right - left, heightUm: top - bottom }
    }
    case 'rowsColumns':
      return {
        widthUm: plan.columns * fov.widthUm * (1 - plan.overlap[0] / 100),
        heightUm: plan.rows * fov.heightUm * (1 - plan.overlap[1] / 100),
      }
    case 'widthHeight':
      return plan
    case 'random':
      return { widthUm: plan.maxWidthUm, heightUm: plan.maxHeightUm }
    case 'point':
      return { widthUm: 3 * fov.widthUm, heightUm: 3 * fov.heightUm }
  }
}

function middleOf(plan: GridPlan): Point | undefined {
  if (plan.kind !== 'edges' && plan.kind !== 'polygon') return undefined
  const { left, right, top, bottom } = plan.kind === 'edges' ? plan : boundsOf(plan.vertices)
  return [(left + right) / 2, (top + bottom) / 2]
}

function tilingOf(plan: GridPlan): Tiling {
  const fov =
    plan.kind === 'point'
      ? { fovWidthUm: undefined, fovHeightUm: undefined }
      : { fovWidthUm: plan.fovWidthUm, fovHeightUm: plan.fovHeightUm }
  if (plan.kind === 'point' || plan.kind === 'random')
    return { overlap: [10, 10], order: 'row_wise_snake', ...fov }
  return { overlap: plan.overlap, order: plan.order, ...fov }
}

/** What a grid is laid by where the one before does not tell. */
export type GridSurroundings = {
  /** Where an area of the stage is laid, µm. */
  readonly centre: Point
  readonly fieldOfView: FieldOfView | undefined
}

/** About the same area as another kind. */
export function gridOfKind(
  plan: GridPlan,
  kind: GridKind,
  { centre, fieldOfView }: GridSurroundings,
): GridPlan {
  if (plan.kind === kind) return plan
  const fov = fieldOfView ?? { widthUm: assumedFovUm, heightUm: assumedFovUm }
  const size = sizeOf(plan, fov)
  // An area without width is allowed while it is typed, tiles around a position need some.
  const widthUm = Math.max(leastUm, size.widthUm)
  const heightUm = Math.max(leastUm, size.heightUm)
  const [x, y] = middleOf(plan) ?? centre
  const tiling = tilingOf(plan)
  const box: Box = {
    left: roundedUm(x - widthUm / 2),
    right: roundedUm(x + widthUm / 2),
    bottom: roundedUm(y - heightUm / 2),
    top: roundedUm(y + heightUm / 2),
  }
  const relativeTo = 'center'
  switch (kind) {
    case 'edges':
      return { kind, ...box, ...tiling }
    case 'polygon':
      return { kind, vertices: cornersOf(box), convexHull: false, offsetUm: undefined, ...tiling }
    case 'rowsColumns': {
      const columns = Math.max(1, Math.round(widthUm / (fov.widthUm * (1 - tiling.overlap[0] / 100))))
      const rows = Math.max(1, Math.round(heightUm / (fov.heightUm * (1 - tiling.overlap[1] / 100))))
      return { kind, rows, columns, relativeTo, ...tiling }
    }
    case 'widthHeight':
      return { kind, widthUm: roundedUm(widthUm), heightUm: roundedUm(heightUm), relativeTo, ...tiling }
    case 'random':
      return {
        kind,
        count: 10,
        maxWidthUm: roundedUm(widthUm),
        maxHeightUm: roundedUm(heightUm),
        shape: 'ellipse',
        seed: 1,
        allowOverlap: false,
        order: 'two_opt',
        startAt: 0,
        fovWidthUm: tiling.fovWidthUm,
        fovHeightUm: tiling.fovHeightUm,
      }
    case 'point':
      return { kind, xUm: 0, yUm: 0 }
  }
}

function cornersOf({ left, right, top, bottom }: Box): readonly Point[] {
  return [
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ]
}

/** The tiles that cover `box`, which was drawn on the stage; kinds around positions take its size. */
export function gridOver(
  plan: GridPlan | undefined,
  box: Box,
  fieldOfView: FieldOfView | undefined,
): GridPlan {
  const area: GridPlan = {
    kind: 'edges',
    left: roundedUm(box.left),
    right: roundedUm(box.right),
    bottom: roundedUm(box.bottom),
    top: roundedUm(box.top),
    ...tilingOf(plan ?? { kind: 'point', xUm: 0, yUm: 0 }),
  }
  const kind = plan?.kind
  const around = kind === 'rowsColumns' || kind === 'widthHeight' || kind === 'random' ? kind : 'edges'
  const drawn = gridOfKind(area, around, { centre: [0, 0], fieldOfView })
  if (plan?.kind === 'random' && drawn.kind === 'random')
    return { ...plan, maxWidthUm: drawn.maxWidthUm, maxHeightUm: drawn.maxHeightUm }
  return drawn
}

/** The tiles over a polygon that was drawn on the stage. */
export function gridWithin(plan: GridPlan | undefined, vertices: readonly Point[]): GridPlan {
  const rounded = vertices.map(([x, y]): Point => [roundedUm(x), roundedUm(y)])
  if (plan?.kind === 'polygon') return { ...plan, vertices: rounded }
  const tiling = tilingOf(plan ?? { kind: 'point', xUm: 0, yUm: 0 })
  return { kind: 'polygon', vertices: rounded, convexHull: false, offsetUm: undefined, ...tiling }
}

/** The tiles; undefined where the size of an image is not known, or they are too many: the estimate says what to do. */
export function knownTiles(
  plan: GridPlan,
  fieldOfView: FieldOfView | undefined,
): readonly Point[] | undefined {
  if (fieldOfView === undefined && needsFieldOfView(plan)) return undefined
  try {
    return tilesOf(plan, fieldOfView)
  } catch (error) {
    if (error instanceof CoverslipError) return undefined
    throw error
  }
}
