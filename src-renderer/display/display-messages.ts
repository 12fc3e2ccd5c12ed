/** Messages between a LiveDisplay (page) and its worker. */
import type {
  DisplaySettings,
  DisplayState,
  DisplayStats,
  FramePixels,
  FrameSource,
  Histogram,
  Probe,
  SeenPicture,
  ShownFrame,
  Subscription,
} from './display-types.ts'
import type { VideoImage } from './video-frame.ts'
import type { Point, ViewTransform } from './view-transform.ts'

/** Page → worker. */
export type DisplayRequest =
  | { readonly type: 'open'; readonly canvas: OffscreenCanvas; readonly source: FrameSource }
  | ({ readonly type: 'subscribe' } & Subscription)
  /** A frame of a video; the worker closes its bitmap and answers `video-taken`. */
  | { readonly type: 'video-frame'; readonly image: VideoImage }
  | { readonly type: 'view'; readonly view: ViewTransform | undefined }
  | { readonly type: 'settings'; readonly settings: DisplaySettings }
  | {
      readonly type: 'resize'
      readonly cssWidth: number
      readonly cssHeight: number
      readonly devicePixelRatio: number
    }
  | { readonly type: 'probe'; readonly point: Point | undefined }
  | { readonly type: 'read-pixels'; readonly id: number }
  /** `longest`: of the picture's sides, pixels. */
  | { readonly type: 'take-picture'; readonly id: number; readonly longest: number }
  | { readonly type: 'close' }

/** Worker → page. */
export type DisplayReport =
  | { readonly type: 'frame'; readonly frame: ShownFrame }
  /** There is room for another frame of the video. */
  | { readonly type: 'video-taken' }
  | { readonly type: 'histogram'; readonly histogram: Histogram }
  | { readonly type: 'stats'; readonly stats: DisplayStats }
  | { readonly type: 'probe'; readonly probe: Probe | undefined }
  | { readonly type: 'state'; readonly state: DisplayState }
  /** `content` is undefined when no frame is shown. */
  | { readonly type: 'pixels'; readonly id: number; readonly content: FramePixels | undefined }
  /** `content` is undefined when no frame is seen. */
  | { readonly type: 'picture'; readonly id: number; readonly content: SeenPicture | undefined }
