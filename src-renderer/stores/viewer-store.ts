/** The item that is open in the viewer: what it is, and which of its planes is shown how. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FrameRecord } from '../../src-shared/acquisition/frame-record.ts'
import type {
  ImageAxis,
  ImageDataset,
  OpenedImage,
  PlaneIndex,
  ZProjection,
} from '../../src-shared/gallery.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import type { Histogram } from '../display/display-types.ts'
import type { ImageLine, LineProfile } from '../display/image-line.ts'
import { type ChannelLook, initialLooks } from './channel-look.ts'

/** What is seen of the plane that is wanted. */
export type PlaneState =
  | { readonly state: 'loading' }
  /** `missing`: names of channels that have no image here. */
  | { readonly state: 'shown'; readonly missing: readonly string[] }
  | { readonly state: 'absent'; readonly message: string }
  | { readonly state: 'failed'; readonly failure: CallFailure }

/** Rates that can be played at, planes/s. */
export const slowestFps = 0.01
/** The fastest: planes that cannot be drawn in time are passed over. */
export const fastestFps = 1000
/** Of what has no rate of its own, or one that nobody would wait for. */
const usualFps = 10
/** From this rate on it is a film, which is played as it was taken. */
const slowestFilm = 2

/** What the viewer of one item shows, and how. */
export type ViewerState = {
  /** Undefined while it is being opened, and when it cannot be. */
  readonly opened: OpenedImage | undefined
  readonly failure: CallFailure | undefined
  /** Place of the dataset on show. */
  readonly dataset: number
  readonly index: Required<PlaneIndex>
  /** The whole stack is on show, not the plane at `index.z`. */
  readonly zProjection: ZProjection | undefined
  /** Of each channel of the dataset. */
  readonly looks: readonly ChannelLook[]
  /** All visible channels over each other; otherwise the one of `index.c`. */
  readonly composed: boolean
  readonly markSaturated: boolean
  /** Bayer images: in colour, or as they are. */
  readonly mosaic: 'colour' | 'raw'
  /** Of the planes on show, by channel. */
  readonly histograms: Readonly<Record<number, Histogram>>
  /** Drags draw the line, instead of moving the image. */
  readonly measuring: boolean
  readonly line: ImageLine | undefined
  /** Cuts through the stack are shown beside its plane. */
  readonly ortho: boolean
  /** Where they meet, pixels; undefined: in the middle. */
  readonly crosshair: { readonly x: number; readonly y: number } | undefined
  /** Along the line. */
  readonly profile: LineProfile | undefined
  readonly playing: ImageAxis | undefined
  readonly framesPerSecond: number
  /** The slider that was moved last. */
  readonly movedAxis: ImageAxis | undefined
  readonly plane: PlaneState
  /** What is known of the active channel's frame; undefined: nothing, or not yet. */
  readonly record: FrameRecord | undefined
}

/** Of an item that is being opened. */
export const initialViewerState: ViewerState = {
  opened: undefined,
  failure: undefined,
  dataset: 0,
  index: { t: 0, p: 0, c: 0, z: 0 },
  zProjection: undefined,
  looks: [],
  composed: false,
  markSaturated: false,
  mosaic: 'colour',
  histograms: {},
  measuring: false,
  line: undefined,
  ortho: false,
  crosshair: undefined,
  profile: undefined,
  playing: undefined,
  framesPerSecond: usualFps,
  movedAxis: undefined,
  plane: { state: 'loading' },
  record: undefined,
}

export type ViewerStore = StoreApi<ViewerState>

/** Of an item that is being opened. */
export function createViewerStore(): ViewerStore {
  return createStore<ViewerState>(() => initialViewerState)
}

/** The dataset on show; undefined while nothing is open. */
export function datasetOf({ opened, dataset }: ViewerState): ImageDataset | undefined {
  return opened?.datasets[dataset]
}

/** How many planes there are along `axis`. */
export function lengthOf(state: ViewerState, axis: ImageAxis): number {
  return datasetOf(state)?.sizes[axis] ?? 1
}

/** Whether it is being acquired: of what is complete it says so itself. */
export function isUnderWay({ opened }: ViewerState): boolean {
  if (opened === undefined) return false
  const { kind, finish } = opened.item
  return (kind === 'recording' || kind === 'plan') && finish === undefined
}

/** The last time point of which nothing is still to come; the first while there is none. */
export function newestTime({ sizes, wholeTimes }: ImageDataset): number {
  const times = sizes.t ?? 1
  return Math.max(0, Math.min(times, wholeTimes ?? times) - 1)
}

/** Whether the newest time is on show: then what is acquired next is shown when it is there. */
export function isAtNewest(state: ViewerState): boolean {
  const dataset = datasetOf(state)
  return dataset !== undefined && state.playing !== 't' && state.index.t >= newestTime(dataset)
}

/**
 * The state once dataset number `place` is on show, in the middle of its stack, and at the beginning of its time; of one
 * under way at the newest.
 */
export function withDataset(state: ViewerState, place: number): ViewerState {
  const dataset = state.opened?.datasets[place]
  if (dataset === undefined) return state
  const looks = initialLooks(dataset)
  const rate = trueRate(dataset) ?? 0
  return {
    ...state,
    dataset: place,
    index: {
      t: isUnderWay(state) ? newestTime(dataset) : 0,
      p: 0,
      c: 0,
      z: Math.floor(((dataset.sizes.z ?? 1) - 1) / 2),
    },
    zProjection: undefined,
    looks,
    composed: looks.length > 1,
    histograms: {},
    line: undefined,
    crosshair: undefined,
    profile: undefined,
    playing: undefined,
    framesPerSecond: rate >= slowestFilm ? rate : usualFps,
    movedAxis: undefined,
    plane: { state: 'loading' },
    record: undefined,
  }
}

/** Frames per second at which time passes as it did when they were taken; undefined where that is not known. */
export function trueRate({ timeStepS, sizes }: ImageDataset): number | undefined {
  if (timeStepS === undefined || timeStepS <= 0 || (sizes.t ?? 1) < 2) return undefined
  const fps = Number((1 / timeStepS).toPrecision(3))
  return fps < slowestFps || fps > fastestFps ? undefined : fps
}

/**
 * The state once the item was opened, or opened again as it has grown: then what is on show stays, but for the newest
 * time, which the new newest one takes the place of.
 */
export function withOpened(state: ViewerState, opened: OpenedImage): ViewerState {
  const before = datasetOf(state)
  const place = opened.datasets.findIndex(({ name }) => name === before?.name)
  const dataset = opened.datasets[place]
  const next = { ...state, opened, failure: undefined }
  if (before === undefined || dataset === undefined) return withDataset(next, 0)
  const sameImage =
    before.width === dataset.width &&
    before.height === dataset.height &&
    (before.sizes.c ?? 1) === (dataset.sizes.c ?? 1)
  if (!sameImage) return withDataset(next, place)
  const index = within(state.index, dataset)
  const t = isAtNewest(state) ? Math.max(index.t, newestTime(dataset)) : index.t
  const same = t === state.index.t && index === state.index
  return { ...next, dataset: place, index: same ? state.index : { ...index, t } }
}

/** `index` where it is within the dataset; what was cut off meanwhile is at its end. */
function within(index: ViewerState['index'], { sizes }: ImageDataset): ViewerState['index'] {
  const axes: readonly ImageAxis[] = ['t', 'p', 'c', 'z']
  if (axes.every((axis) => index[axis] < (sizes[axis] ?? 1))) return index
  const at = (axis: ImageAxis) => Math.min(index[axis], (sizes[axis] ?? 1) - 1)
  return { t: at('t'), p: at('p'), c: at('c'), z: at('z') }
}

/** Whether cuts through the stack are on show. */
export function showsSections(state: ViewerState): boolean {
  return state.ortho && lengthOf(state, 'z') > 1
}

/** The pixel of the plane at which cuts through the stack meet. */
export function crosshairOf(state: ViewerState): { readonly x: number; readonly y: number } {
  const { width = 1, height = 1 } = datasetOf(state) ?? {}
  const { x, y } = state.crosshair ?? { x: width / 2, y: height / 2 }
  const within = (value: number, length: number) => Math.max(0, Math.min(length - 1, Math.floor(value)))
  return { x: within(x, width), y: within(y, height) }
}

/** The state with the plane at `value` of `axis` (within its ends) wanted; of a stack then that plane alone. */
export function withIndex(state: ViewerState, axis: ImageAxis, value: number): ViewerState {
  const last = lengthOf(state, axis) - 1
  const to = Math.max(0, Math.min(last, Math.round(value)))
  const zProjection = axis === 'z' ? undefined : state.zProjection
  if (to === state.index[axis] && zProjection === state.zProjection) return state
  return { ...state, index: { ...state.index, [axis]: to }, zProjection, movedAxis: axis }
}

/** The channels on show. */
export function shownChannels({ composed, looks, index }: ViewerState): readonly number[] {
  if (!composed) return [index.c]
  return looks.flatMap(({ visible }, channel) => (visible ? [channel] : []))
}

/** The channel whose values are read out and whose contrast is set: of a composed image a visible one, if any is. */
export function activeChannel(state: ViewerState): number {
  const shown = shownChannels(state)
  return shown.includes(state.index.c) ? state.index.c : (shown[0] ?? state.index.c)
}

/** The plane's place on the axes that the dataset has; channel `c`. */
export function planeIndex(state: ViewerState, c: number): PlaneIndex {
  const { t, p, z } = state.index
  const own: [ImageAxis, number][] = [
    ['t', t],
    ['p', p],
    ['c', c],
    ['z', z],
  ]
  return Object.fromEntries(own.filter(([axis]) => lengthOf(state, axis) > 1))
}
