/** Which note belongs to which video frame: video and notes come by ways of their own, and neither names the other. */

const keptNotes = 200
/** Capture time and the time in the frame's own note are this far apart at most, ms; those of the next are farther. */
const toleranceMs = 15

/**
 * An offer that asks for receiver reference times (RFC 3611, section 4.4): with them Chromium knows when the server
 * handed each frame to its encoder. Other browsers ignore the lines that are added.
 */
export function withCaptureTimes(sdp) {
  return sdp.replaceAll(
    /^a=rtpmap:(\d+) (?:VP8|VP9|AV1|H264)\/90000$/gm,
    (line, format) => `${line}\r\na=rtcp-fb:${format} rrtr`,
  )
}

export class FrameNotes {
  #notes = []

  /** @param note as `videoFrameNoteSchema` describes it; it came at `receivedMs` (`performance.now()`) */
  add(note, receivedMs) {
    this.#notes.push({ note, receivedMs })
    if (this.#notes.length > keptNotes) this.#notes.shift()
  }

  /**
   * @param frame of `requestVideoFrameCallback`: `captureTime` where the browser knows it, `receiveTime`, `nowMs`
   * @param clock HostClock
   * @returns the note, and whether it is sure that it is the frame's; else it is the one of about that time
   */
  find({ captureTime, receiveTime, nowMs }, clock) {
    if (captureTime !== undefined && clock.known) {
      const handedMs = clock.toHostMs(captureTime)
      const distance = ({ note }) => Math.abs(note.encodedAtMs - handedMs)
      const nearest = this.#notes.reduce(
        (best, next) => (best === undefined || distance(next) < distance(best) ? next : best),
        undefined,
      )
      if (nearest !== undefined && distance(nearest) <= toleranceMs)
        return { note: nearest.note, exact: true }
    }
    const before = this.#notes.findLast(({ receivedMs }) => receivedMs <= (receiveTime ?? nowMs))
    return { note: (before ?? this.#notes.at(-1))?.note, exact: false }
  }
}
