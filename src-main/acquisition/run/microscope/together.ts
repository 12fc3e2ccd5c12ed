/** Several actions, of which one may fail. */
import { CoverslipError } from '../../../../src-shared/errors.ts'

/**
 * Resolves when all have ended, so that nothing is still under way when one has failed.
 * @throws the first failure.
 */
export async function allEnded(actions: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(actions)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** As `allEnded`. @returns what has failed. */
export async function failuresAmong(actions: readonly Promise<unknown>[]): Promise<readonly Error[]> {
  const results = await Promise.allSettled(actions)
  return results.flatMap((result) =>
    result.status === 'rejected' ? [CoverslipError.from(result.reason, 'DEVICE_FAILED')] : [],
  )
}

/**
 * A controller that aborts when `signal` does, until `unlink`. Unlike `AbortSignal.any`, it leaves nothing behind at a
 * signal that outlives many of them.
 */
export function linkedTo(signal: AbortSignal): {
  readonly controller: AbortController
  readonly unlink: () => void
} {
  const controller = new AbortController()
  const pass = () => controller.abort(signal.reason)
  if (signal.aborted) pass()
  signal.addEventListener('abort', pass)
  return { controller, unlink: () => signal.removeEventListener('abort', pass) }
}

/**
 * Does all side by side; the failure of one is the others' reason to stop.
 * @throws the failure that came first; the reason of `signal`.
 */
export async function together(
  signal: AbortSignal,
  actions: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const { controller, unlink } = linkedTo(signal)
  const running = actions.map(async (action) => {
    try {
      await action(controller.signal)
    } catch (error) {
      controller.abort(error)
    }
  })
  await Promise.all(running)
  unlink()
  controller.signal.throwIfAborted()
}

/** Does one after the other, whatever fails. @returns what has failed. */
export async function failuresOf(actions: readonly (() => Promise<unknown>)[]): Promise<readonly Error[]> {
  const errors: Error[] = []
  for (const action of actions) {
    try {
      await action()
    } catch (error) {
      errors.push(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }
  return errors
}
