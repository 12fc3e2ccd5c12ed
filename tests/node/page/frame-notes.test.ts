/** How the viewer page finds out which note belongs to which video frame. */
import { describe, expect, it } from 'vitest'
import { withCaptureTimes as appsOffer } from '../../../src-shared/webrtc.ts'

type Note = { readonly sequence: number; readonly encodedAtMs: number }
type Clock = { readonly known: boolean; toHostMs(localMs: number): number }
type Found = { readonly note: Note | undefined; readonly exact: boolean }
type Frame = { captureTime?: number; receiveTime?: number; nowMs: number }

// Plain JavaScript for browsers, without types.
const {
  FrameNotes,
  withCaptureTimes,
}: {
  FrameNotes: new () => { add(note: Note, receivedMs: number): void; find(frame: Frame, clock: Clock): Found }
  withCaptureTimes(sdp: string): string
} = await import(new URL('../../../src-main/page/webrtc-stream/frame-notes.js', import.meta.url).href)

/** The server's clock is far ahead of the page's. */
const clock: Clock = { known: true, toHostMs: (localMs) => localMs + 1e12 }
/** A frame every 40 ms; each note travels 3 ms, except those that are late. */
function notesOf(sequences: readonly number[], lateMs = 0) {
  const notes = new FrameNotes()
  for (const sequence of sequences)
    notes.add({ sequence, encodedAtMs: clock.toHostMs(sequence * 40) }, sequence * 40 + 3 + lateMs)
  return notes
}

describe('the note of a frame', () => {
  it('is the one written when the frame was handed to the encoder', () => {
    const notes = notesOf([3, 1, 2, 5, 4])
    const frame = { captureTime: 2 * 40 - 2, receiveTime: 230, nowMs: 260 }
    expect(notes.find(frame, clock)).toMatchObject({ note: { sequence: 2 }, exact: true })
  })
  it('is not made up where it was lost', () => {
    const found = notesOf([1, 2, 4, 5]).find({ captureTime: 3 * 40 - 1, receiveTime: 135, nowMs: 140 }, clock)
    expect(found).toMatchObject({ note: { sequence: 2 }, exact: false })
  })
  it('is the last that came before it where the browser tells no capture time, or clocks are not compared', () => {
    const notes = notesOf([1, 2, 3, 4])
    expect(notes.find({ receiveTime: 130, nowMs: 170 }, clock)).toMatchObject({
      note: { sequence: 3 },
      exact: false,
    })
    expect(notes.find({ nowMs: 500 }, clock).note?.sequence).toBe(4)
    const unknown = { known: false, toHostMs: (localMs: number) => localMs }
    expect(notes.find({ captureTime: 79, receiveTime: 90, nowMs: 95 }, unknown)).toMatchObject({
      note: { sequence: 2 },
      exact: false,
    })
  })
  it('is none before any came', () => {
    expect(new FrameNotes().find({ nowMs: 5 }, clock)).toEqual({ note: undefined, exact: false })
  })
})

it('the page asks for capture times as the app does', () => {
  const sdp =
    'm=video 9 UDP 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=rtpmap:98 AV1/90000\r\n'
  expect(withCaptureTimes(sdp)).toBe(appsOffer(sdp))
  expect(withCaptureTimes(sdp)).toContain('a=rtcp-fb:96 rrtr')
})
