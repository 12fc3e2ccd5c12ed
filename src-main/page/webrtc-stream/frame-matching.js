/**
 * Which note belongs to which video frame. Video and notes come by ways of their own and neither names the other, but
 * a frame's RTP timestamp (RFC 3551: 90 kHz, beginning anywhere) was taken when its note was written: the difference of
 * the two clocks is the same for all frames. It is found by trying: frames are never spaced quite evenly, so that only
 * the right difference puts all of them onto a note each.
 */

const ticksPerMs = 90
const keptNotes = 400
const keptFrames = 90
/** Frames needed for a first result, and after how many it is tried again. */
const fewestFrames = 20
const triedEvery = 10
/** Frames older than this when they arrive are not looked for, ms. */
const oldestMs = 3000
/** A frame is never shown before it was sent; clocks are compared no better than this, ms. */
const clockErrorMs = 5
/** Writing the note and taking the timestamp are this far apart at most, ms. */
const toleranceMs = 4
/** Differences that fit nearly as well as the best may be right, too, ms: the fewer the frames, the more of them. */
const tieMs = (frames) => 18 / frames

export class FrameMatcher {
  #notes = []
  #frames = []
  #difference
  /** Found once, and not believed before it is found again. */
  #rival
  #sinceTried = 0
  #lastTicks
  #rtpMs = 0

  /** @param note as `videoFrameNoteSchema` describes it: `encodedAtMs` is used here. */
  addNote(note) {
    // Notes may overtake each other.
    const place = this.#notes.findLastIndex(({ encodedAtMs }) => encodedAtMs < note.encodedAtMs)
    this.#notes.splice(place + 1, 0, note)
    if (this.#notes.length > keptNotes) this.#notes.shift()
  }

  /** The newest note: what is shown is about that. */
  get newest() {
    return this.#notes.at(-1)
  }

  /**
   * @param frame `rtpTimestamp`, and `receivedHostMs`: when it had arrived, by the server's clock
   * @returns its note; undefined while that is not sure
   */
  match({ rtpTimestamp, receivedHostMs }) {
    // Timestamps wrap around after 13 hours: only their differences count.
    if (this.#lastTicks !== undefined) this.#rtpMs += ((rtpTimestamp - this.#lastTicks) | 0) / ticksPerMs
    this.#lastTicks = rtpTimestamp
    this.#frames.push({ rtpMs: this.#rtpMs, receivedHostMs })
    if (this.#frames.length > keptFrames) this.#frames.shift()
    this.#sinceTried += 1
    if (this.#frames.length >= fewestFrames && this.#sinceTried >= triedEvery) this.#try()
    if (this.#difference === undefined) return undefined
    const atMs = this.#rtpMs - this.#difference
    const note = this.#nearest(atMs)
    if (note === undefined) return undefined
    const errorMs = note.encodedAtMs - atMs
    if (Math.abs(errorMs) > toleranceMs) return undefined
    this.#difference -= errorMs / 20
    return note
  }

  #try() {
    this.#sinceTried = 0
    const newest = this.#frames.at(-1)
    const earliest = this.#notes[0]?.encodedAtMs ?? Infinity
    // Frames from before the first note have none.
    const frames = this.#frames.filter(({ receivedHostMs }) => receivedHostMs > earliest + oldestMs / 10)
    if (frames.length < fewestFrames) return
    const possible = this.#notes
      .filter(
        ({ encodedAtMs }) =>
          encodedAtMs > newest.receivedHostMs - oldestMs &&
          encodedAtMs < newest.receivedHostMs + clockErrorMs,
      )
      .map(({ encodedAtMs }) => newest.rtpMs - encodedAtMs)
    // The newest frame's own note may be lost: what was found before stays in the running.
    if (this.#difference !== undefined) possible.push(this.#difference)
    const tried = possible
      .sort((a, b) => b - a)
      .filter((difference) => this.#isPossible(frames, difference))
      .map((difference) => ({ difference, errorMs: this.#error(frames, difference) }))
    const best = Math.min(...tried.map(({ errorMs }) => errorMs))
    // Of equals the newest note: a frame is late by one frame more seldom than by one less.
    const found =
      best <= toleranceMs
        ? tried.findLast(({ errorMs }) => errorMs <= best + tieMs(frames.length))
        : undefined
    if (found === undefined || isNear(found.difference, this.#difference)) this.#rival = undefined
    else if (isNear(found.difference, this.#rival)) {
      this.#difference = found.difference
      this.#rival = undefined
    } else this.#rival = found.difference
  }

  /** Whether no frame came before it was sent. */
  #isPossible(frames, difference) {
    return frames.every(({ rtpMs, receivedHostMs }) => rtpMs - difference < receivedHostMs + clockErrorMs)
  }

  /** How far the frames are from a note each, ms: the mean, without the worst fifth (its notes may be lost). */
  #error(frames, difference) {
    const errors = frames.map(({ rtpMs }) => {
      const atMs = rtpMs - difference
      return Math.abs((this.#nearest(atMs)?.encodedAtMs ?? Infinity) - atMs)
    })
    const kept = errors.sort((a, b) => a - b).slice(0, Math.ceil(errors.length * 0.8))
    return kept.reduce((sum, error) => sum + error, 0) / kept.length
  }

  /** The note written nearest to `atMs` (server's clock); notes are in order of time. */
  #nearest(atMs) {
    let [low, high] = [0, this.#notes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#notes[middle].encodedAtMs < atMs) low = middle + 1
      else high = middle
    }
    const [before, after] = [this.#notes[low - 1], this.#notes[low]]
    if (before === undefined || after === undefined) return before ?? after
    return atMs - before.encodedAtMs < after.encodedAtMs - atMs ? before : after
  }
}

function isNear(one, other) {
  return other !== undefined && Math.abs(one - other) <= toleranceMs
}
