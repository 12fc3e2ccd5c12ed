/** What a plan and the worker that stores one camera's images say to each other. Pixels stay in shared memory. */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import type { SerializedError } from '../../../src-shared/errors.ts'
import type { FrameRingMemory } from '../../frames/frame-ring.ts'
import type { FramePlace } from '../recording/dataset-recording.ts'
import type { LayoutStart } from '../recording/layout-start.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'

/** What the thread begins with. */
export type StoreWorkerData = {
  readonly ring: FrameRingMemory
  /** Exists; holds nothing yet. */
  readonly folder: string
  readonly layout: LayoutStart
  readonly storage: StorageOptions
  /** Memory for frames that wait to be written, bytes. */
  readonly bufferBytes: number
}

/** To the thread that keeps one camera's frames. */
export type StoreRequest =
  /** Frame `sequence` of the ring belongs at `place`; answered by `taken` with the same `number`. */
  | { readonly type: 'take'; readonly number: number; readonly sequence: number; readonly place: FramePlace }
  /** `layout` has been written down: frames may be reported as written. */
  | { readonly type: 'layoutSaved' }
  /** Another line of the frame log, after what was asked for before it. */
  | { readonly type: 'note'; readonly record: Extract<FrameRecord, { kind: 'skipped' | 'setting' }> }
  /** The camera was opened again: its frames are here from now on. */
  | { readonly type: 'ring'; readonly ring: FrameRingMemory }
  | { readonly type: 'close' }

/** How far it is: frames, if not said otherwise. */
export type StoreCounts = {
  readonly written: number
  /** Of those written: with pixels missing. */
  readonly incomplete: number
  readonly bytesWritten: number
  /** Bytes that wait to be written. */
  readonly bufferBytes: number
  readonly bufferLimitBytes: number
}

/** From the thread that keeps one camera's frames. */
export type StoreMessage =
  /** Memory is reserved. */
  | { readonly type: 'ready' }
  /** The first frame is there, and with it all that is known of the dataset. */
  | { readonly type: 'layout'; readonly layout: DatasetLayout }
  | { readonly type: 'taken'; readonly number: number; readonly result: 'taken' | 'lost' }
  | { readonly type: 'counts'; readonly counts: StoreCounts }
  /** Nothing is taken any more. */
  | { readonly type: 'failed'; readonly error: SerializedError }
  /** Nothing is written any more. `isComplete`: the files are. */
  | { readonly type: 'closed'; readonly counts: StoreCounts; readonly isComplete: boolean }
