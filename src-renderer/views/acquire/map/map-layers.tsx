import { memo } from 'react'
import type { GridPlan } from '../../../../src-shared/plan/grid-plan.ts'
import type { FieldOfView } from '../../../../src-shared/plan/grid-tiles.ts'
import type { Box, Point } from '../../../../src-shared/plan/polygon.ts'
import { useEngine } from '../../../services.ts'
import { xyStage } from '../../../stores/selectors.ts'
import { linePath, type MapPlace, type MapTiles, rectanglesPath, tileSize } from './map-shapes.ts'
import styles from './stage-map.module.css'

export type MapLayersProps = {
  readonly grid: GridPlan | undefined
  readonly places: readonly MapPlace[]
  readonly tiles: MapTiles
  readonly travel: Box | undefined
  readonly fieldOfView: FieldOfView | undefined
  /** Height of letters, µm. */
  readonly labelUm: number
}

/** Places have names up to so many; then they are dots. */
const mostLabels = 150
/** More places are not drawn. */
const mostPlaces = 20_000
/** The way from tile to tile is drawn up to so many. */
const longestWay = 3000

/** What lies on the stage: its travel, tiles, places, and the present place; in µm. */
export function MapLayers({ grid, places, tiles, travel, fieldOfView, labelUm }: MapLayersProps) {
  const size = tileSize(grid, fieldOfView)
  return (
    <>
      {travel !== undefined && <Rectangle className={styles['travel']} box={travel} />}
      {grid?.kind === 'edges' && <Rectangle className={styles['area']} box={grid} />}
      {grid?.kind === 'polygon' && <path className={styles['area']} d={`${linePath(grid.vertices)}z`} />}
      {size !== undefined && <TilesLayer tiles={tiles} size={size} />}
      <PlacesLayer
        places={places}
        fieldOfView={tiles.centres.length > 0 ? undefined : fieldOfView}
        labelUm={labelUm}
      />
      <PresentPlace fieldOfView={fieldOfView} labelUm={labelUm} />
    </>
  )
}

function Rectangle({ className, box }: { readonly className: string | undefined; readonly box: Box }) {
  const { left, right, top, bottom } = box
  return <rect className={className} x={left} y={bottom} width={right - left} height={top - bottom} />
}

type TilesLayerProps = { readonly tiles: MapTiles; readonly size: FieldOfView }

const TilesLayer = memo(function TilesLayer({ tiles: { centres }, size }: TilesLayerProps) {
  return (
    <>
      <path className={styles['tiles']} d={rectanglesPath(centres, size)} />
      {centres.length <= longestWay && <path className={styles['way']} d={linePath(centres)} />}
    </>
  )
})

type PlacesLayerProps = Pick<MapLayersProps, 'places' | 'fieldOfView' | 'labelUm'>

const PlacesLayer = memo(function PlacesLayer({ places, fieldOfView, labelUm }: PlacesLayerProps) {
  const centres = places.slice(0, mostPlaces).map(({ x, y }): Point => [x, y])
  const dot = labelUm * 0.55
  return (
    <>
      {fieldOfView !== undefined && (
        <path className={styles['tiles']} d={rectanglesPath(centres, fieldOfView)} />
      )}
      <path className={styles['places']} d={rectanglesPath(centres, { widthUm: dot, heightUm: dot })} />
      {places.length <= mostLabels &&
        places.map(({ x, y, label }, i) => (
          <text key={`${i} ${label}`} className={styles['label']} x={x + dot} y={y - dot} fontSize={labelUm}>
            {label}
          </text>
        ))}
    </>
  )
})

/** Where the stage is, and what is seen there. */
function PresentPlace({ fieldOfView, labelUm }: Pick<MapLayersProps, 'fieldOfView' | 'labelUm'>) {
  const x = useEngine((state) => xyStage(state.devices)?.position?.x)
  const y = useEngine((state) => xyStage(state.devices)?.position?.y)
  if (x === undefined || y === undefined) return null
  const arm = labelUm * 0.8
  return (
    <>
      {fieldOfView !== undefined && (
        <path className={styles['present']} d={rectanglesPath([[x, y]], fieldOfView)} />
      )}
      <path className={styles['present']} d={`M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`} />
    </>
  )
}
