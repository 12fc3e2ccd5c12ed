/** Time for access control, so that tests can let it pass. */
export type Clock = {
  /** Unix time, ms. */
  now(): number
  /** Calls `action` in `ms`, unless what it returns is called before; keeps no process alive. */
  after(ms: number, action: () => void): () => void
}

/** The longest delay that timers take, ms. */
const longestMs = 2 ** 31 - 1

/** The computer's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(longestMs, Math.max(0, ms))).unref()
    return () => clearTimeout(timer)
  },
}
