import { describe, expect, it } from 'vitest'
import { findFocus } from '../../../../src-main/acquisition/focus/find-focus.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'

/** A drive with play in its gears: coming from the other side it stands behind by so much. */
class WornDrive {
  readonly moves: number[] = []
  readonly #playUm: number
  #zUm = 0
  #motor = 0

  constructor(playUm: number) {
    this.#playUm = playUm
  }

  /** Where the specimen is in fact. */
  get zUm(): number {
    return this.#zUm
  }

  moveTo = async (zUm: number): Promise<void> => {
    this.moves.push(zUm)
    this.#motor = zUm
    this.#zUm = Math.min(Math.max(this.#zUm, this.#motor - this.#playUm), this.#motor)
  }
}

describe('findFocus', () => {
  const signal = new AbortController().signal

  it('stands in the focus in spite of play in the drive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.boolean(),
        async (playUm, focusUm, upwards) => {
          const drive = new WornDrive(playUm)
          const measure = async () => {
            const score = 1000 / (1 + ((drive.zUm - focusUm) / 3) ** 2)
            return { score, error: 0.1, saturated: 0 }
          }
          const ends = upwards ? { fromUm: -20, toUm: 20 } : { fromUm: 20, toUm: -20 }
          await findFocus({ moveTo: drive.moveTo, measure }, { range: { ...ends, stepUm: 1.5 }, signal })
          expect(Math.abs(drive.zUm - focusUm)).toBeLessThan(0.15)
          expect(Math.min(...drive.moves)).toBeGreaterThanOrEqual(-20)
          expect(Math.max(...drive.moves)).toBeLessThanOrEqual(20)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('ends with the reason for which it is stopped, while the stand settles too', async () => {
    const stop = new AbortController()
    const reason = new Error('paused')
    const drive = new WornDrive(0)
    const moveTo = async (zUm: number) => {
      await drive.moveTo(zUm)
      stop.abort(reason)
    }
    const measure = () => Promise.reject(new Error('not settled'))
    const run = { range: { fromUm: 0, toUm: 10, stepUm: 1 }, settleMs: 60_000, signal: stop.signal }
    await expect(findFocus({ moveTo, measure }, run)).rejects.toBe(reason)
    expect(drive.moves).toEqual([0])
  })
})
