/** What the gallery and its worker say to each other. */
import type { SerializedError } from '../../../src-shared/errors.ts'
import type {
  DeletedItem,
  GalleryPage,
  OpenedImage,
  PlaneIndex,
  ZProjection,
} from '../../../src-shared/gallery.ts'
import type { FrameRange, FrameRecords } from '../reading/dataset-reader.ts'
import type { ListRequest } from './gallery-index.ts'
import type { SectionOptions } from './stack-section.ts'

/** What the thread begins with. */
export type GalleryWorkerData = { readonly dataFolder: string }

/** What the gallery's thread is asked for. */
export type GalleryRequest =
  | ({ readonly type: 'list' } & ListRequest)
  | { readonly type: 'open'; readonly id: string }
  | {
      readonly type: 'plane'
      readonly id: string
      readonly dataset: string
      readonly index: PlaneIndex
      readonly level: number
      readonly zProjection?: ZProjection | undefined
    }
  | ({ readonly type: 'section'; readonly id: string; readonly dataset: string } & Omit<
      SectionOptions,
      'signal'
    >)
  | ({ readonly type: 'frames'; readonly id: string; readonly dataset: string } & FrameRange)
  | { readonly type: 'thumbnail'; readonly id: string; readonly maxSize: number }
  | { readonly type: 'delete'; readonly id: string }
  | { readonly type: 'deleted' }
  | { readonly type: 'restore'; readonly key: string }
  | { readonly type: 'removeDeleted'; readonly key: string }

/** The answer to the request of the same type. */
export type GalleryAnswer =
  | { readonly type: 'list'; readonly page: Pick<GalleryPage, 'items' | 'total' | 'complete'> }
  | { readonly type: 'open'; readonly opened: OpenedImage }
  /** A UC2F packet. */
  | { readonly type: 'section'; readonly packet: Uint8Array<ArrayBuffer> }
  | { readonly type: 'plane'; readonly packet: Uint8Array<ArrayBuffer> }
  | { readonly type: 'frames'; readonly frames: FrameRecords }
  /** A PNG file. */
  | { readonly type: 'thumbnail'; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly type: 'delete'; readonly item: DeletedItem }
  | { readonly type: 'deleted'; readonly items: DeletedItem[] }
  | { readonly type: 'restore'; readonly id: string }
  | { readonly type: 'removeDeleted' }

/** To the thread; `number` is told again with the answer, as these come in any order. */
export type GalleryRequestMessage =
  | { readonly number: number; readonly request: GalleryRequest }
  /** Who made the request of this number does not wait for it any more; it is answered all the same. */
  | { readonly dropped: number }
  /** Something has been kept, completed or removed. */
  | { readonly changed: true }

/** From the thread, one for each request. */
export type GalleryAnswerMessage = { readonly number: number } & (
  | { readonly answer: GalleryAnswer }
  | { readonly error: SerializedError }
)
