import { useState } from 'react'
import type { CallFailure } from '../backend/call-failure.ts'
import { LatestSender } from '../stores/latest-sender.ts'

/** A setting of the engine while the user changes it. */
export type LiveSetting<T> = {
  /** What the control shows: the user's value while it is on its way, otherwise the engine's. */
  readonly shown: T
  /** Why the last change was refused; gone with the next one. */
  readonly failure: CallFailure | undefined
  /** Shows and sends `value`; of quick changes the newest is sent when the one before is done. */
  edit(value: T): void
}

type Change<T> = { readonly value: T; readonly send: SendValue<T> }
type SendValue<T> = (value: T) => Promise<CallFailure | undefined>

/**
 * A value of the engine under a control.
 * @param send applies a value and tells why it could not; must not reject.
 */
export function useLiveSetting<T>(value: T, send: SendValue<T>): LiveSetting<T> {
  const [draft, setDraft] = useState<{ readonly value: T }>()
  const [failure, setFailure] = useState<CallFailure>()
  const [sender] = useState(
    () =>
      new LatestSender<Change<T>>(
        async (change) => setFailure(await change.send(change.value)),
        () => setDraft(undefined),
      ),
  )
  return {
    shown: draft === undefined ? value : draft.value,
    failure,
    edit: (next) => {
      setDraft({ value: next })
      setFailure(undefined)
      sender.submit({ value: next, send })
    },
  }
}
