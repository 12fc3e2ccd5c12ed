/** Runs `tell` at once, and then, as often as it is asked for, at most every `everyMs`. */
export function gathered(tell: () => void, everyMs: number): () => void {
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
  return () => {
    if (waiting) again = true
    else run()
  }
}
