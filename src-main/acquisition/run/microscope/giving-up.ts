/** How long is waited for what a stopped or paused run has under way: devices may hang. */

/** What is told to end may take so long to do it, ms: most stages have halted by then, and a device has answered. */
export const patienceMs = 1000

/** What decides whether images that were taken can be kept may take so long, ms: a busy computer must not cost them. */
export const keepingMs = 3000

/**
 * As `action`; where that has not ended soon after `signal` has aborted, it is left to itself: whatever comes of it then,
 * the devices' own time limits tell of.
 * @throws the reason of `signal` then
 */
export async function orGivenUp<Result>(
  action: Promise<Result>,
  signal: AbortSignal | undefined,
  withinMs = patienceMs,
): Promise<Result> {
  if (signal === undefined) return action
  const givenUp = Promise.withResolvers<never>()
  const unlink = onceOverdue(
    signal,
    () => withinMs,
    () => givenUp.reject(signal.reason),
  )
  try {
    return await Promise.race([action, givenUp.promise])
  } finally {
    unlink()
  }
}

/**
 * Resolves when `standing`, which begins once the stage `name` has answered `stopping`, says that it has halted, or not:
 * some take their time, or cannot, and answer when they stand.
 */
export async function haltOf(
  name: string,
  stopping: Promise<unknown>,
  standing: () => Promise<unknown>,
): Promise<void> {
  await stopping.catch((error: unknown) => console.error(`${name} did not halt:`, error))
  // How it ended, whoever had it begun is told.
  await Promise.allSettled([standing()])
}

/**
 * Calls `act` once `signal` has aborted and what is waited for is overdue: `leftMs` says, when it aborts, how long it may
 * still take. @returns what takes it back
 */
export function onceOverdue(signal: AbortSignal, leftMs: () => number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(act, Math.max(0, leftMs()))
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin)
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', begin)
  }
}
