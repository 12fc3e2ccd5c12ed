/** What the recorder and the worker of one camera's recording say to each other. Pixels stay in shared memory. */
import type { RecordingRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import type { SerializedError } from '../../../src-shared/errors.ts'
import type { FrameRingMemory } from '../../frames/frame-ring.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import type { LayoutStart } from './layout-start.ts'

/** What to record. */
export type RecordingWorkerData = {
  readonly ring: FrameRingMemory
  /** Exists; holds nothing yet. */
  readonly folder: string
  readonly layout: LayoutStart
  readonly storage: StorageOptions
  readonly begin: RecordingRequest['begin']
  /** Frames of so many seconds before the beginning are kept, as far as memory goes. */
  readonly preRecordS: number
  /** When it ends by itself, counted from the beginning. */
  readonly most: { readonly frames: number | undefined; readonly seconds: number | undefined }
  /** Memory for frames that wait to be written, bytes. */
  readonly bufferBytes: number
  /** More of it for those of before the beginning. */
  readonly heldBytes: number
  /** Of the sensor, °C, where the camera tells. */
  readonly temperatureC: number | undefined
}

/** To the thread of one camera's recording. */
export type RecordingRequestMessage =
  /** To a worker that records nothing: so much memory will be needed. */
  | { readonly type: 'prepare'; readonly memoryBytes: number }
  /** To a worker that records nothing: begin. */
  | { readonly type: 'record'; readonly data: RecordingWorkerData }
  /** Begin with frames of this moment (`process.hrtime.bigint`, ns), and those held of before it. */
  | { readonly type: 'begin'; readonly sinceNs: bigint }
  /** `layout` has been written down: frames may be reported as written. */
  | { readonly type: 'layoutSaved' }
  | { readonly type: 'setting'; readonly record: Extract<FrameRecord, { kind: 'setting' }> }
  | { readonly type: 'temperature'; readonly temperatureC: number | undefined }
  | { readonly type: 'stop' }

/** How far a recording is: frames, if not said otherwise. */
export type RecordingCounts = {
  readonly written: number
  readonly lost: number
  /** Of those written: with pixels missing. */
  readonly incomplete: number
  /** Of those in the file or on the way to it, from before the beginning. */
  readonly preRecorded: number
  readonly bytesWritten: number
  /** Bytes that wait to be written. */
  readonly bufferBytes: number
  readonly bufferLimitBytes: number
  /** While it waits for a change: how much the last image differs, as the threshold is given. */
  readonly change: number | undefined
}

/** From the thread of one camera's recording. */
export type RecordingMessage =
  /** All memory that was to be prepared has been found. */
  | { readonly type: 'prepared' }
  /** The next frame is recorded, or watched. */
  | { readonly type: 'ready' }
  /** It cannot begin. */
  | { readonly type: 'refused'; readonly error: SerializedError }
  /** The image has changed: what was waited for. */
  | { readonly type: 'begun'; readonly sinceNs: bigint }
  /** The first frame is there, and with it all that is known of the dataset. */
  | { readonly type: 'layout'; readonly layout: DatasetLayout }
  | { readonly type: 'counts'; readonly counts: RecordingCounts }
  /**
   * Nothing is written any more. `isComplete`: the files are; `memoryBytes`: what the worker has, for the next recording,
   * and `foundBytes` of it the operating system has found; `error`: why it ended before it should.
   */
  | {
      readonly type: 'finished'
      readonly counts: RecordingCounts
      readonly isComplete: boolean
      readonly memoryBytes: number
      readonly foundBytes: number
      readonly error?: SerializedError
    }
