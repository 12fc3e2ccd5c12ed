import { describe, expect, it } from 'vitest'
import {
  playingOf,
  refuseTooManyFiles,
  shownAtS,
  videoFileName,
} from '../../../src-main/acquisition/storage/video/video-plan.ts'
import { elapsedText } from '../../../src-shared/elapsed-text.ts'
import { inkOf } from '../../../src-main/acquisition/storage/video/small-font.ts'
import { scaleBarLength } from '../../../src-shared/scale-bar.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const time = { axis: 't', length: undefined } as const
const one = { axes: [time], positions: [], channels: [{ name: 'Camera' }] }

describe('Files of a video', () => {
  it('plays recordings and fast series in real time, all else image by image', () => {
    expect(playingOf(one)).toBe('asTaken')
    expect(playingOf({ ...one, timeStepS: 0.02 })).toBe('asTaken')
    expect(playingOf({ ...one, timeStepS: 60 })).toBe('evenly')
    expect(playingOf({ ...one, axes: [time, { axis: 'z', length: 5 }] })).toBe('evenly')
    expect(playingOf({ ...one, channels: [{ name: 'a' }, { name: 'b' }] })).toBe('evenly')
    expect(shownAtS('asTaken', { number: 7, elapsedS: 3.5 })).toBe(3.5)
    expect(shownAtS('evenly', { number: 7, elapsedS: 3.5 })).toBeCloseTo(0.7)
  })

  it('names every file differently, whatever the channels are called', () => {
    const layout = {
      ...one,
      name: 'beads',
      positions: [{ name: 'A1' }, { name: 'A2' }],
      channels: [{ name: 'GFP?' }, { name: 'GFP!' }, { name: '..' }],
    }
    const names = [0, 1].flatMap((p) => [0, 1, 2].map((c) => videoFileName(layout, p, c)))
    expect(new Set(names).size).toBe(6)
    expect(names[0]).toBe('beads_A1_1_GFP')
    expect(videoFileName({ ...one, name: 'beads' }, 0, 0)).toBe('beads')
  })

  it('makes as many files at once as encoders fit into memory', () => {
    const files = (count: number, width: number) => {
      const channels = Array.from({ length: count }, (_, i) => ({ name: `Channel ${i}` }))
      refuseTooManyFiles([{ ...one, channels, image: { width, height: width } }])
    }
    expect(() => files(32, 512)).not.toThrow()
    expect(() => files(33, 512)).toThrow('33 files')
    expect(() => files(8, 2048)).not.toThrow()
    expect(() => files(9, 2048)).toThrow('8 of 2048 × 2048 pixels can be made at once')
    expect(() => files(1, 20_000)).not.toThrow()
    const channels = Array.from({ length: 5 }, (_, i) => ({ name: `Channel ${i}` }))
    const camera = (width: number) => ({ ...one, channels, image: { width, height: 2048 } })
    expect(() => refuseTooManyFiles([camera(2048), camera(512)])).not.toThrow()
    expect(() => refuseTooManyFiles([camera(2048), camera(2048)])).toThrow(
      '10 files, one for each camera, position and channel; 8 of 2048 × 2048 pixels can be made at once',
    )
  })

  it('can write every time stamp and scale bar', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1e7, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e7, noNaN: true }),
        (seconds, maxUm) => {
          const { lengthUm, label } = scaleBarLength(maxUm)
          expect(lengthUm).toBeLessThanOrEqual(maxUm * (1 + 1e-9))
          expect(lengthUm).toBeGreaterThan(maxUm / 2.5001)
          const blanks = `${elapsedText(seconds)}${label}`
            .split('')
            .filter((letter) => inkOf(letter).length === 0)
          expect(blanks).toEqual([' '])
        },
      ),
    )
    expect(elapsedText(62.3456)).toBe('00:01:02.346')
    expect(elapsedText(360_000)).toBe('100:00:00.000')
  })
})
