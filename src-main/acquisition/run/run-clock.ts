import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'

/** The time that plans run by: monotonic, so that the computer's clock may be set meanwhile. */
export interface RunClock {
  /** ms since some moment. */
  now(): number
  /** Resolves at the time `at`, at once when that is past, or when `signal` aborts; never rejects. */
  until(at: number, signal: AbortSignal): Promise<void>
}

/** Timers may be late by so much, ms; the rest is waited for with the eyes open. */
const timerSlackMs = 2
/** Longer timers are cut in pieces: Node's go up to 2^31 ms. */
const longestTimerMs = 3_600_000

/** `performance.now`, exact to a small part of a millisecond where the machine is not busy; others get their turns meanwhile. */
export const monotonicClock: RunClock = {
  now: () => performance.now(),
  async until(at, signal) {
    for (;;) {
      const left = at - performance.now()
      if (left <= 0 || signal.aborted) return
      if (left > timerSlackMs) await sleep(Math.min(left - timerSlackMs, longestTimerMs), signal)
      else await nextTurn()
    }
  },
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
