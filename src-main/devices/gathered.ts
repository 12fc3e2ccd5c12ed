/** See `gathered`. */
export type Gathered = {
  /** There is something to tell. */
  readonly changed: () => void
  /** Tells now what waits to be told. */
  readonly flush: () => void
}

/** Runs `tell` at once when something has changed, and then, however often it does, at most every `everyMs`. */
export function gathered(tell: () => void, everyMs: number): Gathered {
  let waiting = false
  let again = false
  const run = () => {
    again = false
    waiting = true
    setTimeout(() => {
      waiting = false
      if (again) run()
    }, everyMs)
    tell()
  }
  return {
    changed: () => {
      if (waiting) again = true
      else run()
    },
    flush: () => {
      if (!again) return
      again = false
      tell()
    },
  }
}
