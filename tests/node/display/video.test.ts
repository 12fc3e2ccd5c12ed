import { describe, expect, it } from 'vitest'
import { videoFrame } from '../../../src-renderer/display/video-frame.ts'
import { histogramOfGreys } from '../../../src-renderer/display/video-histogram.ts'
import { VideoNotes } from '../../../src-renderer/display/video-notes.ts'
import type { VideoFrameNote } from '../../../src-shared/webrtc.ts'

const note = (sequence: number, encodedAtMs: number): VideoFrameNote => ({
  type: 'frame',
  sequence,
  capturedAtMs: encodedAtMs - 5,
  encodedAtMs,
  width: 1280,
  height: 1280,
  scale: 1.6,
  cropX: 0,
  cropY: 0,
  pixelSizeUm: 0.52,
  stage: { x: 100, y: 50 },
  window: { low: 100, high: 3100, gamma: 1 },
})

describe('notes and video frames', () => {
  /** Clock of RTP, ms at the encoder's time 0; encoding and network take 12 ms, the note 2 ms. */
  const rtpOf = (encodedAtMs: number) => 90 * (encodedAtMs + 7_000_000)

  it('are paired by the time at which they came', () => {
    const notes = new VideoNotes()
    for (let i = 0; i < 10; i++) notes.add(note(i, 1000 + i * 40), 1002 + i * 40)
    expect(notes.find({ receiveTime: 1012 + 4 * 40 })?.sequence).toBe(4)
    expect(notes.find({})?.sequence).toBe(9)
  })
  it('are paired exactly by the sender’s clock where a frame came late', () => {
    const notes = new VideoNotes()
    const found: (number | undefined)[] = []
    for (let i = 0; i < 40; i++) {
      const encodedAtMs = 1000 + i * 40
      notes.add(note(i, encodedAtMs), encodedAtMs + 2)
      // Every fifth frame comes after the notes of the two that follow.
      const late = i > 10 && i % 5 === 0
      if (late) {
        notes.add(note(i + 1, encodedAtMs + 40), encodedAtMs + 42)
        notes.add(note(i + 2, encodedAtMs + 80), encodedAtMs + 82)
      }
      const receiveTime = encodedAtMs + (late ? 95 : 12)
      found.push(notes.find({ receiveTime, rtpTimestamp: rtpOf(encodedAtMs) })?.sequence)
    }
    expect(found).toEqual(Array.from({ length: 40 }, (_, i) => i))
  })
  it('go on when the sender’s clock wraps around', () => {
    const notes = new VideoNotes()
    for (let i = 0; i < 20; i++) {
      notes.add(note(i, i * 40), i * 40 + 2)
      const ticks = i < 10 ? 2 ** 32 - 90 * 40 * (10 - i) : 90 * 40 * (i - 10)
      expect(notes.find({ receiveTime: i * 40 + 12, rtpTimestamp: ticks })?.sequence).toBe(i)
    }
  })
  it('are absent where the host sends none', () => {
    expect(new VideoNotes().find({ receiveTime: 5, rtpTimestamp: 900 })).toBeUndefined()
  })
})

describe('a video frame', () => {
  const origin = { detectorName: 'a', frameId: 3, pixelFormat: 'Mono12' } as const
  it('lies in the camera’s frame as its note says', () => {
    const frame = videoFrame({ width: 1280, height: 1280 }, note(9, 50), origin)
    expect(frame).toMatchObject({
      sequence: 9,
      originalWidth: 2048,
      subsampling: 1.6,
      pixelSizeUm: 0.52,
      maxValue: 4095,
      windowed: { low: 100, high: 3100 },
    })
  })
  it('has larger pixels when it was scaled down on its way', () => {
    const frame = videoFrame({ width: 640, height: 640 }, note(9, 50), origin)
    expect(frame).toMatchObject({ originalWidth: 2048, subsampling: 3.2, pixelSizeUm: 1.04 })
  })
  it('is shown also without a note', () => {
    const frame = videoFrame({ width: 640, height: 480 }, undefined, origin)
    expect(frame).toMatchObject({ originalWidth: 640, subsampling: 1, windowed: undefined, sequence: 3 })
  })
})

describe('the histogram of a video', () => {
  it('is in the camera’s units', () => {
    const counts = new Uint32Array(256)
    counts[0] = 500
    counts[255] = 500
    const histogram = histogramOfGreys(counts, (grey) => 100 + (grey / 255) * 3000, 4095)
    expect(histogram).toMatchObject({
      min: 100,
      max: 3100,
      mean: 1600,
      p001: 100,
      p999: 3100,
      binsUpTo: 4095,
    })
    expect(histogram.bins[6]).toBe(500)
    expect(histogram.bins[193]).toBe(500)
  })
  it('of nothing is empty', () => {
    expect(histogramOfGreys(new Uint32Array(256), (grey) => grey, 255)).toMatchObject({
      min: 0,
      max: 0,
      mean: 0,
    })
  })
})
