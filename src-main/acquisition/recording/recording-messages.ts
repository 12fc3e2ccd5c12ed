/** What the recorder and the worker of one camera's recording say to each other. Pixels stay in shared memory. */
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import type { SerializedError } from '../../../src-shared/errors.ts'
import type { FrameRingMemory } from '../../frames/frame-ring.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'

/** A layout without what only the first frame tells. */
export type LayoutStart = Omit<DatasetLayout, 'image'>

export type RecordingWorkerData = {
  readonly ring: FrameRingMemory
  /** Exists; holds nothing yet. */
  readonly folder: string
  readonly layout: LayoutStart
  readonly storage: StorageOptions
  /** When it ends by itself. */
  readonly most: { readonly frames: number | undefined; readonly seconds: number | undefined }
  /** Memory for frames that wait to be written, bytes. */
  readonly bufferBytes: number
}

export type RecordingRequestMessage = { readonly type: 'stop' }

export type RecordingCounts = {
  readonly written: number
  readonly lost: number
  readonly bytesWritten: number
  /** Bytes that wait to be written. */
  readonly bufferBytes: number
  readonly bufferLimitBytes: number
  /** Frames that wait in the camera's ring, of so many that it holds. */
  readonly backlog: number
  readonly ringSlots: number
}

export type RecordingMessage =
  /** Buffers are reserved, the next frame is recorded. */
  | { readonly type: 'ready' }
  /** The first frame is there, and with it all that is known of the dataset. */
  | { readonly type: 'layout'; readonly layout: DatasetLayout }
  | { readonly type: 'counts'; readonly counts: RecordingCounts }
  /** Everything is on the disk. `error`: why it ended before it should. */
  | { readonly type: 'finished'; readonly counts: RecordingCounts; readonly error?: SerializedError }
