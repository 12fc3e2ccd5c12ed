import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Throttled } from '../../../src-renderer/display/throttled.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first value passes at once, the last of many when it is time', () => {
  const passed: number[] = []
  const throttled = new Throttled<number>(100, (value) => passed.push(value))
  for (let i = 0; i < 25; i++) {
    throttled.offer(i)
    vi.advanceTimersByTime(10)
  }
  expect(passed).toEqual([0, 9, 19])
  vi.advanceTimersByTime(1000)
  expect(passed).toEqual([0, 9, 19, 24])
  expect(vi.getTimerCount()).toBe(0)
})

test('what must not wait passes at once and replaces what waits', () => {
  const passed: string[] = []
  const throttled = new Throttled<string>(100, (value) => passed.push(value))
  throttled.offer('a')
  throttled.offer('b')
  throttled.sendNow('c')
  throttled.offer('d')
  throttled.cancel()
  vi.advanceTimersByTime(1000)
  expect(passed).toEqual(['a', 'c'])
})

test('what waits passes when something that goes with it is told', () => {
  const passed: string[] = []
  const throttled = new Throttled<string>(100, (value) => passed.push(value))
  throttled.offer('a')
  throttled.sendPending()
  expect(passed).toEqual(['a'])
  throttled.offer('b')
  throttled.sendPending()
  expect(passed).toEqual(['a', 'b'])
  vi.advanceTimersByTime(50)
  throttled.offer('c')
  expect(passed).toEqual(['a', 'b'])
  vi.advanceTimersByTime(50)
  expect(passed).toEqual(['a', 'b', 'c'])
  expect(vi.getTimerCount()).toBe(0)
})
