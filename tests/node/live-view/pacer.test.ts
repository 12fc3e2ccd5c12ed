import { describe, expect, it } from 'vitest'
import { Pacer } from '../../../src-main/live-view/pacer.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

/** Number of frames sent in `seconds` by a stream of `frameRate` from a camera of `cameraRate`, with jitter (ms). */
function sent(options: {
  cameraRate: number
  frameRate: number
  seconds: number
  jitterMs?: (frame: number) => number
}) {
  const { cameraRate, frameRate, seconds, jitterMs = () => 0 } = options
  const pacer = new Pacer(frameRate)
  let count = 0
  for (let frame = 0; frame < cameraRate * seconds; frame++) {
    if (pacer.due((frame * 1000) / cameraRate + jitterMs(frame))) count += 1
  }
  return count
}

describe('Pacer', () => {
  it('sends exactly 30 of 50 frames a second', () => {
    expect(sent({ cameraRate: 50, frameRate: 30, seconds: 20 })).toBe(600)
  })

  it('sends every frame of a slower camera', () => {
    expect(sent({ cameraRate: 50, frameRate: 60, seconds: 20 })).toBe(1000)
  })

  it('loses no frame of a camera of the same rate whose frames jitter', () => {
    const jitterMs = (frame: number) => ((frame * 7919) % 11) - 5
    expect(sent({ cameraRate: 30, frameRate: 30, seconds: 20, jitterMs })).toBeGreaterThanOrEqual(598)
  })

  it('keeps its rate within one frame for any pair of rates', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        (cameraRate, frameRate) => {
          const expected = Math.min(cameraRate, frameRate) * 10
          expect(Math.abs(sent({ cameraRate, frameRate, seconds: 10 }) - expected)).toBeLessThanOrEqual(2)
        },
      ),
    )
  })

  it('does not burst after the camera paused', () => {
    const pacer = new Pacer(10)
    pacer.due(0)
    pacer.due(20)
    expect(pacer.due(5000)).toBe(true)
    expect([5020, 5040, 5060].filter((ms) => pacer.due(ms))).toEqual([])
  })

  it('takes up a new rate at once', () => {
    const pacer = new Pacer(1)
    pacer.due(0)
    expect(pacer.due(20)).toBe(false)
    pacer.frameRate = 100
    expect(pacer.due(40)).toBe(true)
  })
})
