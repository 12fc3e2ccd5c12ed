import { useMemo, useRef } from 'react'
import type { FieldOfView } from '../../../../src-shared/plan/grid-tiles.ts'
import type { Box, Point } from '../../../../src-shared/plan/polygon.ts'
import { compact } from '../../../components/format.ts'
import { useEngine, usePlan } from '../../../services.ts'
import { xyStage } from '../../../stores/selectors.ts'
import { useFieldOfView, useImageOffset } from '../use-microscope.ts'
import { DrawingLayer } from './drawing-layer.tsx'
import { movedFrame, nearTravel, roundDistanceUm, unionOf } from './map-frame.ts'
import { MapLayers } from './map-layers.tsx'
import { mapTiles, placesOf, planBox } from './map-shapes.ts'
import { MapToolbar } from './map-toolbar.tsx'
import { OverviewCanvas } from './overview-canvas.tsx'
import styles from './stage-map.module.css'
import { useMapFrame } from './use-map-frame.ts'
import { useMapGestures } from './use-map-gestures.ts'

/** Room around the present place when there is nothing else to show, µm. */
const usualRoomUm = 500
const usualBox: Box = { left: -usualRoomUm, right: usualRoomUm, bottom: -usualRoomUm, top: usualRoomUm }

/** The stage from above, as the live image lies: its travel, the plan's places and tiles, and where it is now. */
export function StageMap() {
  const host = useRef<HTMLDivElement>(null)
  const sequence = usePlan((draft) => draft.sequence)
  const fieldOfView = useFieldOfView()
  const axes = useEngine((state) => {
    const stage = xyStage(state.devices)?.description
    return stage?.kind === 'stage' ? stage.axes : undefined
  })
  const travel = useMemo(
    (): Box | undefined =>
      axes?.x === undefined || axes.y === undefined
        ? undefined
        : { left: axes.x.min, right: axes.x.max, bottom: axes.y.min, top: axes.y.max },
    [axes],
  )
  const places = useMemo(() => placesOf(sequence, fieldOfView), [sequence, fieldOfView])
  const home = useHome(places.length === 0 && sequence.grid !== undefined)
  const tiles = useMemo(() => {
    const around = places.length === 0 ? home : places.map(({ x, y }): Point => [x, y])
    return mapTiles(sequence, around, fieldOfView)
  }, [sequence, places, home, fieldOfView])
  const presentBox = usePresentBox(fieldOfView)
  const content = useMemo((): Box => {
    const ofPlan = planBox(sequence, { places, tiles }, fieldOfView)
    const shown = unionOf([ofPlan, presentBox].filter((box) => box !== undefined))
    return shown === undefined ? (travel ?? usualBox) : nearTravel(shown, travel)
  }, [sequence, places, tiles, fieldOfView, presentBox, travel])
  const view = useMapFrame(host, content)
  const { frame, size } = view
  const offset = useImageOffset()
  // The map shows where the stage would be; what is seen there lies beside it where the image is not the sensor's middle.
  const pictures = useMemo(() => movedFrame(frame, offset), [frame, offset])
  const gestures = useMapGestures(host, view, fieldOfView)
  const barUm = roundDistanceUm(frame, 110)
  const transform = `translate(${size.width / 2 - frame.centreX * frame.scale} ${size.height / 2 - frame.centreY * frame.scale}) scale(${frame.scale})`
  return (
    <div className={styles['map']}>
      <div
        ref={host}
        className={styles['host']}
        data-tool={gestures.drawing === undefined ? 'move' : 'draw'}
        role="application"
        aria-label={gestures.help}
        tabIndex={0}
        {...gestures.handlers}
      >
        <OverviewCanvas frame={pictures} size={size} />
        <svg className={styles['drawing']} aria-hidden="true">
          <g transform={transform}>
            <MapLayers
              grid={sequence.grid}
              places={places}
              tiles={tiles}
              travel={travel}
              fieldOfView={fieldOfView}
              labelUm={11 / frame.scale}
            />
            {gestures.drawing !== undefined && (
              <DrawingLayer drawing={gestures.drawing} radiusUm={4 / frame.scale} />
            )}
          </g>
        </svg>
      </div>
      <MapToolbar view={view} />
      <div className={styles['scale']} aria-hidden="true">
        <span style={{ width: barUm * frame.scale }} />
        {barUm >= 1000 ? `${compact(barUm / 1000)} mm` : `${compact(barUm)} µm`}
      </div>
      {gestures.drawing !== undefined && (
        <p className={styles['hint']} role="status">
          {gestures.drawing.tool === 'area'
            ? 'Drag over the area. By keys: arrows, Space for each corner; Escape gives up.'
            : 'Click each corner; Enter or a double click ends it, Backspace takes one back.'}
        </p>
      )}
      {tiles.cut && <p className={styles['hint']}>More tiles than can be drawn.</p>}
    </div>
  )
}

/** What is seen now; changes by whole fields of view only, so that the map does not follow every step. */
function usePresentBox(fieldOfView: FieldOfView | undefined): Box | undefined {
  const stepX = fieldOfView?.widthUm ?? usualRoomUm
  const stepY = fieldOfView?.heightUm ?? usualRoomUm
  const column = useEngine((state) => cell(xyStage(state.devices)?.position?.x, stepX))
  const row = useEngine((state) => cell(xyStage(state.devices)?.position?.y, stepY))
  return useMemo(() => {
    if (column === undefined || row === undefined) return undefined
    const [x, y] = [column * stepX, row * stepY]
    return { left: x - 1.5 * stepX, right: x + 1.5 * stepX, bottom: y - 1.5 * stepY, top: y + 1.5 * stepY }
  }, [column, row, stepX, stepY])
}

const nowhere: readonly Point[] = []

/** Where the stage is, while that is `wanted`: what has no place of its own lies around it. */
function useHome(wanted: boolean): readonly Point[] {
  const x = useEngine((state) => (wanted ? xyStage(state.devices)?.position?.x : undefined))
  const y = useEngine((state) => (wanted ? xyStage(state.devices)?.position?.y : undefined))
  return useMemo(() => (x === undefined || y === undefined ? nowhere : [[x, y]]), [x, y])
}

function cell(um: number | undefined, step: number): number | undefined {
  return um === undefined ? undefined : Math.round(um / step)
}
