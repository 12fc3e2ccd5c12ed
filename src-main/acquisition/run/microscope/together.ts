/** Actions side by side, of which one may fail. */

/**
 * Resolves when all have ended, so that nothing is still under way when one has failed.
 * @throws the first failure.
 */
export async function allEnded(actions: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(actions)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/**
 * Does all side by side; the failure of one is the others' reason to stop.
 * @throws the failure that came first; the reason of `signal`.
 */
export async function together(
  signal: AbortSignal,
  actions: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  await allEnded(
    actions.map(async (action) => {
      try {
        await action(stop)
      } catch (error) {
        failed.abort(error)
      }
    }),
  )
  signal.throwIfAborted()
  failed.signal.throwIfAborted()
}
