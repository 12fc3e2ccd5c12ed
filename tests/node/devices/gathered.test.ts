import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gathered } from '../../../src-main/devices/gathered.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('tells at once, then no more often than it may, and of the last change for sure', () => {
  let told = 0
  const { changed: change } = gathered(() => (told += 1), 50)
  change()
  expect(told).toBe(1)
  for (let ms = 0; ms < 1000; ms += 1) {
    for (let i = 0; i < 100; i += 1) change()
    vi.advanceTimersByTime(1)
  }
  expect(told).toBe(21)
  vi.advanceTimersByTime(1000)
  expect(told).toBe(21)
  change()
  change()
  expect(told).toBe(22)
  vi.advanceTimersByTime(1000)
  expect(told).toBe(23)
})

it('tells at once of a change that waits, when asked to, and of none twice', () => {
  let told = 0
  const { changed, flush } = gathered(() => (told += 1), 50)
  flush()
  changed()
  flush()
  expect(told).toBe(1)
  changed()
  flush()
  expect(told).toBe(2)
  vi.advanceTimersByTime(1000)
  expect(told).toBe(2)
})
