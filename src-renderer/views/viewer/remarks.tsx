import { IconAlertTriangle } from '@tabler/icons-react'
import type { CallFailure } from '../../backend/call-failure.ts'
import { useViewerState } from '../../services.ts'
import styles from './remarks.module.css'

/** What is missing of the item, plain to see. */
export function Remarks() {
  const opened = useViewerState((state) => state.opened?.remarks)
  const failure = useViewerState((state) => state.failure)
  const remarks = [...(failure === undefined ? [] : [failureWords(failure)]), ...(opened ?? [])]
  if (remarks.length === 0) return null
  return (
    <div className={styles['remarks']} role="note">
      <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
      <ul>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </div>
  )
}

/** Why it cannot be looked at any more; what was fetched stays on show. */
function failureWords({ code, message, hint }: CallFailure): string {
  if (code === 'UNKNOWN_IMAGE')
    return 'It is not in the gallery any more: it was deleted, moved or renamed. What was fetched before is still shown'
  return hint === undefined ? message : `${message}. ${hint}`
}
