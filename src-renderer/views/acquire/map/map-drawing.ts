/** Drawing an area or a polygon on the map, by pointer or keys: pure functions from one state to the next. */
import type { Point as ScreenPoint } from '../../../display/view-transform.ts'
import type { Box, Point } from '../../../../src-shared/plan/polygon.ts'

/** An area or a polygon that is being drawn on the map. */
export type Drawing = {
  readonly tool: 'area' | 'polygon'
  /** Corners set so far, µm. */
  readonly corners: readonly Point[]
  /** Where the next corner would be, µm. */
  readonly cursor: Point | undefined
}

/** What a drawing has become: it goes on, is complete, or was given up. */
export type DrawingStep =
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'area'; readonly box: Box }
  | { readonly kind: 'polygon'; readonly vertices: readonly Point[] }
  | { readonly kind: 'given-up' }

/** Before the first corner. */
export function beginDrawing(tool: Drawing['tool']): Drawing {
  return { tool, corners: [], cursor: undefined }
}

const goOn = (drawing: Drawing): DrawingStep => ({ kind: 'drawing', drawing })

/** µm of the stage as the corners of a plan's polygons are written. */
export const asPoint = ({ x, y }: ScreenPoint): Point => [x, y]

/** The area between its first corner and the cursor. */
export function drawnBox({ corners, cursor }: Drawing): Box | undefined {
  const [corner] = corners
  if (corner === undefined || cursor === undefined) return undefined
  return {
    left: Math.min(corner[0], cursor[0]),
    right: Math.max(corner[0], cursor[0]),
    bottom: Math.min(corner[1], cursor[1]),
    top: Math.max(corner[1], cursor[1]),
  }
}

/** Sets a corner at `at`: the second one of an area ends it. */
export function setCorner(drawing: Drawing, at: Point): DrawingStep {
  const drawn = { ...drawing, cursor: at }
  if (drawing.tool === 'area' && drawing.corners.length > 0) return finish(drawn)
  return goOn({ ...drawn, corners: [...drawing.corners, at] })
}

/** Ends the drawing; one without an extent goes on. */
export function finish(drawing: Drawing): DrawingStep {
  if (drawing.tool === 'polygon')
    return drawing.corners.length >= 3 ? { kind: 'polygon', vertices: drawing.corners } : goOn(drawing)
  const box = drawnBox(drawing)
  if (box === undefined || box.right <= box.left || box.top <= box.bottom) return goOn(drawing)
  return { kind: 'area', box }
}

/** Takes back the last corner; without any, gives up. */
function takeBack(drawing: Drawing): DrawingStep {
  return drawing.corners.length === 0
    ? { kind: 'given-up' }
    : goOn({ ...drawing, corners: drawing.corners.slice(0, -1) })
}

/** How the keyboard moves the cursor. */
export type DrawingKeys = {
  /** Where the cursor is at first, µm. */
  readonly centre: Point
  /** µm that an arrow key moves it. */
  readonly stepUm: number
}

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Shift makes steps so many times as large. */
const largeStep = 5

/** What a key does to the drawing; undefined: nothing. Arrows move the cursor, space sets a corner, Enter ends it. */
export function drawByKey(
  drawing: Drawing,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  { centre, stepUm }: DrawingKeys,
): DrawingStep | undefined {
  const cursor = drawing.cursor ?? centre
  const arrow = arrows[key]
  if (arrow !== undefined) {
    const by = stepUm * (shiftKey ? largeStep : 1)
    return goOn({ ...drawing, cursor: [cursor[0] + arrow[0] * by, cursor[1] + arrow[1] * by] })
  }
  switch (key) {
    case ' ':
      return setCorner(drawing, cursor)
    case 'Enter':
      return drawing.tool === 'polygon' ? finish(drawing) : setCorner(drawing, cursor)
    case 'Backspace':
      return takeBack(drawing)
    case 'Escape':
      return { kind: 'given-up' }
    default:
      return undefined
  }
}
