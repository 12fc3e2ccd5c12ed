/** Messages between a PlaneDisplay (page) and its worker. */
import type {
  DisplayError,
  DisplaySettings,
  FramePixels,
  Histogram,
  Probe,
  ShownFrame,
} from './display-types.ts'
import type { ImageLine, LineProfile } from './image-line.ts'
import type { SectionLayout } from './section-image.ts'
import type { Point, ViewTransform } from './view-transform.ts'

/** One channel of a picture. */
export type PlaneLayer = {
  readonly channel: number
  readonly name: string
  /** A UC2F packet, as `gallery.plane` gives it. */
  readonly packet: Blob
  /** Of a section: packets whose rows follow. */
  readonly more?: readonly Blob[]
}

/** Planes that are shown together, all of one size. */
export type PlanePicture = {
  readonly id: number
  /**
   * How the planes lie in the whole image: `width` and `height` are theirs, `originalWidth` and `originalHeight` the
   * image's, and `subsampling` is how many of its pixels one of theirs stands for in x and y.
   */
  readonly frame: ShownFrame
  /** None: nothing is shown. */
  readonly layers: readonly PlaneLayer[]
  /** The channel whose values are read out. */
  readonly activeChannel: number
  /** The packets are rows of a cut through a stack, one for each plane. */
  readonly section?: SectionLayout
}

/** Page → worker. */
export type PlaneRequest =
  | { readonly type: 'open'; readonly canvas: OffscreenCanvas }
  | { readonly type: 'show'; readonly picture: PlanePicture }
  /** Of each channel. */
  | { readonly type: 'settings'; readonly settings: readonly DisplaySettings[] }
  /** In pixels of the whole image. */
  | { readonly type: 'view'; readonly view: ViewTransform | undefined }
  | {
      readonly type: 'resize'
      readonly cssWidth: number
      readonly cssHeight: number
      readonly devicePixelRatio: number
    }
  | { readonly type: 'probe'; readonly point: Point | undefined }
  /** Whose values are told, of every picture until there is none. */
  | { readonly type: 'line'; readonly line: ImageLine | undefined }
  | { readonly type: 'read-pixels'; readonly id: number }
  | { readonly type: 'close' }

/** Worker → page. */
export type PlaneReport =
  /** `maxSize`: largest width and height that can be drawn; absent without graphics. */
  | { readonly type: 'ready'; readonly maxSize: number | undefined }
  /** The picture is being drawn. */
  | { readonly type: 'shown'; readonly id: number }
  /** The picture cannot be shown. */
  | { readonly type: 'failed'; readonly id: number; readonly error: DisplayError }
  | { readonly type: 'histogram'; readonly channel: number; readonly histogram: Histogram }
  | { readonly type: 'probe'; readonly probe: Probe | undefined }
  | { readonly type: 'profile'; readonly profile: LineProfile | undefined }
  /** Why nothing is drawn; undefined when the cause is gone. */
  | { readonly type: 'graphics'; readonly error: DisplayError | undefined }
  /** Of the active channel; `content` is undefined when nothing is shown. */
  | { readonly type: 'pixels'; readonly id: number; readonly content: FramePixels | undefined }
