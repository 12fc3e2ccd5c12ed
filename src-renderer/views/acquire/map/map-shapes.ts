/** What of a plan is seen on the map of the stage. */
import { type GridPlan, isRelativeGrid, needsFieldOfView } from '../../../../src-shared/plan/grid-plan.ts'
import type { FieldOfView } from '../../../../src-shared/plan/grid-tiles.ts'
import { type Box, boundsOf, type Point } from '../../../../src-shared/plan/polygon.ts'
import { positionName } from '../../../../src-shared/plan/position-name.ts'
import type { MdaSequence } from '../../../../src-shared/plan/sequence.ts'
import { wellPositions } from '../../../../src-shared/plan/well-plate.ts'
import { knownTiles } from '../grid-kinds.ts'

/** A position of the plan, µm. */
export type MapPlace = { readonly x: number; readonly y: number; readonly label: string }

/** More are not drawn one by one. */
const mostTiles = 20_000

/** The plan's places with x and y, in their order. */
export function placesOf(
  { positions }: MdaSequence,
  fieldOfView: FieldOfView | undefined,
): readonly MapPlace[] {
  if (!('plate' in positions)) {
    return positions.flatMap(({ xUm, yUm, name }, i) =>
      xUm === undefined || yUm === undefined
        ? []
        : [{ x: xUm, y: yUm, label: name ?? positionName(i, positions.length) }],
    )
  }
  const { points } = positions
  // Without the size of an image it is known where the wells are, but not where in them.
  const known =
    fieldOfView === undefined && needsFieldOfView(points)
      ? { ...positions, points: { kind: 'point', xUm: 0, yUm: 0 } as const }
      : positions
  return wellPositions(known, fieldOfView).map(({ xUm, yUm, name }) => ({ x: xUm, y: yUm, label: name }))
}

/** Tiles as the map draws them. */
export type MapTiles = {
  /** Centres, µm, in the order of imaging. */
  readonly centres: readonly Point[]
  /** True: there are more than can be drawn. */
  readonly cut: boolean
}

/**
 * The tiles of the plan, none where that cannot be told.
 * @param around what relative ones lie around, µm: the plan's places, or the present one where it has none
 */
export function mapTiles(
  { grid }: MdaSequence,
  around: readonly Point[],
  fieldOfView: FieldOfView | undefined,
): MapTiles {
  const tiles = grid === undefined ? [] : (knownTiles(grid, fieldOfView) ?? [])
  if (grid === undefined || !isRelativeGrid(grid)) return cut(tiles)
  const room = Math.ceil(mostTiles / Math.max(1, tiles.length))
  const centres = around.slice(0, room).flatMap(([x, y]) => tiles.map(([dx, dy]): Point => [x + dx, y + dy]))
  const { centres: shown, cut: tooMany } = cut(centres)
  return { centres: shown, cut: tooMany || around.length > room }
}

function cut(centres: readonly Point[]): MapTiles {
  return { centres: centres.slice(0, mostTiles), cut: centres.length > mostTiles }
}

/** Size of one tile: that of the plan itself wins over the camera's. */
export function tileSize(grid: GridPlan | undefined, fieldOfView: FieldOfView | undefined) {
  const own = grid === undefined || grid.kind === 'point' ? undefined : grid
  const widthUm = own?.fovWidthUm ?? fieldOfView?.widthUm
  const heightUm = own?.fovHeightUm ?? fieldOfView?.heightUm
  return widthUm === undefined || heightUm === undefined ? undefined : { widthUm, heightUm }
}

/** SVG path of a rectangle of `size` around each of `centres`. */
export function rectanglesPath(centres: readonly Point[], { widthUm, heightUm }: FieldOfView): string {
  const [w, h] = [round(widthUm), round(heightUm)]
  return centres.map(([x, y]) => `M${round(x - w / 2)} ${round(y - h / 2)}h${w}v${h}h${-w}z`).join('')
}

/** SVG path from one point to the next. */
export function linePath(points: readonly Point[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')
}

const round = (um: number) => Math.round(um * 1000) / 1000

/** What should be seen of the plan at first: its places and tiles, or an area. */
export function planBox(
  { grid }: MdaSequence,
  { places, tiles }: { readonly places: readonly MapPlace[]; readonly tiles: MapTiles },
  fieldOfView: FieldOfView | undefined,
): Box | undefined {
  const points: readonly Point[] = [
    ...places.map(({ x, y }): Point => [x, y]),
    ...tiles.centres,
    ...(grid?.kind === 'polygon' ? grid.vertices : []),
    ...(grid?.kind === 'edges'
      ? ([
          [grid.left, grid.bottom],
          [grid.right, grid.top],
        ] as const)
      : []),
  ]
  if (points.length === 0) return undefined
  const { left, right, top, bottom } = boundsOf(points)
  const { widthUm, heightUm } = tileSize(grid, fieldOfView) ?? { widthUm: 100, heightUm: 100 }
  return {
    left: left - widthUm / 2,
    right: right + widthUm / 2,
    bottom: bottom - heightUm / 2,
    top: top + heightUm / 2,
  }
}
