import { type CallFailure, callFailure } from './call-failure.ts'

/** What a call gave, or why it did not. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CallFailure }

/** `call` as a value that tells of its failure instead of rejecting. */
export async function outcome<T>(call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call }
  } catch (error) {
    return { ok: false, failure: callFailure(error) }
  }
}

/** Why `call` failed; undefined when it did not. */
export async function failureOf(call: Promise<unknown>): Promise<CallFailure | undefined> {
  const result = await outcome(call)
  return result.ok ? undefined : result.failure
}
