/** What the cameras' workers count, as one status. */
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { RecordingCounts } from './recording-messages.ts'

type Progress = Pick<AcquisitionStatus, 'frames' | 'bytesWritten' | 'buffer' | 'writeBytesPerSecond'>

export class RecordingProgress {
  /** Frames asked for, of all cameras. */
  readonly #asked: number | undefined
  readonly #counts = new Map<string, RecordingCounts>()
  readonly #bufferBytes: number
  #rate = { at: performance.now(), bytes: 0 }

  constructor(options: { readonly asked: number | undefined; readonly bufferBytes: number }) {
    this.#asked = options.asked
    this.#bufferBytes = options.bufferBytes
  }

  counted(cameraId: string, counts: RecordingCounts): void {
    this.#counts.set(cameraId, counts)
  }

  /** As of now; asked for a few times a second. */
  get progress(): Progress {
    const all = [...this.#counts.values()]
    const sum = (of: (one: RecordingCounts) => number) => all.reduce((total, one) => total + of(one), 0)
    const bytesWritten = sum((one) => one.bytesWritten)
    return {
      frames: {
        // Frames of before the beginning come on top.
        ...(this.#asked === undefined ? {} : { expected: this.#asked + sum((one) => one.preRecorded) }),
        written: sum((one) => one.written),
        lost: sum((one) => one.lost),
        incomplete: sum((one) => one.incomplete),
      },
      bytesWritten,
      buffer: {
        bytes: sum((one) => one.bufferBytes),
        limitBytes: all.length === 0 ? this.#bufferBytes : sum((one) => one.bufferLimitBytes),
      },
      writeBytesPerSecond: this.#rateOf(bytesWritten),
    }
  }

  /** How much the images change, while that is waited for. */
  get change(): number | undefined {
    const changes = [...this.#counts.values()].flatMap(({ change }) => (change === undefined ? [] : [change]))
    return changes.length === 0 ? undefined : Math.max(...changes)
  }

  #rateOf(bytes: number): number {
    const now = performance.now()
    const rate = ((bytes - this.#rate.bytes) / Math.max(1, now - this.#rate.at)) * 1000
    if (now - this.#rate.at > 1000) this.#rate = { at: now, bytes }
    return Math.max(0, rate)
  }
}
