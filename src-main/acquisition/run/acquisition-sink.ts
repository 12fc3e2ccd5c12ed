/** Where the runner's frames go. */
import type { NumberedEvent } from './acquisition-hardware.ts'
import type { ExposedFrame } from './acquisition-hardware.ts'

export interface AcquisitionSink {
  /**
   * Takes a frame out of its ring, to be written; resolves when its pixels are in memory of the sink's own, which may
   * wait for the disk.
   * @throws CoverslipError when the ring has lost it, or the disk has failed.
   */
  take(frame: ExposedFrame): Promise<void>
  /** Writes down that the images of `event` were not taken. */
  skip(event: NumberedEvent, reason: string): Promise<void>
  /** Completes the files; resolves when everything is on the disk. @throws CoverslipError DATA_FOLDER */
  close(): Promise<void>
}
