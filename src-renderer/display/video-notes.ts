/** Finds the host's note about a video frame. Video and notes come by ways of their own, and neither names the other. */
import type { VideoFrameNote } from '../../src-shared/webrtc.ts'

const keptNotes = 120
const keptOffsets = 31
/** RTP's clock for video, ticks per ms (RFC 3551, section 4.4.1). */
const ticksPerMs = 90
/** Farther apart, frame and note do not belong together, ms. */
const toleranceMs = 250
/** So much may a browser be off in `captureTime`, ms. */
const captureToleranceMs = 3

type Received = { readonly note: VideoFrameNote; readonly receivedMs: number }

/** What a browser tells of a video frame (`VideoFrameCallbackMetadata`). */
export type VideoFrameTimes = {
  /** When it went to the encoder, by the clock of `add`; known where the offer asked for it (`withCaptureTimes`). */
  readonly captureTime?: number
  /** When its last packet came, by the clock of `add`; browsers may keep it to themselves. */
  readonly receiveTime?: number
  /** The sender's clock when it was encoded, 90 kHz. */
  readonly rtpTimestamp?: number
}

/**
 * A note is sent when its frame goes to the encoder, so it is the first to come after the frame's capture time, or
 * where that is not known, the last to come before the frame. That pairs them well
 * enough to learn how far the two clocks of the sender are apart (RTP's and that of the notes); by that difference
 * frames are then paired exactly, also where packets were late.
 */
export class VideoNotes {
  #notes: Received[] = []
  #offsets: number[] = []

  add(note: VideoFrameNote, receivedMs: number): void {
    this.#notes.push({ note, receivedMs })
    if (this.#notes.length > keptNotes) this.#notes.shift()
  }

  /** The note about the frame with these times; the newest one when nothing is known of them. */
  find(times: VideoFrameTimes): VideoFrameNote | undefined {
    const { rtpTimestamp } = times
    const guess = this.#guess(times)
    if (guess === undefined || rtpTimestamp === undefined) return guess?.note
    const rtpMs = rtpTimestamp / ticksPerMs
    this.#offsets.push(rtpMs - guess.note.encodedAtMs)
    if (this.#offsets.length > keptOffsets) this.#offsets.shift()
    const offset = this.#offsets.toSorted((a, b) => a - b)[this.#offsets.length >> 1] ?? 0
    const distance = ({ note }: Received) => Math.abs(rtpMs - offset - note.encodedAtMs)
    const nearest = this.#notes.reduce((best, next) => (distance(next) < distance(best) ? next : best))
    if (distance(nearest) <= toleranceMs) return nearest.note
    // RTP's clock has wrapped around, or the sender is another one.
    this.#offsets = []
    return guess.note
  }

  #guess({ captureTime, receiveTime }: VideoFrameTimes): Received | undefined {
    const came = (note: Received, timeMs: number | undefined) =>
      timeMs !== undefined && note.receivedMs >= timeMs
    if (captureTime !== undefined) {
      const after = this.#notes.find((note) => came(note, captureTime - captureToleranceMs))
      if (after !== undefined) return after
    }
    return this.#notes.findLast((note) => !came(note, receiveTime)) ?? this.#notes[0]
  }
}
