/** How the viewer page finds out which note belongs to which video frame. */
import { expect, it } from 'vitest'
import fc from '../../fixtures/seeded-fast-check.ts'

type Note = { readonly sequence: number; readonly encodedAtMs: number }
type Matcher = {
  addNote(note: Note): void
  match(frame: { rtpTimestamp: number; receivedHostMs: number }): Note | undefined
}

// Plain JavaScript for browsers, without types.
const { FrameMatcher }: { FrameMatcher: new () => Matcher } = await import(
  new URL('../../../src-main/page/webrtc-stream/frame-matching.js', import.meta.url).href
)

const stream = fc.record({
  periodMs: fc.integer({ min: 16, max: 100 }),
  /** How unevenly frames are spaced, and how long they travel at least and more, ms. */
  jitterMs: fc.integer({ min: 4, max: 8 }),
  travelMs: fc.integer({ min: 2, max: 60 }),
  lateMs: fc.integer({ min: 0, max: 40 }),
  rtpStart: fc.nat(2 ** 32 - 1),
  lostFrames: fc.integer({ min: 0, max: 20 }),
  lostNotes: fc.integer({ min: 0, max: 10 }),
  seed: fc.nat(2 ** 31),
})

/** Evenly distributed from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

it('finds it for any network delay, with frames and notes lost, and timestamps that wrap around', () => {
  fc.assert(
    fc.property(stream, ({ periodMs, jitterMs, travelMs, lateMs, rtpStart, lostFrames, lostNotes, seed }) => {
      const next = randomNumbers(seed)
      const matcher = new FrameMatcher()
      let [matched, wrong, receivedHostMs] = [0, 0, 0]
      for (let sequence = 0; sequence < 400; sequence++) {
        const encodedAtMs = 1.8e12 + sequence * periodMs + next() * jitterMs
        if (next() * 100 >= lostNotes) matcher.addNote({ sequence, encodedAtMs })
        if (next() * 100 < lostFrames) continue
        // The sender rounds to whole ms.
        const ticks = Math.round(encodedAtMs - 1.8e12) * 90
        // Frames come in order, each some time after it was sent.
        receivedHostMs = Math.max(receivedHostMs, encodedAtMs + travelMs + next() * lateMs)
        const note = matcher.match({ rtpTimestamp: (rtpStart + ticks) % 2 ** 32, receivedHostMs })
        if (note === undefined || sequence < 200) continue
        matched += 1
        if (note.sequence !== sequence) wrong += 1
      }
      expect(matched).toBeGreaterThan(100)
      // A frame whose own note was lost may be near to another.
      expect(wrong).toBeLessThanOrEqual(matched * 0.1)
    }),
    { numRuns: 30 },
  )
})

it('says nothing before it is sure', () => {
  const matcher = new FrameMatcher()
  matcher.addNote({ sequence: 0, encodedAtMs: 1000 })
  expect(matcher.match({ rtpTimestamp: 5, receivedHostMs: 1010 })).toBeUndefined()
})
