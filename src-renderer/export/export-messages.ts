/** What the page and the worker of an export say to each other. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import type { DisplayError } from '../display/display-types.ts'
import type { Size } from '../display/view-transform.ts'
import type { ViewerState } from '../stores/viewer-store.ts'
import type { ExportChoices } from './export-choices.ts'
import type { PictureLabel } from './export-plan.ts'
import type { PlaneFacts, StackPlace, ValueStack } from './value-stack.ts'

/** What the worker needs to know before the first picture. */
export type ExportJob = Pick<ExportChoices, 'format' | 'quality'> & {
  /** Of the pictures. */
  readonly size: Size
  /** Of videos: pictures per second, where that is the same throughout, and one at least. */
  readonly perSecond: number | undefined
  readonly dataset: Pick<ImageDataset, 'significantBits'>
  readonly look: Pick<ViewerState, 'looks' | 'markSaturated' | 'mosaic'>
  /** Of a pixel of the pictures, where a scale bar is wanted. */
  readonly pixelSizeUm: number | undefined
  /** What a file of values says of itself. */
  readonly stack: ValueStack
  /** Where it goes; absent: into memory, to be downloaded. */
  readonly file: FileSystemFileHandle | undefined
}

/** One picture, as the planes that it is drawn of. */
export type ExportPicture = {
  /** Of a file in a ZIP, without its ending. */
  readonly name: string
  /** Among the places of the export; of those without an image none comes. */
  readonly place: StackPlace
  readonly atS: number
  readonly durationS: number
  readonly time: string | undefined
  readonly labels: readonly PictureLabel[]
  readonly layers: readonly PictureLayer[]
}

/** The plane of a channel. */
export type PictureLayer = {
  readonly channel: number
  /** UC2F packet, compressed by LZ4. */
  readonly packet: ArrayBuffer
  /** Where they are wanted. */
  readonly facts: PlaneFacts | undefined
}

/** To the worker; the next one is sent once it is `ready`. */
export type ExportRequest =
  | { readonly type: 'begin'; readonly job: ExportJob }
  | { readonly type: 'picture'; readonly picture: ExportPicture }
  | { readonly type: 'finish' }

/** From the worker. */
export type ExportReport =
  /** `maxSize`: largest width and height of planes that can be drawn. */
  | { readonly type: 'begun'; readonly maxSize: number }
  /** The request before has been dealt with. */
  | { readonly type: 'ready' }
  /** The file is complete. `download`: its content, unless it went into a file already. */
  | { readonly type: 'finished'; readonly bytes: number; readonly download: Blob | undefined }
  | { readonly type: 'failed'; readonly error: DisplayError }
