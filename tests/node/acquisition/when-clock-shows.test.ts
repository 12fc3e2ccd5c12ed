import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { whenClockShows } from '../../../src-main/acquisition/recording/when-clock-shows.ts'

const noon = Date.UTC(2026, 10, 28, 12)

describe('whenClockShows', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: noon })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('calls when the time has come, and not before', () => {
    const then = vi.fn<() => void>()
    whenClockShows(noon + 90_500, then)
    vi.advanceTimersByTime(90_499)
    expect(then).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(then).toHaveBeenCalledOnce()
  })

  it('follows a clock that is set back or forward meanwhile', () => {
    const then = vi.fn<() => void>()
    whenClockShows(noon + 10_000, then)
    vi.setSystemTime(noon - 3_600_000)
    vi.advanceTimersByTime(60_000)
    expect(then).not.toHaveBeenCalled()
    vi.setSystemTime(noon + 20_000)
    vi.advanceTimersByTime(1000)
    expect(then).toHaveBeenCalledOnce()
  })

  it('can be forgotten', () => {
    const then = vi.fn<() => void>()
    whenClockShows(noon + 1000, then)()
    vi.advanceTimersByTime(60_000)
    expect(then).not.toHaveBeenCalled()
  })
})
