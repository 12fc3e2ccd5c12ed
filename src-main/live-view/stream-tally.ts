import type { StreamReport } from './stream-messages.ts'

type Count = 'notDue' | 'overrun' | 'noViewer' | 'failed'

/** Counts what happens to a stream's frames in the worker: totals since the start, rates since the last report. */
export class StreamTally {
  readonly #counts: Record<Count, number> = { notDue: 0, overrun: 0, noViewer: 0, failed: 0 }
  #arrived = 0
  #lost = 0
  #encoded = 0
  #lastSequence: number | undefined
  #interval = {
    startedMs: performance.now(),
    arrived: 0,
    encoded: 0,
    encodeMs: 0,
    encodeMsMax: 0,
    bytes: 0,
    rawBytes: 0,
  }

  /** `frames` frames came, the newest with the camera's number `sequence`; what is missing in between is lost. */
  arrived(sequence: number, frames: number): void {
    this.#arrived += frames
    this.#interval.arrived += frames
    // A lower number is a camera that was started anew.
    if (this.#lastSequence !== undefined && sequence > this.#lastSequence) {
      this.#lost += Math.max(0, sequence - this.#lastSequence - frames)
    }
    this.#lastSequence = sequence
  }

  encoded({ encodeMs, rawBytes, bytes }: { encodeMs: number; rawBytes: number; bytes: number }): void {
    this.#encoded += 1
    this.#interval.encoded += 1
    this.#interval.encodeMs += encodeMs
    this.#interval.encodeMsMax = Math.max(this.#interval.encodeMsMax, encodeMs)
    this.#interval.rawBytes += rawBytes
    this.#interval.bytes += bytes
  }

  count(what: Count, frames: number): void {
    this.#counts[what] += frames
  }

  /** The state at `nowMs` (`performance.now`); begins a new interval. */
  report(nowMs: number): StreamReport {
    const { startedMs, arrived, encoded, encodeMs, encodeMsMax, bytes, rawBytes } = this.#interval
    const seconds = Math.max(nowMs - startedMs, 1) / 1000
    this.#interval = {
      startedMs: nowMs,
      arrived: 0,
      encoded: 0,
      encodeMs: 0,
      encodeMsMax: 0,
      bytes: 0,
      rawBytes: 0,
    }
    return {
      camera: { fps: arrived / seconds, frames: this.#arrived, lost: this.#lost },
      encoder: {
        fps: encoded / seconds,
        frames: this.#encoded,
        ...this.#counts,
        encodeMs: encoded === 0 ? 0 : encodeMs / encoded,
        encodeMsMax,
        bytesPerFrame: encoded === 0 ? 0 : bytes / encoded,
        ratio: bytes === 0 ? 0 : rawBytes / bytes,
      },
    }
  }
}
