/** Finds the host's note about a video frame. Video and notes come by ways of their own, and neither names the other. */
import type { VideoFrameNote } from '../../src-shared/webrtc.ts'

const keptNotes = 120
const keptOffsets = 31
/** RTP's clock for video, ticks per ms (RFC 3551, section 4.4.1). */
const ticksPerMs = 90
/** Farther apart, frame and note do not belong together, ms. */
const toleranceMs = 250

type Received = { readonly note: VideoFrameNote; readonly receivedMs: number }

/** What a browser tells of a video frame (`VideoFrameCallbackMetadata`). */
export type VideoFrameTimes = {
  /** When its last packet came, by the clock of `add`; browsers may keep it to themselves. */
  readonly receiveTime?: number
  /** The sender's clock when it was encoded, 90 kHz. */
  readonly rtpTimestamp?: number
}

/**
 * A note is sent when its frame goes to the encoder, so it comes shortly before the frame does. That pairs them well
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
  find({ receiveTime, rtpTimestamp }: VideoFrameTimes): VideoFrameNote | undefined {
    const guess =
      this.#notes.findLast(({ receivedMs }) => receiveTime === undefined || receivedMs <= receiveTime) ??
      this.#notes[0]
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
}
