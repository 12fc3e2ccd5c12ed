import { describe, expect, test } from 'vitest'
import { CameraClock } from '../../../drivers/gige-vision/gvsp/camera-clock.ts'

test('timestamps of the camera are mapped by the quickest arrival, and never run back', () => {
  const clock = new CameraClock(1000n)
  // Camera at 1000 ticks/s started at host time 5 s; arrivals are late by 30, 2, 50 ms.
  const times = [
    [1000n, 30n],
    [1100n, 2n],
    [1200n, 50n],
  ].map(([ticks = 0n, late = 0n]) => clock.toHostNs(ticks, (5000n + ticks + late) * 1_000_000n))
  expect(times).toEqual([6_030_000_000n, 6_102_000_000n, 6_202_000_000n])
  expect(new CameraClock(0n).toHostNs(77n, 5n)).toBe(5n)
})

describe('timestamps of the camera are right again', () => {
  /** Ten frames a second apart by the camera's clock (1000 ticks/s), each 2 ms on its way; `ticks` may be wrong. */
  function dated(ticksOf: (second: bigint) => bigint): readonly bigint[] {
    const clock = new CameraClock(1000n)
    return Array.from({ length: 10 }, (_, i) => {
      const second = BigInt(i + 1)
      return clock.toHostNs(ticksOf(second), second * 1_000_000_000n + 2_000_000n)
    })
  }
  const right = Array.from({ length: 10 }, (_, i) => BigInt(i + 1) * 1_000_000_000n + 2_000_000n)

  test.each([2n ** 60n, 1n])('after one that was damaged (%i)', (damaged) => {
    expect(dated((second) => (second === 5n ? damaged : 50_000n + second * 1000n))).toEqual(right)
  })

  test('after its clock was reset', () => {
    expect(dated((second) => (second < 5n ? 50_000n + second * 1000n : second * 1000n - 4999n))).toEqual(
      right,
    )
  })
})
