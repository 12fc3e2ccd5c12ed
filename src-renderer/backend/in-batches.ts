import type { CallFailure } from './call-failure.ts'
import { outcome } from './outcome.ts'

/** The most items that the engine deals with in one call. */
const mostAtOnce = 500

/**
 * Has `call` deal with all of `items`, as many at a time as the engine takes, until it fails.
 * @returns its answers, how many items it dealt with, and why it dealt with no more
 */
export async function inBatches<Item, Answer>(
  items: readonly Item[],
  call: (some: Item[]) => Promise<Answer>,
): Promise<{
  readonly answers: readonly Answer[]
  readonly done: number
  readonly failure: CallFailure | undefined
}> {
  const answers: Answer[] = []
  for (let at = 0; at < items.length; at += mostAtOnce) {
    const result = await outcome(call(items.slice(at, at + mostAtOnce)))
    if (!result.ok) return { answers, done: at, failure: result.failure }
    answers.push(result.value)
  }
  return { answers, done: items.length, failure: undefined }
}
