/** The clock may be set meanwhile, and timers go by another one. */
const lookAgainMs = 1000

/**
 * Calls `then` once the computer's clock shows `time` (Unix time, ms) or later.
 * @returns forgets it.
 */
export function whenClockShows(time: number, then: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const left = time - Date.now()
    if (left <= 0) then()
    else timer = setTimeout(look, Math.min(left, lookAgainMs))
  }
  look()
  return () => clearTimeout(timer)
}
