import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useRef,
  useState,
} from 'react'
import type { FieldOfView } from '../../../../src-shared/plan/grid-tiles.ts'
import { goToPosition } from '../../../actions/acquire-actions.ts'
import { useServices, useSession } from '../../../services.ts'
import { withSequence } from '../../../stores/plan-draft.ts'
import { gridOver, gridWithin } from '../grid-kinds.ts'
import {
  asPoint,
  beginDrawing,
  type Drawing,
  type DrawingStep,
  drawByKey,
  finish,
  setCorner,
} from './map-drawing.ts'
import { toStage } from './map-frame.ts'
import type { MapView } from './use-map-frame.ts'

const zoomStep = 1.25
/** µm that an arrow key moves the cursor where the size of an image is not known. */
const usualStepUm = 50
const panStepPx = 40

const moveHelp =
  'Map of the stage. Arrow keys move it, plus and minus zoom, F shows the whole plan; a double click moves the stage there.'
const drawHelp =
  'Map of the stage, drawing. Arrow keys move the cursor, Space sets a corner, Enter ends, Escape gives up.'

/** Moving about the map, and drawing on it, by mouse, fingers or keys. */
export function useMapGestures(
  host: RefObject<HTMLElement | null>,
  view: MapView,
  fieldOfView: FieldOfView | undefined,
) {
  const services = useServices()
  const { session, plan } = services
  const tool = useSession((state) => state.mapTool)
  const [drawn, setDrawn] = useState<Drawing>()
  const drawing = tool === 'move' ? undefined : drawn?.tool === tool ? drawn : beginDrawing(tool)
  const pointers = useRef(new Map<number, { readonly x: number; readonly y: number }>())

  function take(step: DrawingStep) {
    if (step.kind === 'drawing') return setDrawn(step.drawing)
    setDrawn(undefined)
    session.setState({ mapTool: 'move' })
    if (step.kind === 'area')
      plan.setState((draft) =>
        withSequence(draft, { grid: gridOver(draft.sequence.grid, step.box, fieldOfView) }),
      )
    if (step.kind === 'polygon')
      plan.setState((draft) => withSequence(draft, { grid: gridWithin(draft.sequence.grid, step.vertices) }))
  }
  function at(event: MouseEvent) {
    const box = host.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  const stageAt = (event: MouseEvent) => toStage(view.frame, view.size, at(event))

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, at(event))
    if (drawing !== undefined && pointers.current.size === 1)
      take(setCorner(drawing, asPoint(stageAt(event))))
  }
  function onPointerMove(event: PointerEvent<HTMLElement>) {
    const now = at(event)
    if (drawing !== undefined && pointers.current.size < 2) {
      if (drawing.corners.length > 0) setDrawn({ ...drawing, cursor: asPoint(stageAt(event)) })
      return
    }
    const before = pointers.current.get(event.pointerId)
    if (before === undefined) return
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (other === undefined) return view.pan(now.x - before.x, now.y - before.y)
    const distance = (finger: { x: number; y: number }) =>
      Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y))
    view.zoom(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
    view.pan((now.x - before.x) / 2, (now.y - before.y) / 2)
  }
  function onPointerUp(event: PointerEvent<HTMLElement>) {
    pointers.current.delete(event.pointerId)
    // An area that was dragged ends here; one whose corners are clicked has no extent yet, and goes on.
    if (drawing?.tool === 'area' && drawing.corners.length > 0)
      take(finish({ ...drawing, cursor: asPoint(stageAt(event)) }))
  }
  function onDoubleClick(event: MouseEvent<HTMLElement>) {
    if (drawing?.tool === 'polygon') {
      // The second click of the two has set the last corner again.
      take(finish({ ...drawing, corners: drawing.corners.slice(0, -1) }))
    } else if (drawing === undefined) {
      const { x, y } = stageAt(event)
      void goToPosition(services, { xUm: x, yUm: y, zUm: undefined })
    }
  }
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const handled = drawing === undefined ? moveByKey(event) : drawByKeys(event, drawing)
    if (handled) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  function drawByKeys(event: KeyboardEvent, current: Drawing): boolean {
    const step = drawByKey(current, event, {
      centre: [view.frame.centreX, view.frame.centreY],
      stepUm: (fieldOfView?.widthUm ?? usualStepUm) / 2,
    })
    if (step !== undefined) take(step)
    return step !== undefined
  }
  function moveByKey({ key }: KeyboardEvent): boolean {
    const pans: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [panStepPx, 0],
      ArrowRight: [-panStepPx, 0],
      ArrowUp: [0, panStepPx],
      ArrowDown: [0, -panStepPx],
    }
    const pan = pans[key]
    if (pan !== undefined) view.pan(...pan)
    else if (key === '+' || key === '=') view.zoom(zoomStep)
    else if (key === '-' || key === '_') view.zoom(1 / zoomStep)
    else if (key === 'f' || key === '0') view.fit()
    else return false
    return true
  }
  return {
    drawing,
    help: drawing === undefined ? moveHelp : drawHelp,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: (event: PointerEvent<HTMLElement>) => {
        pointers.current.delete(event.pointerId)
      },
      onDoubleClick,
      onKeyDown,
    },
  }
}
