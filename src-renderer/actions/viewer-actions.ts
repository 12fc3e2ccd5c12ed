/** What is shown of the open item, and how. */
import type { ImageAxis } from '../../src-shared/gallery.ts'
import type { Histogram } from '../display/display-types.ts'
import { snappedLine } from '../display/image-line.ts'
import { type Point, toCanvas, toImage } from '../display/view-transform.ts'
import { clampWindow, type ValueWindow, wholeWindow, windowOfHistogram } from '../stores/auto-window.ts'
import { type ChannelLook, maxValueOf, windowOf } from '../stores/channel-look.ts'
import {
  activeChannel,
  crosshairOf,
  datasetOf,
  fastestFps,
  lengthOf,
  newestTime,
  slowestFps,
  type ViewerState,
  withDataset,
  withIndex,
} from '../stores/viewer-store.ts'
import type { Viewer } from '../viewer.ts'

/** The axes that can be played. */
const playedAxes: readonly ImageAxis[] = ['t', 'z', 'p']

/** Shows place `value` of `axis`, or the nearest that there is. */
export function setIndex({ store }: Viewer, axis: ImageAxis, value: number): void {
  store.setState((state) => withIndex(state, axis, value))
}

/** Moves `by` places along `axis`, and stops what plays. */
export function stepIndex({ store }: Viewer, axis: ImageAxis, by: number): void {
  store.setState((state) => withIndex({ ...state, playing: undefined }, axis, state.index[axis] + by))
}

/** Shows the newest time; of what is being acquired also those that come. */
export function showNewest({ store }: Viewer): void {
  store.setState((state) => {
    const dataset = datasetOf(state)
    return dataset === undefined
      ? state
      : withIndex({ ...state, playing: undefined }, 't', newestTime(dataset))
  })
}

/** Shows another dataset of the item. */
export function setDataset({ store }: Viewer, place: number): void {
  store.setState((state) => withDataset(state, place))
}

/** Plays `axis`, or stops; without one, the axis that was moved last if it can be played, or else the first that can. */
export function togglePlay({ store }: Viewer, axis?: ImageAxis): void {
  store.setState((state) => {
    if (state.playing !== undefined && (axis === undefined || axis === state.playing))
      return { playing: undefined }
    const playable = playedAxes.filter((each) => lengthOf(state, each) > 1)
    const last = playable.find((each) => each === state.movedAxis)
    return { playing: axis ?? last ?? playable[0] }
  })
}

/** Above the screen's rate every so many frames are shown. */
export function setFramesPerSecond({ store }: Viewer, fps: number): void {
  store.setState({ framesPerSecond: Math.max(slowestFps, Math.min(fastestFps, fps)) })
}

/** Shows the whole stack as one plane, or again the plane that was looked at; nothing happens without a stack. */
export function toggleProjection({ store }: Viewer): void {
  store.setState((state) => ({
    zProjection: state.zProjection === undefined && lengthOf(state, 'z') > 1 ? 'max' : undefined,
    playing: state.playing === 'z' ? undefined : state.playing,
  }))
}

/** Begins or ends measuring; the line goes with it. */
export function toggleMeasuring({ store }: Pick<Viewer, 'store'>): void {
  store.setState(({ measuring }) => ({ measuring: !measuring, line: undefined, profile: undefined }))
}

/** Shows cuts through the stack beside its plane, or no longer; nothing happens without a stack. */
export function toggleSections({ store }: Pick<Viewer, 'store'>): void {
  store.setState((state) => ({ ortho: !state.ortho && lengthOf(state, 'z') > 1 }))
}

/** Moves the place where the cuts meet; what is not given stays. */
export function setCrosshair(
  { store }: Pick<Viewer, 'store'>,
  to: { readonly x?: number; readonly y?: number; readonly z?: number },
): void {
  store.setState((state) => {
    const { x, y } = { ...crosshairOf(state), ...to }
    const moved = { ...state, crosshair: crosshairOf({ ...state, crosshair: { x, y } }) }
    return to.z === undefined ? moved : withIndex({ ...moved, playing: undefined }, 'z', to.z)
  })
}

/** So near the crosshair a drag takes it, CSS px. */
const nearCrosshairPx = 10

/**
 * A drag over the plane that moves the crosshair: by the one of its lines that is near, or by both. Points are of the
 * canvas, CSS px.
 * @returns follows the pointer; undefined: the drag is for the image, which is larger than the canvas
 */
export function dragCrosshair(
  { store, image }: Pick<Viewer, 'store'> & { readonly image: Pick<Viewer['image'], 'shown'> },
  start: Point,
): ((to: Point) => void) | undefined {
  const { view, canvas, fit } = image.shown.getState().viewport
  const { x, y } = crosshairOf(store.getState())
  const at = toCanvas(view, canvas, { x: x + 0.5, y: y + 0.5 })
  const near = {
    x: Math.abs(start.x - at.x) <= nearCrosshairPx,
    y: Math.abs(start.y - at.y) <= nearCrosshairPx,
  }
  if (!fit && !near.x && !near.y) return undefined
  const both = near.x === near.y
  const follow = (to: Point) => {
    const now = image.shown.getState().viewport
    const place = toImage(now.view, now.canvas, to)
    setCrosshair(
      { store },
      { ...(both || near.x ? { x: place.x } : {}), ...(both || near.y ? { y: place.y } : {}) },
    )
  }
  follow(start)
  return follow
}

/** So near an end of the line a drag takes that end, CSS px. */
const nearEndPx = 12

/**
 * A drag that draws the line: a new one, or by one of its ends the one that is there. Points are of the canvas, CSS px.
 * @returns follows the pointer; with Shift in steps of 45°
 */
export function dragLine(
  { store, image }: Pick<Viewer, 'store'> & { readonly image: Pick<Viewer['image'], 'shown'> },
  start: Point,
): (to: Point, event: { readonly shiftKey: boolean }) => void {
  const { view, canvas } = image.shown.getState().viewport
  const { line } = store.getState()
  const near = (end: Point) => {
    const at = toCanvas(view, canvas, end)
    return Math.hypot(at.x - start.x, at.y - start.y) <= nearEndPx
  }
  const from =
    line !== undefined && near(line.to)
      ? line.from
      : line !== undefined && near(line.from)
        ? line.to
        : toImage(view, canvas, start)
  return (to, { shiftKey }) => {
    // Measuring may have ended in the midst of the drag.
    if (!store.getState().measuring) return
    const drawn = { from, to: toImage(view, canvas, to) }
    store.setState({ line: shiftKey ? snappedLine(drawn) : drawn })
  }
}

/** Makes a channel the active one: of single channels the one on show. */
export function selectChannel({ store }: Viewer, channel: number): void {
  store.setState((state) => {
    const { looks, composed } = state
    const next = withIndex(state, 'c', channel)
    // One that is chosen to be looked at is seen.
    return composed && looks[channel]?.visible === false
      ? { ...next, looks: withLook(state, channel, { visible: true }) }
      : next
  })
}

/** Shows the next channel; after the last one the first. */
export function nextChannel(viewer: Viewer): void {
  const state = viewer.store.getState()
  selectChannel(viewer, (state.index.c + 1) % Math.max(1, lengthOf(state, 'c')))
}

/** Draws the channels over each other, where there are several, or one alone. */
export function setComposed({ store }: Viewer, composed: boolean): void {
  store.setState((state) => ({ composed: composed && state.looks.length > 1 }))
}

/** Changes how a channel is shown. */
export function patchLook({ store }: Viewer, channel: number, patch: Partial<ChannelLook>): void {
  store.setState((state) => ({ looks: withLook(state, channel, patch) }))
}

function withLook({ looks }: ViewerState, channel: number, patch: Partial<ChannelLook>) {
  return looks.map((look, own) => (own === channel ? { ...look, ...patch } : look))
}

/** Sets black and white of a channel, ADU. */
export function setChannelWindow(viewer: Viewer, channel: number, window: ValueWindow): void {
  patchLook(viewer, channel, {
    windowMode: 'manual',
    window: clampWindow(window, largestValue(viewer.store.getState())),
  })
}

/** `manual` keeps what is shown now. */
export function setChannelWindowMode(
  viewer: Viewer,
  channel: number,
  windowMode: ChannelLook['windowMode'],
): void {
  const state = viewer.store.getState()
  const look = state.looks[channel]
  if (look === undefined) return
  const histogram = state.histograms[channel]
  const kept = windowOf(look, largestValue(state))
  patchLook(viewer, channel, { windowMode, window: windowFor(windowMode, histogram, kept) })
}

function windowFor(
  mode: ChannelLook['windowMode'],
  histogram: Histogram | undefined,
  kept: ValueWindow,
): ValueWindow {
  if (histogram === undefined) return kept
  if (mode === 'auto') return windowOfHistogram(histogram)
  return mode === 'full' && histogram.real !== undefined ? wholeWindow(histogram) : kept
}

/** Fits the contrast of the active channel to its plane on show, once. */
export function fitContrast(viewer: Viewer): void {
  const state = viewer.store.getState()
  const channel = activeChannel(state)
  const histogram = state.histograms[channel]
  if (histogram !== undefined) setChannelWindow(viewer, channel, windowOfHistogram(histogram))
}

/** Fits the contrast of all channels on show. */
export function fitAllContrasts(viewer: Viewer): void {
  for (const [channel, histogram] of Object.entries(viewer.store.getState().histograms))
    setChannelWindow(viewer, Number(channel), windowOfHistogram(histogram))
}

/** Marks saturated pixels, or no longer. */
export function toggleSaturation({ store }: Viewer): void {
  store.setState(({ markSaturated }) => ({ markSaturated: !markSaturated }))
}

/** Largest pixel value of the dataset on show; undefined for real numbers. */
export function largestValue(state: ViewerState): number | undefined {
  const dataset = datasetOf(state)
  return dataset && maxValueOf(dataset)
}
