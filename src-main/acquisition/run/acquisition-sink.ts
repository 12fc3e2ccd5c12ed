/** Where the runner's frames go. */
import type { ExposedFrame, NumberedEvent } from './acquisition-hardware.ts'

export interface AcquisitionSink {
  /** Frames of all cameras that are in the files. */
  readonly framesWritten: number
  /**
   * Takes a frame out of its ring, to be written; resolves when its pixels are in memory of the sink's own, which may
   * wait for the disk. `lost`: the ring does not have it any more.
   * @throws CoverslipError when the disk has failed: then the sink takes nothing any more.
   */
  take(frame: ExposedFrame): Promise<'taken' | 'lost'>
  /** Writes down that the images that `cameras` should have taken for `event` are not there; a disk that cannot is told of by `take` and `close`. */
  skip(event: NumberedEvent, cameras: readonly string[], reason: string): void
  /** Completes the files; resolves when everything is on the disk. @throws CoverslipError DATA_FOLDER */
  close(): Promise<void>
}
