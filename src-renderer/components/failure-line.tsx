import type { CallFailure } from '../backend/call-failure.ts'
import { AskForControl } from './ask-for-control.tsx'
import styles from './failure-line.module.css'

/** Why a change was refused and what to do, under the control that asked for it. */
export function FailureLine({
  id,
  failure,
}: {
  readonly id?: string
  readonly failure: CallFailure | undefined
}) {
  if (failure === undefined) return null
  return (
    <p id={id} className={styles['line']} role="alert">
      {failure.message}
      {failure.hint !== undefined && <span className={styles['hint']}> {failure.hint}</span>}
      {failure.code === 'CONTROL_TAKEN' && <AskForControl />}
    </p>
  )
}
