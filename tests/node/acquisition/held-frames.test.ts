import { describe, expect, it } from 'vitest'
import { HeldFrames, type HeldFrame } from '../../../src-main/acquisition/recording/held-frames.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const frameAt = (sequence: number, seconds: number): HeldFrame => ({
  kind: 'frame',
  pixels: Uint8Array.of(sequence),
  info: {
    sequence,
    timestampNs: BigInt(seconds) * 1_000_000_000n,
    hostTimeNs: 0n,
    width: 1,
    height: 1,
    pixelFormat: 'Mono8',
    significantBits: 8,
    exposureMs: 1,
    gain: 0,
  },
})

describe('HeldFrames', () => {
  it('keeps the newest of the last seconds, with the gaps between them, and lets go of all others', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 1, arbitrary: fc.constant('lost') },
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 8 }),
        (all, seconds, most) => {
          const gone: number[] = []
          const held = new HeldFrames({ seconds, letGo: (pixels) => gone.push(pixels[0] ?? -1) })
          const added: (HeldFrame | { kind: 'lost'; first: number; last: number })[] = []
          let [time, sequence] = [0, 0]
          for (const step of all) {
            if (typeof step === 'number') {
              time += step
              const frame = frameAt(sequence++, time)
              added.push(frame)
              held.add(frame, most)
            } else {
              added.push({ kind: 'lost', first: sequence, last: sequence })
              held.lost(sequence, sequence++)
            }
          }
          const frames = added.filter((one) => one.kind === 'frame')
          const kept = frames
            .filter(({ info }) => info.timestampNs >= BigInt(time - seconds) * 1_000_000_000n)
            .slice(-most)
          const [oldest] = kept
          const expected = oldest === undefined ? [] : added.slice(added.indexOf(oldest))
          expect(held.takeSince(0n)).toEqual(expected)
          expect(gone).toEqual(frames.slice(0, frames.length - kept.length).map(({ info }) => info.sequence))
        },
      ),
    )
  })

  it('gives only what is wanted of it', () => {
    const gone: number[] = []
    const held = new HeldFrames({ seconds: 10, letGo: (pixels) => gone.push(pixels[0] ?? -1) })
    for (let i = 0; i < 5; i++) held.add(frameAt(i, i), 10)
    const taken = held.takeSince(3_000_000_000n)
    expect(taken.map((one) => one.kind === 'frame' && one.info.sequence)).toEqual([3, 4])
    expect(gone).toEqual([0, 1, 2])
    expect(held.takeSince(0n)).toEqual([])
  })
})
