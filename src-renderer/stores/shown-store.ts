/** What is on the screen right now: facts about the shown frame, never its pixels. Changes at most 10 times a second. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DisplayState, DisplayStats, Histogram, Probe, ShownFrame } from '../display/display-types.ts'
import type { Point, Size, ViewTransform } from '../display/view-transform.ts'
import type { ValueWindow } from './auto-window.ts'

/** The part of the image that is seen, and the canvas that it is seen on. */
export type Viewport = {
  readonly view: ViewTransform
  /** True while the image is kept as large as the canvas allows. */
  readonly fit: boolean
  /** CSS px. */
  readonly canvas: Size
  readonly devicePixelRatio: number
}

/** What a view shows at this moment. */
export type ShownState = {
  readonly frame: ShownFrame | undefined
  readonly histogram: Histogram | undefined
  readonly stats: DisplayStats | undefined
  readonly probe: Probe | undefined
  /** State of the way the frames come by. */
  readonly channel: DisplayState
  /** The window that follows the image, while the mode is `auto`. */
  readonly autoWindow: ValueWindow | undefined
  readonly viewport: Viewport
}

/** The state of a view that shows nothing yet. */
export const initialShownState: ShownState = {
  frame: undefined,
  histogram: undefined,
  stats: undefined,
  probe: undefined,
  channel: { connection: 'connecting' },
  autoWindow: undefined,
  viewport: {
    view: { zoom: 1, centerX: 0, centerY: 0 },
    fit: true,
    canvas: { width: 0, height: 0 },
    devicePixelRatio: 1,
  },
}

/** The store of it. */
export type ShownStore = StoreApi<ShownState>

/** The store of a view that has just been opened. */
export function createShownStore(): ShownStore {
  return createStore<ShownState>(() => initialShownState)
}

/** An image on the page: what zooming, panning and reading out are about. */
export type ImageOnShow = {
  readonly shown: ShownStore
  readonly display: ImageDisplay
  /** The canvas that `display` draws into; its view puts it into the page. */
  readonly canvas: HTMLCanvasElement
}

/** What any display is told about its canvas. */
export interface ImageDisplay {
  /** Tells the canvas' size; it does not notice by itself. */
  resize(cssWidth: number, cssHeight: number, devicePixelRatio: number): void
  /** Reports what lies under this point of the canvas (CSS pixels). */
  probe(point: Point | undefined): void
}
