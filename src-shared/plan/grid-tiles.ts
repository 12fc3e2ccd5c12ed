/** Where the tiles of a grid plan are, as useq-schema has it (`useq/_grid.py`), µm. */
import { CoverslipError } from '../errors.ts'
import { cellsInOrder } from './grid-order.ts'
import { type GridPlan, maxTiles } from './grid-plan.ts'
import { boundsOf, convexHull, offsetPolygon, type Point } from './polygon.ts'
import { inVisitOrder, scatter } from './random-points.ts'
import { tilesMeeting } from './tiles-meeting.ts'

/** Size of an image in the specimen, µm. */
export type FieldOfView = { readonly widthUm: number; readonly heightUm: number }

/**
 * The tiles' centres in the order of the plan, µm; relative ones from the position.
 * @param fieldOfView of the camera; that of the plan itself wins.
 * @throws CoverslipError INVALID_INPUT when the size of an image is needed and not known, or there are too many tiles.
 */
export function tilesOf(plan: GridPlan, fieldOfView: FieldOfView | undefined): readonly Point[] {
  if (plan.kind === 'point') return [[plan.xUm, plan.yUm]]
  const widthUm = plan.fovWidthUm ?? fieldOfView?.widthUm
  const heightUm = plan.fovHeightUm ?? fieldOfView?.heightUm
  if (plan.kind === 'random') {
    const clear =
      plan.allowOverlap || widthUm === undefined || heightUm === undefined
        ? {}
        : { clear: { widthUm, heightUm } }
    const { shape, maxWidthUm, maxHeightUm, count, seed } = plan
    const points = scatter({ shape, widthUm: maxWidthUm, heightUm: maxHeightUm, count, seed, ...clear })
    return inVisitOrder(points, plan.order, plan.startAt)
  }
  if (widthUm === undefined || heightUm === undefined) {
    throw new CoverslipError(
      'INVALID_INPUT',
      'grid_plan: the size of an image in the specimen is not known',
      {
        hint: 'Give the objective’s pixel size, or fov_width and fov_height in µm.',
      },
    )
  }
  return tiles(plan, { widthUm, heightUm })
}

/** Corners of a region times rows and columns of tiles: which tiles its sides meet is found at once, and in memory. */
const mostCornerLines = 10_000_000

type TiledPlan = Exclude<GridPlan, { kind: 'point' | 'random' }>

function tiles(plan: TiledPlan, fov: FieldOfView): readonly Point[] {
  const dx = fov.widthUm * (1 - plan.overlap[0] / 100)
  const dy = fov.heightUm * (1 - plan.overlap[1] / 100)
  const region = plan.kind === 'polygon' ? regionOf(plan) : undefined
  const { rows, columns, x0, y0 } = layoutOf(plan, { fov, dx, dy, region })
  if (rows * columns > maxTiles) {
    throw new CoverslipError(
      'INVALID_INPUT',
      `grid_plan: ${rows} x ${columns} tiles are more than ${maxTiles}`,
      {
        hint: 'Make the region smaller, or check the pixel size.',
      },
    )
  }
  if (region !== undefined && region.length * (rows + columns) > mostCornerLines) {
    throw new CoverslipError(
      'INVALID_INPUT',
      `grid_plan: ${region.length} corners are too many for ${rows} x ${columns} tiles`,
      { hint: 'Draw the region with fewer corners.' },
    )
  }
  const { widthUm: width, heightUm: height } = fov
  const grid = { rows, columns, x0, y0, dx, dy, width, height }
  const met = region === undefined ? undefined : tilesMeeting(grid, region)
  const points: Point[] = []
  for (const { row, column } of cellsInOrder(plan.order, rows, columns))
    if (met === undefined || met[row * columns + column] === 1) points.push([x0 + column * dx, y0 - row * dy])
  return points
}

function regionOf(plan: Extract<GridPlan, { kind: 'polygon' }>): readonly Point[] {
  const grown = plan.offsetUm === undefined ? plan.vertices : offsetPolygon(plan.vertices, plan.offsetUm)
  if (grown === undefined) {
    throw new CoverslipError(
      'INVALID_INPUT',
      `grid_plan: moving the sides by ${plan.offsetUm} µm makes another shape of the region`,
      { hint: 'Choose an offset nearer to 0, or draw the region as it should be.' },
    )
  }
  return plan.convexHull ? convexHull(grown) : grown
}

type Steps = {
  readonly fov: FieldOfView
  readonly dx: number
  readonly dy: number
  readonly region: readonly Point[] | undefined
}
/** Number of tiles, and the centre of the one at the top left. */
type Layout = { readonly rows: number; readonly columns: number; readonly x0: number; readonly y0: number }

function layoutOf(plan: TiledPlan, { fov, dx, dy, region }: Steps): Layout {
  if (plan.kind === 'edges' || plan.kind === 'polygon') {
    const box = plan.kind === 'edges' ? plan : boundsOf(region ?? plan.vertices)
    const lineCount = (span: number, length: number, step: number) =>
      span <= length ? 1 : Math.ceil((span - length) / step - 1e-9) + 1
    return {
      columns: lineCount(box.right - box.left, fov.widthUm, dx),
      rows: lineCount(box.top - box.bottom, fov.heightUm, dy),
      x0: box.left + fov.widthUm / 2,
      y0: box.top - fov.heightUm / 2,
    }
  }
  const { rows, columns } =
    plan.kind === 'rowsColumns'
      ? plan
      : { rows: Math.ceil(plan.heightUm / dy), columns: Math.ceil(plan.widthUm / dx) }
  const centred = plan.relativeTo === 'center'
  return {
    rows,
    columns,
    x0: centred ? (-(columns - 1) * dx) / 2 : 0,
    y0: centred ? ((rows - 1) * dy) / 2 : 0,
  }
}
